"""When the post first had the paper: until then the agency's clock runs, from then on the post's.

It is read off the item's events, so it comes out the same at any time. An office signs for results at the agency's
desk; a paper that nobody signed for was handed over when it was first seen with the post: forwarded, bagged, held,
loaded, at a door. A dossier fetched at home is handed over by the citizen, when the courier has counted and sealed it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tracking.model import EventKind

_WITH_THE_POST = frozenset(
    {
        EventKind.ITEM_RECEIVED,
        EventKind.ITEM_FORWARDED,
        EventKind.ITEM_BAGGED,
        EventKind.ITEM_ARRIVED,
        EventKind.ITEM_HELD,
        EventKind.INVITATION_SENT,
        EventKind.ITEM_DAMAGED,
        EventKind.ITEM_FOUND,
        EventKind.ITEM_OUT,
        EventKind.ITEM_TRANSFERRED,
        EventKind.ITEM_HANDED_BACK,
        EventKind.ATTEMPT_FAILED,
        EventKind.ITEM_DELIVERED,
    }
)
_FROM_HOME = frozenset({EventKind.DOSSIER_COLLECTED})


def after_event(
    handed_over_at: datetime | None, leg: str, kind: EventKind, data: Mapping[str, Any], occurred_at: datetime
) -> datetime | None:
    """Since when the post has the paper once this has happened; None while it has not.

    The first such event of the chain says so, and nothing moves it: a phone's clock reaches no further back than what a
    counter has signed for. A late report that was overtaken says nothing.
    """
    shows_it = _FROM_HOME if leg == "collect" else _WITH_THE_POST
    if handed_over_at is not None or kind not in shows_it or data.get("superseded"):
        return handed_over_at
    return occurred_at

"""An agency's list of its dossiers: what is open, late, foreseen to be late, delivered or on its way back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from core.clock import local_date
from core.scope import Scope
from tracking import store_dossiers
from tracking.reading import PAGE_LIMIT, cursor_after, filter_of, parse_cursor
from tracking.standard import load_calendar
from tracking.store_dossiers import Days, MarkedItem


class DossierGroup(StrEnum):
    """A part of the list; `failed` needs somebody's decision, `foreseen` will be overdue as things stand."""

    ALL = "all"
    OPEN = "open"
    OVERDUE = "overdue"
    FORESEEN = "foreseen"
    FAILED = "failed"
    DELIVERED = "delivered"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPage:
    """A page by due date, and how many items of the search stand in each group; `next_cursor` None at the end."""

    rows: tuple[MarkedItem, ...]
    next_cursor: str | None
    counts: dict[str, int]


def list_dossiers(
    session: Session,
    *,
    scope: Scope,
    group: DossierGroup,
    q: str = "",
    codes_only: bool = False,
    after: str | None = None,
    limit: int = 50,
    now: datetime,
) -> DossierPage:
    """Items within reach with their marks. `q` as in `tracking.reading.list_items`.

    Raises:
        CodedError: T3005 when the cursor is not one of ours.
    """
    today = local_date(now)
    days = Days(today=today, next_on=load_calendar(session, scope.province_code).add(today, 1))
    keep = filter_of(q=q, codes_only=codes_only)
    limit = max(1, min(limit, PAGE_LIMIT))
    start = parse_cursor(after)
    found = store_dossiers.page(session, scope, keep, group=group.value, days=days, after=start, limit=limit + 1)
    return DossierPage(
        rows=tuple(found[:limit]),
        next_cursor=cursor_after(found[limit - 1].item) if len(found) > limit else None,
        counts=store_dossiers.counts(session, scope, keep, days=days),
    )

"""A paper that its agency asked back while somebody carried it: at the next office it goes on its way to the agency."""

from collections.abc import Iterator

from tracking.handovers import Step
from tracking.lifecycle import may, transition
from tracking.model import EventKind, Item

CAUSE = "recalled"


def to_agency(item: Item, arrival: EventKind) -> Iterator[Step]:
    """What follows the event that brings the paper to an office, when its agency asked it back; nothing otherwise."""
    if item.recalled_at is not None and may(transition(item.status, arrival), EventKind.RETURN_STARTED):
        yield Step(kind=EventKind.RETURN_STARTED, changes=ON_ITS_WAY, data={"cause": CAUSE})


ON_ITS_WAY = dict.fromkeys(("not_before_on", "to_office_id"))

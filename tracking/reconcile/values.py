"""Values of the reconciliation: what each side says of a dossier, and how the sides can differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tracking.model import ResultRow, Status

# What happened within this time before a list was made, or before a run, may still be on its way.
GRACE = timedelta(hours=1)
# An older list says little of today; it is no longer compared, and erased.
LIST_LIFE = timedelta(days=7)


class Held(StrEnum):
    """What an agency's list says of a dossier: the post has its result, it was given back, stopped, not finished."""

    WITH_POST = "with_post"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    UNFINISHED = "unfinished"


# Dossier status of the public service portals: 9 Đã xử lý xong, 10 Đã trả kết quả, 7 withdrawn, 3 and 8 stopped.
PORTAL: Mapping[int, Held] = {
    **dict.fromkeys((1, 2, 4, 5, 6), Held.UNFINISHED),
    **dict.fromkeys((3, 7, 8), Held.CANCELLED),
    9: Held.WITH_POST,
    10: Held.DELIVERED,
}


class Kind(StrEnum):
    """How the sides differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    DELIVERED_UNACKNOWLEDGED = "delivered_unacknowledged"
    DELIVERED_NOT_CLOSED = "delivered_not_closed"
    CLOSED_NOT_DELIVERED = "closed_not_delivered"
    ACKNOWLEDGED_BEHIND = "acknowledged_behind"
    ACKNOWLEDGED_AHEAD = "acknowledged_ahead"
    CANCELLED_THERE = "cancelled_there"
    GONE_HERE = "gone_here"
    UNFINISHED_THERE = "unfinished_there"
    DUE_DIFFERS = "due_differs"


class Repair(StrEnum):
    """What one click does about a difference."""

    SEND_AGAIN = "send_again"
    WITHDRAW = "withdraw"
    TAKE_DATE = "take_date"
    TAKE_IN = "take_in"


REPAIRS: Mapping[Kind, Repair] = {
    Kind.MISSING_HERE: Repair.TAKE_IN,
    Kind.MISSING_THERE: Repair.SEND_AGAIN,
    Kind.DELIVERED_UNACKNOWLEDGED: Repair.SEND_AGAIN,
    Kind.DELIVERED_NOT_CLOSED: Repair.SEND_AGAIN,
    Kind.ACKNOWLEDGED_BEHIND: Repair.SEND_AGAIN,
    Kind.GONE_HERE: Repair.SEND_AGAIN,
    Kind.CLOSED_NOT_DELIVERED: Repair.WITHDRAW,
    Kind.CANCELLED_THERE: Repair.WITHDRAW,
    Kind.DUE_DIFFERS: Repair.TAKE_DATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A dossier as the agency's list has it; `due_on` None where the list names none.

    `row`: the result itself, where the list tells more of it than its state; nothing of it is checked.
    """

    held: Held
    due_on: date | None = None
    row: ResultRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyList:
    """What an agency had on its books at `at`. `complete`: what is not in it, the agency does not know as with us."""

    at: datetime
    complete: bool
    entries: Mapping[str, Listed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A dossier as we have it. `changed_at`: when the last thing of it that agencies are told was recorded."""

    item_id: UUID
    status: Status
    is_recalled: bool
    due_on: date
    came_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one endpoint that is switched on has taken of a dossier, of what it should have.

    Sequences: the last it should have, the highest it took (2xx), the first delivery where it should have that.
    """

    url: str
    last: int
    acknowledged: int
    delivered: int | None = None

    @property
    def is_behind(self) -> bool:
        """Whether it should have more."""
        return self.acknowledged < self.last

    @property
    def lacks_delivery(self) -> bool:
        """Whether it should know that the recipient has the result, and does not."""
        return self.delivered is not None and self.acknowledged < self.delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Sequences of a dossier's events: the last, the highest that any endpoint took (2xx), the first delivery.

    `taken`: each endpoint by itself, for one that takes everything says nothing of another.
    """

    last: int
    acknowledged: int
    delivered: int | None
    at: datetime
    taken: tuple[Taken, ...] = ()

    @property
    def has_taken_delivery(self) -> bool:
        """Whether any endpoint took the news of a delivery."""
        return self.delivered is not None and self.acknowledged >= self.delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference of one dossier; what has no value on a side is None.

    `endpoints`: addresses of the endpoints that lack news, where that is the difference; `told` and `acknowledged` are
    then those of the one that is furthest behind.
    """

    dossier_code: str
    kind: Kind
    item_id: UUID | None = None
    here: Status | None = None
    there: Held | None = None
    due_here: date | None = None
    due_there: date | None = None
    told: int | None = None
    acknowledged: int | None = None
    endpoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What is compared. `has_endpoint`: the agency is told by an endpoint, so it can have acknowledged something;
    `hears_all`: of every event, not of hand-in and delivery alone.

    `rows`: dossiers that the list has with us, we have not, and of which it tells the result itself.
    """

    listed: AgencyList | None
    ours: Mapping[str, Ours]
    told: Mapping[str, Told] = field(default_factory=dict)
    has_endpoint: bool = False
    hears_all: bool = False
    rows: frozenset[str] = frozenset()

"""The reconciliation of dossiers: lists coming in, runs and differences going out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.results import ResultDetailsIn
from api.schemas.types import Code, Id, Input, Instant, Line, LocalDate, Output, PersonIn
from tracking.reconcile.values import Held, Kind, Repair

MAX_ENTRIES = 10_000


class ListedResultIn(ResultDetailsIn):
    """The result itself, as `results:batch` takes it: what lacks here is told when it is taken in."""

    procedure: Line | None = None
    addressee: PersonIn | None = None
    address: Line | None = None
    ready_at: Instant | None = None


class ListedIn(Input):
    """A dossier as the agency has it: `portal_status` 1 to 10 of the public service portals, and its due date.

    With `result`, a dossier that is missing here is taken in by one click.
    """

    dossier_code: Code
    portal_status: Annotated[int, Field(ge=1, le=10)]
    due_on: LocalDate | None = None
    result: ListedResultIn | None = None


class AgencyListIn(Input):
    """What an agency has on its books. `complete`: what is with the post and not in it, the agency does not know of."""

    listed_at: Instant
    complete: bool = True
    entries: Annotated[list[ListedIn], Field(max_length=MAX_ENTRIES)]
    agency_id: Id | None = Field(default=None, description="Only for administrators, who act for an agency.")


class RunIn(Input):
    agency_id: Id | None = Field(default=None, description="Only for administrators, who act for an agency.")


class RepairIn(Input):
    dossier_code: Code
    kind: Annotated[Kind, Field(strict=False)]


class RunOut(Output):
    """`list_at` null: without a list. `pushed`: an endpoint could acknowledge. `kinds` counts the differences.

    `open`: those of them that nobody has repaired.
    """

    id: UUID
    agency_id: UUID
    agency_name: str
    run_at: datetime
    by_night: bool
    list_at: datetime | None
    pushed: bool
    dossiers: int
    kinds: dict[str, int]
    differences: int
    open: int


class RunList(Output):
    runs: list[RunOut]


class DossierDifferenceOut(Output):
    """How the sides differ. `here` our state, `there` the list's; `told` and `acknowledged` count the dossier's events.

    Where news was not taken, `endpoints` are the addresses that lack it, and the counts are those of the one that is
    furthest behind. `repair` is what `…/repair` does, null where nothing of one click helps.
    """

    dossier_code: str
    kind: Kind
    item_id: UUID | None
    here: str | None
    there: Held | None
    due_here: date | None
    due_there: date | None
    told: int | None
    acknowledged: int | None
    endpoints: list[str]
    detail: str
    detail_en: str
    repair: Repair | None
    repaired_at: datetime | None


class RunDetailOut(Output):
    """A run and what it found, at most 1,000, what is not repaired first."""

    run: RunOut
    found: list[DossierDifferenceOut]

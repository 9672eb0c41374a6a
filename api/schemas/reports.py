"""The service standard in numbers."""

from datetime import date

from api.schemas.types import Output


class OnTimeRow(Output):
    """Counts of items; shares in 0..1, None when nothing was delivered in the period.

    `on_time` includes `early`; `late`, `open_overdue` and `foreseen_overdue` are against the post's own standard;
    `agency_on_time_share` is the agency's clock, which runs until it hands over: `with_agency` of the `running` it has
    not, `with_agency_overdue` of these are past their due date. `dossiers_…` are fetched at homes and run until their
    agency signs. `transit`: working days → items; `failed_attempts`: reason → attempts.
    `flags`: what looked odd at the door → proofs, each under all of its flags. `stars`: 1 to 5 → ratings;
    `satisfied_share` is of those with 4 or 5.
    """

    key: str
    name: str
    total: int
    delivered: int
    early: int
    on_time: int
    late: int
    running: int
    open_overdue: int
    foreseen_overdue: int
    on_time_share: float | None
    agency_on_time_share: float | None
    first_attempt_share: float | None
    mean_transit_working_days: float | None
    median_transit_working_days: float | None
    transit: dict[int, int]
    failed_attempts: dict[str, int]
    flags: dict[str, int]
    stars: dict[int, int]
    mean_stars: float | None
    satisfied_share: float | None
    complaints: int
    complaints_overdue: int
    with_agency: int
    with_agency_overdue: int
    dossiers_handed_in: int
    dossiers_on_time_share: float | None
    dossiers_running: int
    dossiers_overdue: int


class OnTimeOut(Output):
    first_on: date
    last_on: date
    group: str
    total: OnTimeRow
    rows: list[OnTimeRow]

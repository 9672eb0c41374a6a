"""The service standard in numbers."""

from datetime import date

from api.schemas.types import Output


class OnTimeRow(Output):
    """Counts of items; shares in 0..1, None when nothing was delivered in the period.

    `on_time` includes `early`; `late`, `open_overdue` and `foreseen_overdue` are against the post's own standard;
    `agency_on_time_share` is the agency's clock. `transit`: working days → items; `failed_attempts`: reason → attempts.
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


class OnTimeOut(Output):
    first_on: date
    last_on: date
    group: str
    total: OnTimeRow
    rows: list[OnTimeRow]

"""The service standard in numbers."""

from datetime import date

from api.schemas.types import Output


class OnTimeRow(Output):
    """Counts of dossiers; shares in 0..1, None when nothing ended in the period."""

    key: str
    name: str
    total: int
    delivered: int
    on_time: int
    late: int
    open_overdue: int
    on_time_share: float | None
    first_attempt_share: float | None
    median_transit_working_days: float | None


class OnTimeOut(Output):
    first_on: date
    last_on: date
    group: str
    total: OnTimeRow
    rows: list[OnTimeRow]

"""Reports as answers."""

from api.schemas.reports import OnTimeOut, OnTimeRow
from tracking.reports import OnTimeReport, ReportRow


def on_time_out(report: OnTimeReport) -> OnTimeOut:
    """The service standard in numbers."""
    return OnTimeOut(
        first_on=report.from_on,
        last_on=report.to_on,
        group=report.group.value,
        total=_row(report.total),
        rows=[_row(row) for row in report.rows],
    )


def _row(row: ReportRow) -> OnTimeRow:
    return OnTimeRow(
        key=row.key,
        name=row.name,
        total=row.delivered + row.running,
        delivered=row.delivered,
        early=row.early,
        on_time=row.early + row.on_time,
        late=row.overdue,
        running=row.running,
        open_overdue=row.running_overdue,
        foreseen_overdue=row.foreseen_overdue,
        on_time_share=row.on_time_share,
        agency_on_time_share=row.agency_on_time_share,
        first_attempt_share=row.first_attempt_share,
        mean_transit_working_days=row.mean_transit_days,
        median_transit_working_days=row.median_transit_days,
        transit=dict(row.transit),
        failed_attempts=dict(row.failed_attempts),
        flags=dict(row.flags),
        stars=dict(row.stars),
        mean_stars=row.mean_stars,
        satisfied_share=row.satisfied_share,
        complaints=row.complaints,
        complaints_overdue=row.complaints_overdue,
        with_agency=row.with_agency,
        with_agency_overdue=row.with_agency_overdue,
        dossiers_handed_in=row.dossiers,
        dossiers_on_time_share=row.dossiers_on_time_share,
        dossiers_running=row.dossiers_running,
        dossiers_overdue=row.dossiers_overdue,
    )

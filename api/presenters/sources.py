"""Sources of results, to the edge."""

from api.schemas.sources import SourceOut
from tracking.store_sources import Source


def source_out(source: Source) -> SourceOut:
    """A source as its agency and the manager see it; the secret is never shown."""
    return SourceOut(
        id=source.id,
        agency_id=source.agency_id,
        url=source.url,
        kind=source.kind,
        every_minutes=source.every_s // 60,
        state=source.state,
        state_reason=source.state_reason,
        cursor=source.cursor,
        failures=source.failures,
        next_at=source.next_at,
        last_ok_at=source.last_ok_at,
        last_error=source.last_error,
        last_error_at=source.last_error_at,
        rows_taken=source.rows_taken,
        rows_refused=source.rows_refused,
        created_at=source.created_at,
    )

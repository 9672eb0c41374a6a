"""SQL that asks the database how it is."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def ping(session: Session) -> None:
    """Raises OperationalError when the database does not answer."""
    session.execute(text("SELECT 1"))


def server_version(session: Session) -> str:
    """Version of PostgreSQL."""
    return str(session.scalar(text("SELECT current_setting('server_version')")))


def postgis_version(session: Session) -> str | None:
    """Version of the PostGIS extension; None when the database has none."""
    found = session.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'"))
    return None if found is None else str(found)


def count_communes(session: Session) -> int:
    """Communes in force that are loaded."""
    return int(session.scalar(text("SELECT count(*) FROM communes WHERE valid_to IS NULL")) or 0)


def count_workers(session: Session) -> int:
    """Workers that gave a sign of life in the last half minute."""
    recent = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
    return int(session.scalar(text(recent)) or 0)

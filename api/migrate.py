"""Bringing a database to the newest schema, and next month's partitions."""

from datetime import datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.clock import utc_now
from core.db import Database, ensure_partitions

_SCRIPTS = Path(__file__).resolve().parent / "migrations"
# One of several servers that start at once migrates, the others wait. The number is "buut" in ASCII.
_LOCK = 0x62757574
_A_MONTH = timedelta(days=31)


def migrate(database: Database, *, now: datetime | None = None) -> str:
    """Bring the schema to the newest revision and make the partitions of the coming months; returns the revision.

    Each revision is a transaction of its own, and may build indexes outside of it (`api.migrations.online`).
    """
    with database.alone(_LOCK), database.engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    keep_partitions(database, now=now or utc_now())
    return newest_revision()


def keep_partitions(database: Database, *, now: datetime) -> list[str]:
    """Make the partitions from last month to three months ahead; returns those made."""
    with database.alone(_LOCK), database.transaction() as session:
        return ensure_partitions(session, now.replace(day=1) - _A_MONTH, months=5)


def newest_revision() -> str:
    """The revision this program is written for."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current_revision(database: Database) -> str | None:
    """The revision a database is at; None for an empty one."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config

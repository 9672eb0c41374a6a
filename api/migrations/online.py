"""Indexes of large tables while the office works: writers are never held up for longer than an instant."""

import time

from alembic import op
from psycopg.errors import LockNotAvailable
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

_GIVE_WAY = "1s"
_PAUSE_S = 0.5

_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{table}'::regclass ORDER BY 1"
_BROKEN = """
    SELECT indexrelid::regclass::text FROM pg_index
    WHERE NOT indisvalid AND indrelid = '{table}'::regclass ORDER BY 1
"""


def build_index(name: str, table: str, definition: str) -> None:
    """An index of a partitioned table: `definition` is what follows `CREATE INDEX … ON table`.

    The parent's index is made alone, each partition's concurrently, and then attached; with the last one the parent's
    is valid. What broke off half-way is begun again by the next run.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        _briefly(connection, f"DROP INDEX IF EXISTS {name}")
        _briefly(connection, f"CREATE INDEX {name} ON ONLY {table} {definition}")
        for partition in _listed(connection, _PARTITIONS.format(table=table)):
            for broken in _listed(connection, _BROKEN.format(table=partition)):
                connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {broken}")
            own = f"{partition}_{name.removeprefix('ix_')}"
            connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {own} ON {partition} {definition}")
            _briefly(connection, f"ALTER INDEX {name} ATTACH PARTITION {own}")


def _listed(connection: Connection, question: str) -> list[str]:
    return [str(row[0]) for row in connection.exec_driver_sql(question)]


def _briefly(connection: Connection, statement: str) -> None:
    """A statement that needs the table for an instant: it gives way after a second, so that no writer queues up behind
    it, and tries again.
    """
    connection.exec_driver_sql(f"SET lock_timeout = '{_GIVE_WAY}'")
    while True:
        try:
            connection.exec_driver_sql(statement)
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            time.sleep(_PAUSE_S)
        else:
            break
    connection.exec_driver_sql("RESET lock_timeout")

"""The database session: psycopg 3, SQLAlchemy 2, and the one commit of the project."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Engine,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    column,
    create_engine,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from core.ids import floor_id

# What the live stream listens to.
CHANNEL = "buuta_events"
_ASK_AGAIN_S = 0.2
_WORTH_A_COPY = 16

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of every package's `tables.py`; rows never leave a `store.py`."""

    metadata = MetaData(naming_convention=NAMING)


def _dumps(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


class Database:
    """A pool of connections to one PostGIS database. `url` is `postgresql://…`; the driver is always psycopg 3."""

    def __init__(self, url: str, *, pool_size: int = 8, max_overflow: int = 16) -> None:
        scheme, _, rest = url.partition("://")
        self.url = f"{scheme.split('+')[0]}://{rest}"
        self.connections = pool_size + max_overflow
        self.engine: Engine = create_engine(
            f"postgresql+psycopg://{rest}",
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_pre_ping=True,
            # An error that is logged must not carry the names and phones of a statement.
            hide_parameters=True,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends well and rolls back when it raises: the only commit there is."""
        with self._sessions() as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only session: a write in it is refused by the database."""
        with self._sessions() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A read-only session whose statements all see the same moment, whatever is written meanwhile."""
        with self._sessions() as session:
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield session

    @contextmanager
    def alone(self, key: int) -> Iterator[None]:
        """Hold a lock of the whole database while the block runs; whoever else wants it waits.

        It belongs to no transaction, and who waits asks again and again: a statement that waits would hold a snapshot,
        and an index that is built concurrently waits for every snapshot.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                time.sleep(_ASK_AGAIN_S)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def notify(session: Session, channel: str, payload: dict[str, Any]) -> None:
    """Tell listeners after this transaction commits (PostgreSQL NOTIFY, payload below 8,000 bytes)."""
    session.execute(text("SELECT pg_notify(:c, :p)"), {"c": channel, "p": _dumps(payload)})


def uuids(ids: Iterable[UUID]) -> ColumnElement[Any]:
    """`= ANY(…)` of one array parameter, so a thousand ids are not a thousand parameters."""
    return any_(literal(list(ids), ARRAY(Uuid)))


def one_of(column: str, values: Iterable[str]) -> str:
    """The condition of a CHECK that a column holds one of these, such as the members of an enumeration."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


def texts(values: Iterable[str]) -> ColumnElement[Any]:
    """The same of codes and keys."""
    return any_(literal(list(values), ARRAY(Text)))


def uuids_later(name: str) -> ColumnElement[Any]:
    """The same for a statement that is built once and executed with a list as its parameter `name`."""
    return any_(bindparam(name, type_=ARRAY(Uuid)))


def texts_later(name: str) -> ColumnElement[Any]:
    """The same of codes and keys."""
    return any_(bindparam(name, type_=ARRAY(Text)))


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same columns; other columns get the defaults of the database.

    Many go by COPY, which takes a third of the time of as many INSERTs.
    """
    if len(rows) < _WORTH_A_COPY:
        if rows:
            session.execute(insert(table), [dict(row) for row in rows])
        return
    columns = [table.c[name] for name in rows[0]]
    dialect = session.get_bind().dialect
    quoted = dialect.identifier_preparer
    names = ", ".join(quoted.format_column(column) for column in columns)
    as_sent = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    # Few columns are sent as anything but themselves.
    changed = [(place, send) for place, send in enumerate(as_sent) if send is not None]
    keys = [column.key for column in columns]
    connection = cast("psycopg.Connection", session.connection().connection.driver_connection)
    statement = f"COPY {quoted.format_table(table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            values = list(map(row.__getitem__, keys))
            for place, send in changed:
                values[place] = send(values[place])
            copy.write_row(values)


def arrays_later(table: Table, names: Sequence[str]) -> Select[Any]:
    """Rows to select from, one array parameter a column; none of them may be an array or JSON. `as_arrays` gives them.

    Built once, and it reads the same for every number of rows: a statement that changes is parsed anew each time.
    """
    columns = [table.c[name] for name in names]
    arrays = [bindparam(one.key, type_=ARRAY(one.type)) for one in columns]
    given = [column(one.key, one.type) for one in columns]
    return select(*func.unnest(*arrays).table_valued(*given, name="given").render_derived().c)


def as_arrays(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows with the same columns as the parameters of a statement over `arrays_later`."""
    return {name: [row[name] for row in rows] for name in rows[0]}


_LOCKS = text("""
    SELECT pg_advisory_xact_lock(key)
    FROM (SELECT DISTINCT hashtextextended(k, 0) AS key FROM unnest(CAST(:keys AS text[])) AS k ORDER BY 1) AS ordered
""")


def lock_keys(session: Session, keys: Iterable[str]) -> None:
    """Hold locks by name until the transaction ends, whether or not anything of that name stands yet.

    They are taken in one order whoever asks, so two takers of several cannot deadlock.
    """
    session.execute(_LOCKS, {"keys": list(keys)})


_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))")


def try_lock(session: Session, key: str, *, idle_limit_s: int) -> bool:
    """Hold a lock by name until this transaction ends; False when somebody else does.

    It dies with its connection, so a killed worker blocks nobody; `idle_limit_s` frees it from a lost machine.
    """
    session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{int(idle_limit_s)}s'"))
    return bool(session.execute(_TRY_LOCK, {"key": key}).scalar_one())


def still_locked(session: Session) -> None:
    """Touch the connection that holds a lock: it must not count as idle, and a lost one is an error here."""
    session.execute(text("SELECT 1"))


def monthly(table: str, month: datetime) -> str:
    """Name of a table's partition for the month of an instant."""
    return f"{table}_{month:%Y%m}"


def ensure_partitions(session: Session, first: datetime, months: int = 3) -> list[str]:
    """Make the monthly partitions of every partitioned table from the month of `first` on; returns those made.

    Tables partitioned by a UUIDv7 `id` get UUID bounds, those by a time get instants; which one is said by the
    table's own `info={"partition": "id" | "time"}`. Each also has a default partition, so no row is ever refused.
    """
    made: list[str] = []
    for table in Base.metadata.sorted_tables:
        if "partition" in table.info:
            made += _ensure(session, table, first, months)
    return made


def _ensure(session: Session, table: Table, first: datetime, months: int) -> list[str]:
    made = []
    have = set(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")))
    default = f"{table.name}_default"
    if default not in have:
        session.execute(text(f"CREATE TABLE {default} PARTITION OF {table.name} DEFAULT"))
        made.append(default)
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    for _ in range(months):
        end = datetime(start.year + start.month // 12, start.month % 12 + 1, 1, tzinfo=UTC)
        name = monthly(table.name, start)
        if name not in have:
            _make_month(session, table, name, _bound(table, start), _bound(table, end))
            made.append(name)
        start = end
    return made


def _make_month(session: Session, table: Table, name: str, low: str, high: str) -> None:
    """A month's partition, also when rows of the month lie in the default one already: a phone's clock was ahead, or
    the month began before anyone made it. They move over, in the caller's transaction.
    """
    parent, default = table.name, f"{table.name}_default"
    column = table.dialect_options["postgresql"]["partition_by"].removeprefix("RANGE (").removesuffix(")")
    inside = f"{column} >= '{low}' AND {column} < '{high}'"
    create = f"CREATE TABLE {name} PARTITION OF {parent} FOR VALUES FROM ('{low}') TO ('{high}')"
    if not session.scalar(text(f"SELECT EXISTS (SELECT 1 FROM {default} WHERE {inside})")):  # noqa: S608  our own names
        session.execute(text(create))
        return
    session.execute(text(f"ALTER TABLE {parent} DETACH PARTITION {default}"))
    session.execute(text(create))
    moved = f"WITH moved AS (DELETE FROM {default} WHERE {inside} RETURNING *)"  # noqa: S608  our own names
    session.execute(text(f"{moved} INSERT INTO {parent} SELECT * FROM moved"))  # noqa: S608  our own names
    session.execute(text(f"ALTER TABLE {parent} ATTACH PARTITION {default} DEFAULT"))


def _bound(table: Table, instant: datetime) -> str:
    return str(floor_id(instant)) if table.info["partition"] == "id" else instant.isoformat()

"""Rows written by COPY are those that INSERT writes, whatever stands in them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.db import Database, insert_rows

pytestmark = pytest.mark.db
KINDS = Table(
    "kinds of values",
    MetaData(),
    Column("order", Integer),
    Column("text", Text),
    Column("id", Uuid),
    Column("at", DateTime(timezone=True)),
    Column("day", Date),
    Column("number", Double),
    Column("is it", Boolean),
    Column("bytes", LargeBinary),
    Column("words", ARRAY(Text)),
    Column("json", JSONB(none_as_null=True)),
    Column("left_out", Text, server_default="của cơ sở dữ liệu"),
    prefixes=["TEMPORARY"],
)
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["\\N", "\\.", "a\tb\nc\rd\\", '"{,}"', "Đặng Thị Ánh", "NULL"]
)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS,
    "id": st.uuids(),
    "at": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  bounds
    "day": st.dates(date(1900, 1, 1)),
    "number": st.floats(allow_nan=False),
    "is it": st.booleans(),
    "bytes": st.binary(max_size=9),
    "words": st.lists(WORDS, max_size=3),
    "json": st.dictionaries(WORDS, PLAIN, max_size=3) | st.lists(PLAIN, max_size=3),
}
ROWS = st.lists(st.fixed_dictionaries({name: st.none() | value for name, value in VALUES.items()}), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(found=ROWS)
def test_many_rows_stand_as_each_would_alone(database: Database, found: list[dict[str, Any]]) -> None:
    rows = [{"order": n} | row for n, row in enumerate(found)]
    with database.transaction() as session:
        written = []
        for write in (insert_rows, one_by_one):
            KINDS.create(session.connection())
            write(session, KINDS, rows)
            written.append(session.execute(select(KINDS).order_by(KINDS.c.order)).mappings().all())
            KINDS.drop(session.connection())
    assert written[0] == written[1]
    assert [dict(row) for row in written[0]] == [row | {"left_out": "của cơ sở dữ liệu"} for row in rows]


def one_by_one(session: Any, table: Table, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        session.execute(insert(table).values(row))


def test_a_row_that_cannot_stand_leaves_none(database: Database) -> None:
    table = Table("numbered", MetaData(), Column("n", Integer, primary_key=True), prefixes=["TEMPORARY"])
    with database.transaction() as session:
        table.create(session.connection())
        with pytest.raises(Exception, match="duplicate key"), session.begin_nested():
            insert_rows(session, table, [{"n": n % 30} for n in range(31)])
        assert session.execute(select(table)).all() == []

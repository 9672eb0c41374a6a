"""Prints what the tables say as SQL, the pattern for the next migration: what it has and the last one had not.

`python -m api.migrations.draft`
"""

import re
import sys
import textwrap
from itertools import groupby

from sqlalchemy import create_mock_engine
from sqlalchemy.schema import ExecutableDDLElement

import api.tables
import geodata.tables
import routing.tables
import tracking.tables
from core.db import Base

# Naming the modules keeps the imports: they register every table.
TABLES = (api.tables, geodata.tables, routing.tables, tracking.tables)


def schema_sql() -> str:
    """Every CREATE statement of every table, in order of their references."""
    statements: list[str] = []

    def note(statement: ExecutableDDLElement, *_: object, **__: object) -> None:
        raw = str(statement.compile(dialect=engine.dialect)).replace("\t", "    ").replace("%%", "%")
        lines = (line.rstrip() for line in textwrap.dedent(raw.strip()).splitlines())
        statements.append("\n".join(line for line in lines if line))

    engine = create_mock_engine("postgresql+psycopg://", note)
    Base.metadata.create_all(engine, checkfirst=False)
    # SQLAlchemy gives a table's indexes in any order.
    runs = groupby(statements, key=lambda one: re.match(r"CREATE (UNIQUE )?INDEX", one) is not None)
    ordered = [one for is_index, run in runs for one in (sorted(run) if is_index else run)]
    return "-- Tables, indexes and triggers.\n\n" + ";\n\n".join(ordered) + ";\n"


if __name__ == "__main__":
    sys.stdout.write(schema_sql())

"""Rows that stand as they were written: the database refuses to change them."""

from sqlalchemy import DDL, event

from core.db import Base


def refuse(trigger: str) -> None:
    """Have the database refuse what a trigger sees: its name, moment, table and condition, as PostgreSQL writes them.

    The function is the events' own (`tracking.tables`); tables are made in order of their names, so the trigger is made
    when all stand. Migrations run statements of their own.
    """
    statement = f"CREATE OR REPLACE TRIGGER {trigger} EXECUTE FUNCTION buuta_append_only()"
    event.listen(Base.metadata, "after_create", DDL(statement))  # type: ignore[no-untyped-call]

"""The migrations build exactly what the tables say, and twice is once."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.migrate import current_revision, keep_partitions, migrate, newest_revision
from api.migrations.ours import is_ours
from core.db import Base, Database
from tests.cluster import create_database, drop_database
from tests.tracking.office_scene import NOW, build_scene


@pytest.fixture
def empty(cluster_url: str) -> Iterator[Database]:
    """A database with nothing in it."""
    name = f"m_{uuid4().hex[:16]}"
    database = Database(create_database(cluster_url, name), pool_size=2)
    yield database
    database.close()
    drop_database(cluster_url, name)


def test_the_migrated_schema_is_what_the_tables_say(empty: Database) -> None:
    assert current_revision(empty) is None
    assert migrate(empty, now=NOW) == newest_revision() == current_revision(empty)
    with empty.reading() as session:
        options = {"include_object": is_ours, "compare_server_default": True}
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_constraints_and_triggers_are_the_same_in_both(empty: Database, database: Database) -> None:
    """What alembic does not compare: CHECKs, triggers, partitioning. The other side was built from the tables."""
    migrate(empty, now=NOW)
    assert _shape(empty) == _shape(database)


def test_again_changes_nothing(empty: Database) -> None:
    migrate(empty, now=NOW)
    build_scene(empty)
    before = _shape(empty)
    migrate(empty, now=NOW)
    assert _shape(empty) == before
    with empty.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM offices")) == 2


def test_events_cannot_be_changed_after_the_migration(empty: Database) -> None:
    migrate(empty, now=NOW)
    scene = build_scene(empty)
    scene.ready(1)
    for attack in ("UPDATE events SET status = 'delivered'", "DELETE FROM events", "TRUNCATE events"):
        with pytest.raises(DBAPIError, match="append-only"), empty.transaction() as session:
            session.execute(text(attack))


def test_rows_of_this_month_and_the_next_fall_into_monthly_partitions(empty: Database) -> None:
    migrate(empty, now=NOW)
    assert keep_partitions(empty, now=NOW) == []
    scene = build_scene(empty)
    scene.ready(1)
    with empty.reading() as session:
        homes = set(session.scalars(text("SELECT tableoid::regclass::text FROM events")))
        tables = set(session.scalars(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'events_%'")))
    assert homes == {"events_202611"}
    assert {"events_202610", "events_202611", "events_202612", "events_202701", "events_default"} <= tables


def _shape(database: Database) -> dict[str, list[str]]:
    questions = {
        "checks": "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint",
        "triggers": "SELECT tgrelid::regclass || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "parents": "SELECT partrelid::regclass || ' ' || pg_get_partkeydef(partrelid) FROM pg_partitioned_table",
        "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    shape = {}
    with database.reading() as session:
        for name, question in questions.items():
            lines = [str(line) for line in session.scalars(text(question))]
            # Monthly partitions depend on the day, the version table belongs to alembic.
            shape[name] = sorted(one for one in lines if "_20" not in one and "alembic_version" not in one)
    return shape

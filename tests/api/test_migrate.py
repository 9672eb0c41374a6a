"""The migrations build exactly what the tables say, and twice is once."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import api.migrations
from api.migrate import _config, current_revision, keep_partitions, migrate, newest_revision
from api.migrations import hand_overs
from api.migrations.online import build_index
from api.migrations.ours import is_ours
from core.db import Base, Database
from tests.cluster import create_database, drop_database
from tests.tracking.office_scene import NOW, build_scene

_VERSIONS = Path(api.migrations.__file__).parent / "versions"


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


def test_an_index_of_a_large_table_holds_up_no_writer(empty: Database) -> None:
    """While it is built another transaction on the table is open, and writers come and go."""
    migrate(empty, now=NOW)
    home = f"events_{NOW:%Y%m}"

    def build() -> None:
        with empty.engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
            build_index("ix_events_test", "events", "(province_code, actor)")

    with ThreadPoolExecutor(1) as pool:
        with empty.transaction() as open_one:
            open_one.execute(text(f"LOCK TABLE {home} IN ROW EXCLUSIVE MODE"))
            building = pool.submit(build)
            _wait_until_it_waits(empty, f"CREATE INDEX CONCURRENTLY % ON {home} %")
            with empty.transaction() as session:
                session.execute(text("SET LOCAL lock_timeout = '2s'"))
                for table in ("events", home):
                    session.execute(text(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE"))
            assert not building.done()
        building.result(timeout=60)
    assert _shape(empty)["broken"] == []
    with empty.reading() as session:
        children = "SELECT count(*) FROM pg_inherits WHERE inhparent = CAST(:parent AS regclass)"
        made, parts = (session.scalar(text(children), {"parent": one}) for one in ("ix_events_test", "events"))
    assert made == parts


def _kinds_after(database: Database, saved: dict[str, list[str]]) -> dict[str, list[str]]:
    """What provinces tell of, by their codes, once policies that told of this have gone through the rest."""
    insert = text("""
        INSERT INTO notification_policies (province_code, active, kinds, channels, language, accents, ready_when,
                                           quiet_from, quiet_until, daily_limit, retention_days)
        VALUES (:province, true, :kinds, '{}', 'vi', true, 'received', '21:00', '07:00', 5, 30)
    """)
    with database.transaction() as session:
        session.execute(insert, [{"province": province, "kinds": kinds} for province, kinds in saved.items()])
    migrate(database, now=NOW)
    with database.reading() as session:
        rows = session.execute(text("SELECT province_code, kinds FROM notification_policies"))
        return {row.province_code: row.kinds for row in rows}


def test_saved_policies_that_tell_of_deliveries_tell_of_their_corrections(empty: Database) -> None:
    _migrate_to(empty, "0032")
    saved = {"79": ["ready", "delivered"], "01": ["ready", "coming"], "48": ["delivered", "collected"]}
    assert _kinds_after(empty, saved) == {
        "79": ["ready", "delivered", "corrected", "collected"],
        "01": ["ready", "coming"],
        "48": ["delivered", "collected", "corrected"],
    }


def test_saved_policies_that_tell_of_failed_attempts_tell_of_invitations(empty: Database) -> None:
    _migrate_to(empty, "0033")
    saved = {"79": ["failed", "delivered"], "01": ["ready", "coming"]}
    assert _kinds_after(empty, saved) == saved | {"79": ["failed", "delivered", "invited"]}


@pytest.mark.parametrize("part", [1, 2, 7, 5_000])
def test_when_the_post_got_each_paper_is_read_off_its_chain(
    empty: Database, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Items from before the column: the first event that shows the paper with the post says it, so many at a time."""
    monkeypatch.setattr(hand_overs, "_PART", part)
    migrate(empty, now=NOW)
    scene = build_scene(empty)
    scene.ready(2)
    out, received = scene.out(3), scene.ready(2)
    scene.receive(received, now=NOW + timedelta(hours=1))
    scene.hand_back(out, now=NOW + timedelta(hours=5))
    kept = text("SELECT id, handed_over_at FROM items")
    with empty.reading() as session:
        before = {row.id: row.handed_over_at for row in session.execute(kept)}
    assert sorted(map(str, before.values())) == sorted(
        map(str, [None] * 2 + [NOW] * 3 + [NOW + timedelta(hours=1)] * 2)
    )
    with empty.transaction() as session:
        session.execute(text("ALTER TABLE items DROP COLUMN handed_over_at"))
        session.execute(text("ALTER TABLE service_standards DROP COLUMN beyond_days"))
        session.execute(text("UPDATE alembic_version SET version_num = '0039'"))
    _migrate_to(empty, "0040")
    with empty.reading() as session:
        assert {row.id: row.handed_over_at for row in session.execute(kept)} == before


def test_servers_that_start_at_once_migrate_one_after_another(empty: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        revisions = list(pool.map(lambda _: migrate(empty, now=NOW), range(3)))
    assert revisions == [newest_revision()] * 3


def test_later_migrations_index_large_tables_while_the_office_works() -> None:
    """Tables that are partitioned are large. Older migrations ran before there was anything in them."""
    assert _blocking(next(_VERSIONS.glob("0001_schema.sql"))), "what is looked for can be found"
    later = [path for path in _VERSIONS.glob("*.*") if path.suffix in (".sql", ".py") and path.name > "0020"]
    assert [path.name for path in later if _blocking(path)] == []


def _migrate_to(database: Database, revision: str) -> None:
    with database.engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _blocking(path: Path) -> list[str]:
    large = "|".join(name for name, table in Base.metadata.tables.items() if "partition" in table.info)
    return re.findall(rf"CREATE (?:UNIQUE )?INDEX \w+\s+ON (?:{large})\b", path.read_text())


def _wait_until_it_waits(database: Database, statement: str) -> None:
    deadline = time.monotonic() + 60
    asked = text("""
        SELECT EXISTS (SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE :statement)
    """)
    while time.monotonic() < deadline:
        with database.reading() as session:
            if session.scalar(asked, {"statement": statement}):
                return
    raise AssertionError(f"never waited: {statement}")


def _shape(database: Database) -> dict[str, list[str]]:
    questions = {
        "checks": "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint",
        "triggers": "SELECT tgrelid::regclass || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "parents": "SELECT partrelid::regclass || ' ' || pg_get_partkeydef(partrelid) FROM pg_partitioned_table",
        # A partition's own index has the name PostgreSQL or the migration gave it; what it is must be the same.
        "indexes": (
            r"SELECT CASE WHEN tablename LIKE '%\_default' THEN replace(indexdef, indexname, '…') ELSE indexdef END"
            " FROM pg_indexes WHERE schemaname = 'public'"
        ),
        "broken": "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid",
    }
    shape = {}
    with database.reading() as session:
        for name, question in questions.items():
            lines = [str(line) for line in session.scalars(text(question))]
            # Monthly partitions depend on the day, the version table belongs to alembic.
            shape[name] = sorted(one for one in lines if "_20" not in one and "alembic_version" not in one)
    return shape

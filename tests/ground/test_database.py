"""The `database` fixture: each test its own clone of one template, on one server for all workers."""

from sqlalchemy import text

from core.db import Base, Database
from tests.cluster import create_database, drop_database


def test_it_has_postgis_and_every_table(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("SELECT postgis_version()")) is not None
        have = set(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    assert set(Base.metadata.tables) <= have


def test_what_one_test_writes_another_does_not_see(database: Database, cluster_url: str, template: str) -> None:
    other = Database(create_database(cluster_url, "t_other", template))
    with database.transaction() as session:
        session.execute(text("CREATE TABLE only_here (id int)"))
    seen = [_has(db, "only_here") for db in (database, other)]
    other.close()
    drop_database(cluster_url, "t_other")
    assert seen == [True, False]


def _has(db: Database, table: str) -> bool:
    with db.reading() as session:
        return session.scalar(text("SELECT to_regclass(:t)"), {"t": table}) is not None

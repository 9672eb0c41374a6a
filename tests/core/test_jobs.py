"""A job under a queueing lock waits once, whoever asks for it again."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from core.db import Database
from core.jobs import defer

LOCK = "test.sweep"


def ask(database: Database) -> int | None:
    with database.transaction() as session:
        return defer(session, "test.sweep", {}, queueing_lock=LOCK)


def waiting(database: Database) -> int:
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = :lock")
    with database.reading() as session:
        return int(session.execute(query, {"lock": LOCK}).scalar_one())


def test_a_second_job_is_not_added_while_the_first_waits(database: Database) -> None:
    assert ask(database) is not None
    assert ask(database) is None
    with database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = :l"), {"l": LOCK})
    assert ask(database) is not None
    assert waiting(database) == 1


def test_without_a_lock_every_job_waits(database: Database) -> None:
    with database.transaction() as session:
        assert len({defer(session, "test.free", {}) for _ in range(3)} - {None}) == 3


def test_of_many_at_once_one_is_added(database: Database) -> None:
    with ThreadPoolExecutor(4) as askers:
        ids = list(askers.map(lambda _: ask(database), range(12)))
    assert len([one for one in ids if one is not None]) == 1
    assert waiting(database) == 1

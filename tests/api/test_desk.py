"""The desk: many jobs, few transactions, each told its own outcome after the commit that holds it."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.desk import Desk
from core.db import Database
from core.errors import NOT_FOUND, CodedError, fail


class Book:
    """Writes numbers into a table and counts its transactions."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.batches: list[list[int]] = []
        with database.transaction() as session:
            session.execute(text("CREATE TABLE book (n int PRIMARY KEY)"))

    def write(self, session: Session, numbers: Sequence[int]) -> list[int | CodedError]:
        """Odd ones are refused; a number that stands breaks the whole transaction."""
        self.batches.append(list(numbers))
        answers: list[int | CodedError] = []
        for n in numbers:
            if n % 2:
                answers.append(fail(NOT_FOUND, what=str(n)))
                continue
            session.execute(text("INSERT INTO book VALUES (:n)"), {"n": n})
            answers.append(n)
        return answers

    def stands(self) -> list[int]:
        with self.database.reading() as session:
            return list(session.scalars(text("SELECT n FROM book ORDER BY n")))


async def _hand_in(desk: Desk[int, int], numbers: Sequence[int]) -> list[int | BaseException]:
    return await asyncio.gather(*(desk.hand_in(n) for n in numbers), return_exceptions=True)


def test_each_gets_its_own_answer_and_what_was_answered_stands(database: Database) -> None:
    book = Book(database)
    desk = Desk(database, book.write)
    answers = asyncio.run(_hand_in(desk, range(200)))
    assert [a for a in answers if isinstance(a, int)] == list(range(0, 200, 2))
    assert all(isinstance(a, CodedError) for a in answers[1::2])
    assert book.stands() == list(range(0, 200, 2))
    assert len(book.batches) < 50, "jobs that wait share transactions"
    desk.close()


def test_one_job_that_breaks_the_transaction_takes_no_other_with_it(database: Database) -> None:
    book = Book(database)
    desk = Desk(database, book.write)
    assert asyncio.run(desk.hand_in(4)) == 4
    answers = asyncio.run(_hand_in(desk, [2, 4, 6, 8]))
    assert [a if isinstance(a, int) else "broken" for a in answers] == [2, "broken", 6, 8]
    assert book.stands() == [2, 4, 6, 8]
    desk.close()


def test_nobody_is_told_before_the_commit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit fails: the answer the work gave is never told."""
    book = Book(database)
    desk = Desk(database, book.write)

    def refused(_: Session) -> None:
        raise RuntimeError("commit failed")

    monkeypatch.setattr(Session, "commit", refused)
    with pytest.raises(RuntimeError, match="commit failed"):
        asyncio.run(desk.hand_in(2))
    monkeypatch.undo()
    assert book.stands() == []
    desk.close()


def test_who_left_before_the_answer_hinders_nobody(database: Database) -> None:
    book = Book(database)
    desk = Desk(database, book.write)

    async def leave() -> int:
        gone = asyncio.ensure_future(desk.hand_in(2))
        await asyncio.sleep(0)
        gone.cancel()
        return await desk.hand_in(4)

    assert asyncio.run(leave()) == 4
    desk.close()


def test_what_comes_after_closing_is_done_as_well(database: Database) -> None:
    """A server whose lifespan ends and begins again has the same desks."""
    book = Book(database)
    desk = Desk(database, book.write)
    for n in (2, 4, 6):
        assert asyncio.run(asyncio.wait_for(desk.hand_in(n), 30)) == n
        desk.close()
    assert book.stands() == [2, 4, 6]

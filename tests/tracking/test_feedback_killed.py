"""A process killed (SIGKILL) between every two steps of the outbox: nothing is lost, the effect is once, in order."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from sqlalchemy import text

from core.clock import utc_now
from core.db import Database
from core.jobs import defer
from tests.tracking.feedback_receiver import Receiver, Say, receiving
from tests.tracking.feedback_scene import agency_scope
from tests.tracking.feedback_worker import COMMITTED, COMMITTING, SENDING, SENT, STEPS, rows_of
from tests.tracking.office_scene import build_scene
from tracking.feedback.delivery import SWEEP_TASK
from tracking.feedback.endpoints import save_endpoint
from tracking.feedback.outbox import DRAIN_QUEUE
from tracking.feedback.secrets import SecretBox

ROOT = Path(__file__).resolve().parents[2]
NEVER = -1
FIRST, SECOND = "0000000001", "0000000002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a process ended: killed at a step, or by itself after so many."""

    exit_code: int
    last: str

    @property
    def was_killed(self) -> bool:
        return self.exit_code == -signal.SIGKILL


class Processes:
    """Lives of the program in `feedback_worker`, one after another."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def live(self, number: int, *, die_at: int = NEVER) -> Life:
        """Hand in the results of a number and work until nothing waits, or until the nth step."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(number, die_at, file=self._process.stdin, flush=True)
        code, _, last = self._process.stdout.readline().strip().partition(" ")
        return Life(exit_code=int(code), last=last)


@contextmanager
def processes(database: Database, key: str, agency_id: UUID) -> Iterator[Processes]:
    command = [sys.executable, "-m", "tests.tracking.feedback_worker", database.url, key, str(agency_id)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:  # type: ignore[call-overload]
        yield Processes(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0


@contextmanager
def refusing(receiver: Receiver, refused: list[str]) -> Iterator[None]:
    """The first dossier's first message fails meanwhile, so that something is put off."""

    def plan(_nth: int, body: dict[str, Any]) -> Say:
        if body["sequence"] != FIRST or int(body["data"]["dossier_code"][-4:]) % 2 == 0:
            return Say()
        refused.append(body["id"])
        return Say(status=500, applies=False)

    receiver.plan = plan
    yield
    receiver.plan = lambda _nth, _body: Say()


_A_DAY_LATER = (
    "UPDATE feedback_deliveries SET next_at = next_at - interval '1 day' WHERE state = 'pending' AND next_at > now()",
    "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'",
)


def pass_a_day(database: Database) -> None:
    """What was put off is due, and the minute's tick asks for what a killed process left behind."""
    with database.transaction() as session:
        for statement in _A_DAY_LATER:
            session.execute(text(statement))
        defer(session, SWEEP_TASK, {"timestamp": 0}, queue=DRAIN_QUEUE, queueing_lock=SWEEP_TASK)


def backlog(database: Database) -> int:
    with database.reading() as session:
        query = "SELECT count(*) FROM feedback_deliveries WHERE state <> 'delivered'"
        return int(session.execute(text(query)).scalar_one())


def written(database: Database) -> tuple[int, int, int]:
    """Events that are told, messages, deliveries: one of each for the other, at any moment."""
    counts = ("events WHERE kind IN ('result_accepted', 'item_ready')", "feedback_messages", "feedback_deliveries")
    with database.reading() as session:
        events, messages, deliveries = (
            int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608  our own names
            for table in counts
        )
    return events, messages, deliveries


def test_killed_between_every_two_steps_nothing_is_lost_and_nothing_happens_twice(database: Database) -> None:
    key, scene = Fernet.generate_key().decode(), build_scene(database)
    agency_id, number = scene.agency.id, 0
    ends: list[Life] = []
    refused: list[str] = []
    with receiving() as receiver, processes(database, key, agency_id) as program:
        with database.transaction() as session:
            made = save_endpoint(
                session,
                scope=agency_scope(agency_id),
                agency_id=agency_id,
                url=receiver.url,
                box=SecretBox([key]),
                allow_private=True,
                now=utc_now(),
            )
        receiver.secrets.append(str(made.secret))
        while not ends or ends[-1].was_killed:
            with refusing(receiver, refused):
                ends.append(program.live(number, die_at=number))
            assert len(set(written(database))) == 1, f"killed at “{ends[-1].last}”: an event without its message"
            pass_a_day(database)
            # Whoever handed in got no answer and does it again.
            assert not program.live(number).was_killed
            assert backlog(database) == 0, f"killed at “{ends[-1].last}”"
            for row in rows_of(number):
                assert receiver.applied[row.dossier_code] == [FIRST, SECOND], f"killed at “{ends[-1].last}”"
            number += 1
        assert receiver.refused == 0
    assert written(database) == (number * 4,) * 3
    assert {end.last for end in ends} >= {*STEPS.values(), SENDING, SENT, COMMITTING, COMMITTED}
    sent_twice = len(receiver.ids) - len(refused) - len(set(receiver.ids))
    assert sent_twice >= 4, "too little was sent twice: no kill came between an answer and its writing down"

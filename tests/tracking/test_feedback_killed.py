"""A worker killed at any moment (SIGKILL): nothing is lost, the effect is once, the order stands."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from cryptography.fernet import Fernet

from core.clock import utc_now
from core.db import Database
from core.jobs import defer
from tests.tracking.feedback_receiver import Say, receiving
from tests.tracking.feedback_scene import Parcel, agency_scope, delivery_states, happened
from tracking.feedback.delivery import SWEEP_TASK
from tracking.feedback.endpoints import save_endpoint
from tracking.feedback.outbox import DRAIN_QUEUE, enqueue_many
from tracking.feedback.secrets import SecretBox
from tracking.model import EventKind

ROOT = Path(__file__).resolve().parents[2]
KINDS = [EventKind.RESULT_ACCEPTED, EventKind.ITEM_READY, EventKind.ITEM_OUT, EventKind.ITEM_DELIVERED]
DOSSIERS = 60


class Worker:
    """The program, started again and again; `kill` may come from the receiver in the midst of a request."""

    def __init__(self, database: Database, key: str) -> None:
        self._command = [sys.executable, "-m", "tests.tracking.feedback_worker", database.url, key]
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Run until the queue is empty or it is killed; returns the exit code."""
        self._process = subprocess.Popen(self._command, cwd=ROOT)
        return self._process.wait(timeout=60)

    def kill(self) -> None:
        """SIGKILL, by its own id."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)


def _unsettled(database: Database) -> bool:
    with database.reading() as session:
        return any(state == "pending" for state, _ in delivery_states(session))


def test_killed_between_any_two_steps_nothing_is_lost_and_nothing_happens_twice(database: Database) -> None:
    key = Fernet.generate_key().decode()
    agency, worker, rng = uuid4(), Worker(database, key), random.Random(11)
    # Before the answer is given, after it, and around the end of a batch, where the answers are written down.
    deaths = {nth: rng.choice(["before", "then"]) for nth in (0, 90, 255, 300, 420)}

    def plan(nth: int, _body: object) -> Say:
        match deaths.get(nth):
            case "before":
                return Say(before=worker.kill, cut=True)
            case "then":
                return Say(then=worker.kill)
            case _:
                return Say()

    with receiving() as receiver:
        receiver.plan = plan
        with database.transaction() as session:
            made = save_endpoint(
                session,
                scope=agency_scope(agency),
                agency_id=agency,
                url=receiver.url,
                box=SecretBox([key]),
                allow_private=True,
                now=utc_now(),
            )
            assert made.secret is not None
            receiver.secrets.append(made.secret)
            parcels = [Parcel(agency_id=agency, dossier_codes=(f"D{n:04d}",)) for n in range(DOSSIERS)]
            enqueue_many(session, pairs=[(happened(k, item=p, at=utc_now()), p) for k in KINDS for p in parcels])
        exits = [worker.run()]
        while _unsettled(database):
            with database.transaction() as session:
                # The minute's tick: what a killed worker left behind is asked for again.
                defer(session, SWEEP_TASK, {"timestamp": 0}, queue=DRAIN_QUEUE)
            exits.append(worker.run())
            assert len(exits) < 30
        expected = {f"D{n:04d}": [f"{s:010d}" for s in range(1, 5)] for n in range(DOSSIERS)}
        assert receiver.applied == expected
        assert receiver.refused == 0
    with database.reading() as session:
        assert {state for state, _ in delivery_states(session)} == {"delivered"}
    assert exits.count(-signal.SIGKILL) >= 4
    assert len(receiver.ids) > len(set(receiver.ids)), "nothing was sent twice, so no kill was in between"

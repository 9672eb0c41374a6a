"""A sender killed at any moment (SIGKILL): nobody is told twice, and nobody is forgotten."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tracking.notification_scene import Say, Telling, providing
from tests.tracking.office_scene import Scene, item_id
from tracking.model import Person

pytestmark = pytest.mark.db
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 16
# In the midst of a request, before its answer and after it.
DEATHS = {3: "before", 9: "then"}


class Sender:
    """The program, started again and again; `kill` comes from the provider in the midst of a request."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        now = self._telling.at.isoformat()
        command = [sys.executable, "-m", "tests.tracking.notification_worker", self._telling.scene.database.url, now]
        self._process = subprocess.Popen(command, cwd=ROOT)
        return self._process.wait(timeout=120)

    def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.mark.parametrize("knows", [False, True])
def test_killed_while_sending_nobody_is_told_twice_and_nobody_forgotten(scene: Scene, knows: bool) -> None:
    telling = Telling(scene)
    sender = Sender(telling)

    def plan(nth: int) -> Say:
        match DEATHS.get(nth):
            case "before":
                return Say(before=sender.kill, cut=True)
            case "then":
                return Say(then=sender.kill)
            case _:
                return Say()

    with providing() as sms:
        sms.plan = plan
        telling.channel("sms", url=sms.url, knows_repetitions=knows)
        telling.policy(channels=("sms",))
        people = [Person(name="Nguyễn Văn A", phone=f"09123450{n:02d}") for n in range(PEOPLE)]
        papers = [item_id(answer) for answer in scene.accept(*(scene.row(addressee=one) for one in people))]
        scene.plan(papers)
        scene.take_out(papers)
        exits: list[int] = []
        telling.at += timedelta(minutes=4)
        while len(exits) < 2 or any(state in ("pending", "sending") for _, state, _ in telling.messages()):
            exits.append(sender.run())
            telling.at += timedelta(minutes=2)
            assert len(exits) < 20
    assert exits.count(-signal.SIGKILL) >= len(DEATHS)
    states = Counter(state for _, state, _ in telling.messages())
    assert sum(states.values()) == PEOPLE
    reached = Counter(body["to"] for body in sms.bodies)
    ids = {body["to"]: set[str]() for body in sms.bodies}
    for body in sms.bodies:
        ids[body["to"]].add(body["id"])
    # The provider sees one id for each person, however often: what it takes only once arrives once.
    assert all(len(one) == 1 for one in ids.values())
    if knows:
        assert states == {"sent": PEOPLE}
        assert len(reached) == PEOPLE
        assert max(reached.values()) > 1, "nothing was sent twice, so no kill was in between"
    else:
        assert max(reached.values()) == 1
        assert set(states) == {"sent", "unsure"}
        # Whoever was not reached is at least seen: no more than the few that were being sent at a kill.
        assert states["sent"] <= len(reached) <= PEOPLE
        assert states["unsure"] <= 6 * len(DEATHS)

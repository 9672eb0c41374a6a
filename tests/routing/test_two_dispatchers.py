"""Two dispatchers at one plan, really at once, over PostgreSQL: no edit is lost, none is made twice.

The oracle is a replay: the history, applied part by part to the orders the plan began with, must give the orders that
stand; each answer a writer got is in it exactly once, and each refusal is in it nowhere.
"""

import threading
from dataclasses import dataclass, field
from random import Random

import pytest

from core.errors import CodedError
from routing.commands import Command, DropStops, InsertStops, LockStops, MoveStops, ReorderRound, UnlockStops
from routing.standing import Parts, standing_of, to_parts
from tests.routing.edit_scene import OTHER, Editing, draft, items_once
from tests.routing.planning_scene import Planning
from tracking.model import Status

pytestmark = pytest.mark.db

_DEEDS = 14
# What a dispatcher may be told when somebody else was quicker, or when chance asks for nonsense.
_KIND = ("R40", "R41", "R42")


@dataclass
class Writer:
    """A dispatcher who looks, thinks for a moment and edits what was seen."""

    plan: Editing
    actor: str
    seed: int
    made: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def run(self, begin: threading.Barrier) -> None:
        rng = Random(self.seed)
        begin.wait(30)
        for _ in range(_DEEDS):
            try:
                self.made.append(self.deed(rng))
            except CodedError as told:
                self.refused.append(told.code)

    def deed(self, rng: Random) -> int:
        """One edit, undo or redo; returns the version it made."""
        chance = rng.random()
        if chance < 0.15:
            return self.plan.undo(self.actor).version
        if chance < 0.25:
            return self.plan.redo(self.actor).version
        seen = self.plan.plan()
        on_route = [s.stop.visit_id for route in seen.routes for s in route.stops]
        left = [one.visit_id for one in seen.unplanned if one.visit_id]
        command = self.command(rng, on_route, left)
        return self.plan.edit(command, version=seen.head.version, actor=self.actor).version

    def command(self, rng: Random, on_route: list[str], left: list[str]) -> Command:
        """Any edit of what was seen; each writer likes one courier more."""
        courier = rng.choices((0, 1), weights=(3, 1) if self.seed % 2 else (1, 3))[0]
        mine = self.plan.order(courier)
        visit = rng.choice(mine or on_route)
        match rng.randrange(6):
            case 0 if left:
                return InsertStops(visit_ids=(rng.choice(left),))
            case 1:
                return DropStops(visit_ids=(visit,))
            case 2 if mine:
                rng.shuffle(mine)
                return ReorderRound(courier_id=self.plan.courier(courier), round=0, visit_ids=tuple(mine))
            case 3:
                return rng.choice((LockStops, UnlockStops))(visit_ids=(visit,))
            case 4:
                return MoveStops(visit_ids=(visit,), courier_id=self.plan.courier(1 - courier))
            case _:
                return MoveStops(
                    visit_ids=(visit,), courier_id=self.plan.courier(courier), round=0, position=rng.randrange(5)
                )


def parts_of(plan: Editing) -> Parts:
    now = plan.plan()
    return to_parts(standing_of(now.head.wishes, now.routes))


@pytest.mark.parametrize("seed", [1, 3])
@pytest.mark.parametrize("published", [False, True], ids=["draft", "published"])
def test_two_dispatchers_lose_nothing(planning: Planning, seed: int, published: bool) -> None:
    plan = draft(planning, 12)
    if published:
        planning.publish(plan.plan())
    start = parts_of(plan)
    writers = [Writer(plan, "user:dispatcher", seed), Writer(plan, OTHER, seed + 1)]
    begin = threading.Barrier(2)
    threads = [threading.Thread(target=writer.run, args=(begin,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    # Each has been answered every time: nobody hangs, nobody fell over.
    assert [len(writer.made) + len(writer.refused) for writer in writers] == [_DEEDS, _DEEDS]
    history = plan.history()
    assert sorted(one.version for one in history) == sorted(v for writer in writers for v in writer.made)
    for writer in writers:
        assert {one.version for one in history if one.made_by == writer.actor} == set(writer.made)
        assert all(code.startswith(_KIND) for code in writer.refused), writer.refused
        assert writer.made
    replayed = dict(start)
    for one in reversed(history):
        for part, (before, after) in one.changes.items():
            assert replayed.pop(part, None) == before
            if after is not None:
                replayed[part] = after
    assert replayed == parts_of(plan)
    items_once(plan)
    if published:
        _follow(plan)


def _follow(plan: Editing) -> None:
    """Every item is planned for whoever has it on his route, and only then."""
    now, scene = plan.plan(), plan.planning.scene
    for route in now.routes:
        for stop in route.stops:
            for item in stop.item_ids:
                assert (scene.item(item).status, scene.item(item).courier_id) == (Status.PLANNED, route.courier_id)
    for left in now.unplanned:
        for item in left.item_ids:
            assert scene.item(item).status is Status.READY

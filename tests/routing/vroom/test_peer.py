"""The same requests to VROOM itself, where pyvroom is installed (`uv sync --group peers`)."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from api.schemas.vroom import read_request
from geodata.straight_line import StraightLine
from routing.vroom.service import answer
from tests.routing.vroom.oracle import broken_in, served
from tests.routing.vroom.requests import random_request

vroom = pytest.importorskip("vroom", reason="pyvroom is not installed: it comes with the group peers")

Json = dict[str, Any]
SECONDS = 5.0
# Rules that PyVRP does not know (breaks, limits of a route) leave some to chance; docs/vroom.md has the figures.
NO_DEARER = {False: 1.0, True: 1.02}


def ours(request: Json) -> Json:
    return answer(read_request(json.dumps(request).encode()), StraightLine())


def peer(request: Json, folder: Path) -> Any:
    path = folder / "request.json"
    path.write_text(json.dumps(request))
    return vroom.Input.from_json(path)


def theirs(request: Json, folder: Path) -> Json:
    """VROOM's own best: its highest level of exploration, on one thread, until it has done."""
    solved: Json = peer(request, folder).solve(exploration_level=5, nb_threads=1).to_dict()
    return solved


@pytest.mark.slow
@pytest.mark.parametrize("rich", [False, True])
def test_who_serves_all_and_at_what_cost(rich: bool, tmp_path: Path) -> None:
    shares = []
    for seed in range(4):
        rng = random.Random(1000 + seed)
        request = random_request(rng, tasks=rng.randint(10, 30), vehicles=rng.randint(2, 5), rich=rich)
        request["options"] = {"l": SECONDS}
        for vehicle in request["vehicles"]:
            # VROOM counts hundredths of seconds, we whole ones.
            vehicle.pop("speed_factor", None)
        mine, other = ours(request), theirs(request, tmp_path)
        assert broken_in(request, mine) == []
        assert broken_in(request, other) == []
        if not other["unassigned"]:
            assert not mine["unassigned"], f"seed {seed}: VROOM serves all"
        if (served(mine), mine["summary"]["priority"]) == (served(other), other["summary"]["priority"]):
            shares.append(mine["summary"]["cost"] / other["summary"]["cost"])
        else:
            assert (mine["summary"]["priority"], served(mine)) > (other["summary"]["priority"], served(other))
    assert shares
    assert sum(shares) / len(shares) <= NO_DEARER[rich]


def given_routes(rng: random.Random) -> Json:
    """A random request whose tasks stand in random routes, breaks among them."""
    request = random_request(rng, tasks=rng.randint(3, 14), vehicles=rng.randint(1, 3))
    keys = [("job", job["id"]) for job in request["jobs"]]
    for shipment in request.get("shipments", []):
        keys += [("pickup", shipment["pickup"]["id"]), ("delivery", shipment["delivery"]["id"])]
    rng.shuffle(keys)
    for n, vehicle in enumerate(request["vehicles"]):
        own: list[tuple[str, int]] = keys[n :: len(request["vehicles"])]
        for rest in vehicle.get("breaks", []):
            own.insert(rng.randint(0, len(own)), ("break", rest["id"]))
        vehicle["steps"] = [{"type": kind, "id": one} for kind, one in own]
        vehicle.pop("speed_factor", None)
        vehicle.pop("costs", None)
    request["options"] = {"c": True}
    return request


def test_plan_mode_agrees(tmp_path: Path) -> None:
    same_times = 0
    for seed in range(25):
        request = given_routes(random.Random(seed))
        mine, other = ours(request), peer(request, tmp_path).check().to_dict()
        for route, same in zip(mine["routes"], other["routes"], strict=True):
            assert causes(route) == causes(same)
            assert route["duration"] == same["duration"]
            # VROOM looks at no moment before the first window opens, though leaving earlier may miss less.
            assert missed(route) <= missed(same)
            if missed(route) == missed(same):
                assert length(route) <= length(same)
                same_times += 1
    assert same_times >= 35


def causes(route: Json) -> set[str]:
    """What is broken beside times."""
    return {one["cause"] for one in route["violations"]} - {"delay", "lead_time"}


def missed(route: Json) -> int:
    """Seconds too early and too late."""
    return sum(one.get("duration", 0) for one in route["violations"])


def length(route: Json) -> int:
    first, last = route["steps"][0], route["steps"][-1]
    return int(last["arrival"] - first["arrival"])

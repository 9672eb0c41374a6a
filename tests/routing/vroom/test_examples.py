"""VROOM's documented examples: every constraint kept, and no dearer than the documented answers."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from api.schemas.vroom import read_request
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from geodata.travel_values import RoadRoute, TravelMatrix, TravelSource
from routing.vroom.polyline import encode
from routing.vroom.service import answer
from tests.routing.vroom.oracle import broken_in

DATA = Path(__file__).parents[2] / "data" / "vroom"
Json = dict[str, Any]


def example(name: str) -> Json:
    loaded: Json = json.loads((DATA / f"{name}.json").read_text())
    return loaded


class France:
    """The roads of the documented answers: their legs as told, every other by the pace and detour of those."""

    def __init__(self) -> None:
        self.legs: dict[tuple[LonLat, LonLat], tuple[int, int]] = {}
        for name in ("example_1_sol", "example_3_sol"):
            for route in example(name)["routes"]:
                told = [step for step in route["steps"] if "location" in step]
                for a, b in pairwise(told):
                    leg = (b["duration"] - a["duration"], b["distance"] - a["distance"])
                    self.legs[_point(a), _point(b)] = leg
        crow = [StraightLine(detour=1.0).matrix(pair).metres[0, 1] for pair in self.legs]
        self.pace = sum(seconds for seconds, _ in self.legs.values()) / sum(crow)
        self.detour = sum(metres for _, metres in self.legs.values()) / sum(crow)

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        crow = StraightLine(detour=1.0).matrix(points).metres
        seconds, metres = np.rint(crow * self.pace), np.rint(crow * self.detour)
        for i, a in enumerate(points):
            for j, b in enumerate(points):
                seconds[i, j], metres[i, j] = self.legs.get((a, b), (seconds[i, j], metres[i, j]))
        return TravelMatrix(seconds=seconds.astype(int), metres=metres.astype(int), source=TravelSource.ROAD)

    def route(self, points: Sequence[LonLat]) -> RoadRoute:
        return StraightLine().route(points)


def _point(step: Json) -> LonLat:
    return LonLat(lon=step["location"][0], lat=step["location"][1])


def solved(request: Json, travel: Any) -> Json:
    return answer(read_request(json.dumps(request).encode()), travel)


def with_matrix(request: Json, france: France) -> Json:
    """The same request with indices and matrices in the place of coordinates: what the oracle reads."""
    places: list[tuple[float, float]] = []

    def index(location: Sequence[float]) -> int:
        if (location[0], location[1]) not in places:
            places.append((location[0], location[1]))
        return places.index((location[0], location[1]))

    known: Json = json.loads(json.dumps(request))
    for vehicle in known["vehicles"]:
        for end in ("start", "end"):
            vehicle[f"{end}_index"] = index(vehicle[end])
    ends = [one[kind] for one in known.get("shipments", []) for kind in ("pickup", "delivery")]
    for task in [*known["jobs"], *ends]:
        task["location_index"] = index(task["location"])
    travel = france.matrix([LonLat(lon=lon, lat=lat) for lon, lat in places])
    known["matrices"] = {"car": {"durations": travel.seconds.tolist(), "distances": travel.metres.tolist()}}
    return known


def test_the_first_example_is_served_whole_at_no_more_than_the_documented_cost() -> None:
    documented, france = example("example_1_sol"), France()
    request = with_matrix(example("example_1"), france)
    assert not broken_in(request, _with_indices(documented, request)), "the oracle refuses the documented answer"
    found = solved({**request, "options": {"l": 5}}, france)
    assert broken_in(request, found) == []
    assert found["summary"]["unassigned"] == 0
    assert found["summary"]["cost"] <= documented["summary"]["cost"]


def _with_indices(documented: Json, request: Json) -> Json:
    at = {tuple(v["start"]): v["start_index"] for v in request["vehicles"]}
    ends = [one[kind] for one in request.get("shipments", []) for kind in ("pickup", "delivery")]
    at |= {tuple(task["location"]): task["location_index"] for task in [*request["jobs"], *ends]}
    known: Json = json.loads(json.dumps(documented))
    for route in known["routes"]:
        for step in route["steps"]:
            if "location" in step:
                step["location_index"] = at[tuple(step["location"])]
    return known


def test_coordinates_alone_give_the_same_cost_and_a_line() -> None:
    found = solved({**example("example_1"), "options": {"g": True, "l": 5}}, France())
    assert found["summary"]["cost"] <= example("example_1_sol")["summary"]["cost"]
    assert found["summary"]["distance"] > 0
    for route in found["routes"]:
        stops = [_point(step) for step in route["steps"] if "location" in step]
        assert route["geometry"] == encode(StraightLine().route(stops).line)
    assert [note["code"] for note in found["notes"]] == ["R5402"]


def test_the_second_example_is_answered_as_documented() -> None:
    found = solved(example("example_2"), StraightLine())
    documented = example("example_2_sol")
    assert found.pop("notes") == []
    for step in found["routes"][0]["steps"]:
        assert step.items() >= {"setup": 0, "violations": []}.items()
    assert found == documented


def test_the_third_example_has_the_documented_times_and_violations() -> None:
    request = {**example("example_3"), "options": {"c": True, "g": True}}
    found, documented = solved(request, France()), example("example_3_sol")
    for mine, theirs in zip(found["routes"], documented["routes"], strict=True):
        assert by_cause(mine) == by_cause(theirs)
        for step, other in zip(mine["steps"], theirs["steps"], strict=True):
            told = {name: step[name] for name in other if name not in ("violations", "distance")}
            assert told == {name: other[name] for name in told}
            assert by_cause(step) == by_cause(other)
            # The documented metres are rounded leg by leg, or not.
            assert abs(step["distance"] - other["distance"]) <= 5
    assert by_cause(found["summary"]) == by_cause(documented["summary"])
    assert found["summary"]["cost"] == documented["summary"]["cost"]


def by_cause(told: Json) -> dict[str, int | None]:
    return {one["cause"]: one.get("duration") for one in told["violations"]}


def test_a_line_is_written_as_in_the_formats_own_example() -> None:
    points = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]
    assert encode([LonLat(lon=lon, lat=lat) for lat, lon in points]) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"

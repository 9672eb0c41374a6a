"""Random requests of every kind: what is answered keeps every rule, judged by an oracle of its own."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from api.schemas.vroom import read_request
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from geodata.travel_values import TravelMatrix, TravelSource
from routing.validate import validate
from routing.vroom.ground import ground_of
from routing.vroom.problem import to_problem
from routing.vroom.service import answer
from tests.routing.vroom.oracle import broken_in, served
from tests.routing.vroom.requests import random_request

Json = dict[str, Any]
# Sizes of the office's own problems bind no one else's.
OFFICE_ONLY = {"R2005", "R2009"}


def solved(request: Json) -> Json:
    return answer(read_request(json.dumps(request).encode()), StraightLine())


@pytest.mark.parametrize("seed", range(12))
def test_every_answer_keeps_the_rules(seed: int) -> None:
    rng = random.Random(seed)
    request = random_request(rng, tasks=rng.randint(4, 24), vehicles=rng.randint(1, 4))
    request["options"] = {"l": 0.3} if seed % 3 else {"l": 3}
    found = solved(request)
    assert broken_in(request, found) == []
    assert served(found) > 0
    problem = to_problem(ground_of(read_request(json.dumps(request).encode()), StraightLine())).problem
    assert [one for one in validate(problem) if one.code not in OFFICE_ONLY] == []


@pytest.mark.parametrize("shift", [0, 1_600_000_000])
def test_times_count_from_wherever_the_caller_counts(shift: int) -> None:
    request = random_request(random.Random(3), tasks=6, vehicles=2)
    request["options"] = {"l": 0.3}
    for one in [*request["jobs"], *(s[end] for s in request["shipments"] for end in ("pickup", "delivery"))]:
        if "time_windows" in one:
            one["time_windows"] = [[a + shift, b + shift] for a, b in one["time_windows"]]
    for vehicle in request["vehicles"]:
        vehicle["time_window"] = [at + shift for at in vehicle["time_window"]]
        for rest in vehicle.get("breaks", []):
            rest["time_windows"] = [[a + shift, b + shift] for a, b in rest["time_windows"]]
    found = solved(request)
    assert broken_in(request, found) == []
    first = min(step["arrival"] for route in found["routes"] for step in route["steps"])
    assert shift <= first < shift + 40_000


def one_vehicle(**changes: Any) -> Json:
    request: Json = {
        "vehicles": [{"id": 1, "start_index": 0}],
        "jobs": [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2}],
        "matrices": {"car": {"durations": [[0, 10, 20], [10, 0, 15], [20, 15, 0]]}},
        "options": {"l": 0.3},
    }
    return {**request, **changes}


def test_a_break_before_and_after_the_ride_is_part_of_the_route() -> None:
    vehicle = {
        "id": 1,
        "start_index": 0,
        "end_index": 0,
        "time_window": [0, 500],
        "breaks": [
            {"id": 2, "time_windows": [[300, 400]], "service": 10},
            {"id": 1, "time_windows": [[5, 5]], "service": 10, "description": "trà"},
        ],
    }
    jobs = [{"id": 1, "location_index": 1, "time_windows": [[100, 200]]}, {"id": 2, "location_index": 2}]
    request = one_vehicle(vehicles=[vehicle], jobs=jobs)
    found = solved(request)
    assert broken_in(request, found) == []
    assert [step.get("id") for step in found["routes"][0]["steps"] if step["type"] == "break"] == [1, 2]


def test_a_matrix_of_costs_decides_the_order() -> None:
    durations = [[0, 10, 10], [10, 0, 10], [10, 10, 0]]
    costs = [[0, 1, 90], [90, 0, 1], [1, 90, 0]]
    request = one_vehicle(matrices={"car": {"durations": durations, "costs": costs}})
    [route] = solved(request)["routes"]
    assert [step["id"] for step in route["steps"] if step["type"] == "job"] == [1, 2]
    assert (route["cost"], route["duration"]) == (2, 20)


def test_a_dearer_hour_at_the_task_is_left_to_the_other() -> None:
    cheap = {"id": 1, "start_index": 0}
    dear = {"id": 2, "start_index": 1, "costs": {"per_task_hour": 3600}}
    jobs = [{"id": 1, "location_index": 1, "service": 600}]
    found = solved(one_vehicle(vehicles=[dear, cheap], jobs=jobs))
    assert [(route["vehicle"], route["cost"]) for route in found["routes"]] == [(1, 10)]


def test_kilometres_are_priced() -> None:
    distances = [[0, 9000, 1000], [9000, 0, 1000], [1000, 1000, 0]]
    vehicle = {"id": 1, "start_index": 0, "costs": {"per_hour": 0, "per_km": 7, "fixed": 5}}
    matrices = {"car": {"durations": [[0, 1, 9], [1, 0, 9], [9, 9, 0]], "distances": distances}}
    [route] = solved(one_vehicle(vehicles=[vehicle], matrices=matrices))["routes"]
    assert (route["cost"], route["distance"]) == (5 + 2 * 7, 2000)


@pytest.mark.parametrize(
    ("job", "vehicle", "code"),
    [
        ({"skills": [5]}, {}, "R5301"),
        ({"delivery": [3]}, {"capacity": [2]}, "R5302"),
        ({"time_windows": [[0, 5]]}, {}, "R5303"),
        ({}, {"max_tasks": 0}, "R5303"),
        ({}, {"max_travel_time": 9}, "R5303"),
    ],
)
def test_the_reason_of_what_stays(job: Json, vehicle: Json, code: str) -> None:
    jobs = [{"id": 1, "location_index": 1, **job}]
    found = solved(one_vehicle(vehicles=[{"id": 1, "start_index": 0, **vehicle}], jobs=jobs))
    assert [reason["code"] for reason in found["unassigned"][0]["reasons"]] == [code]


def test_of_two_that_do_not_fit_the_one_of_higher_priority_is_served() -> None:
    jobs = [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2, "priority": 1}]
    found = solved(one_vehicle(vehicles=[{"id": 1, "start_index": 0, "max_tasks": 1}], jobs=jobs))
    assert [(one["id"], one["reasons"][0]["code"]) for one in found["unassigned"]] == [(1, "R5304")]
    assert found["summary"]["priority"] == 1


def test_given_steps_are_never_answered_with_worse() -> None:
    request = random_request(random.Random(8), tasks=14, vehicles=2, rich=False)
    request["options"] = {"l": 4}
    best = solved(request)
    for route in best["routes"]:
        vehicle = next(one for one in request["vehicles"] if one["id"] == route["vehicle"])
        vehicle["steps"] = [
            {"type": step["type"], **({"id": step["id"]} if "id" in step else {})} for step in route["steps"]
        ]
    request["options"] = {"l": 0.2}
    again = solved(request)
    assert again["summary"]["cost"] <= best["summary"]["cost"]


def test_straight_lines_are_said_to_be_some() -> None:
    vehicle = {"id": 1, "start": [106.70, 10.77]}
    jobs = [{"id": 1, "location": [106.71, 10.78]}]
    found = solved({"vehicles": [vehicle], "jobs": jobs, "options": {"l": 0.2}})
    assert [note["code"] for note in found["notes"]] == ["R5401"]
    assert found["routes"][0]["steps"][-1]["location"] == [106.71, 10.78]


class PartlyRoads(StraightLine):
    """Roads that do not lead everywhere."""

    def matrix(self, points: Sequence[LonLat]) -> TravelMatrix:
        return replace(super().matrix(points), source=TravelSource.MIXED)


def test_roads_that_do_not_lead_everywhere_are_said_to() -> None:
    jobs = [{"id": 1, "location": [106.71, 10.78]}]
    request = {"vehicles": [{"id": 1, "start": [106.70, 10.77]}], "jobs": jobs, "options": {"l": 0.2}}
    found = answer(read_request(json.dumps(request).encode()), PartlyRoads())
    assert [note["code"] for note in found["notes"]] == ["R5404", "R5402"]

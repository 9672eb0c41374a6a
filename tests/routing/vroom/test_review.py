"""What is wrong with a request or not supported: each by its code and place, all at once, and never a breakdown."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.schemas.vroom import read_request
from api.solve_child import reply
from api.solve_pipe import Task
from core.errors import CodedError
from geodata.straight_line import StraightLine
from routing.vroom.review import MOST_TASKS
from routing.vroom.service import answer, search_seconds

Json = dict[str, Any]
DURATIONS = [[0, 10, 20], [10, 0, 15], [20, 15, 0]]


def request(**changes: Any) -> Json:
    """Two jobs, a shipment and a vehicle that does them all."""
    good: Json = {
        "vehicles": [
            {
                "id": 1,
                "start_index": 0,
                "end_index": 0,
                "capacity": [4],
                "time_window": [0, 1000],
                "breaks": [{"id": 1, "time_windows": [[100, 200]], "service": 30}],
            }
        ],
        "jobs": [{"id": 1, "location_index": 1, "service": 5}, {"id": 2, "location_index": 2, "delivery": [1]}],
        "shipments": [
            {"amount": [1], "pickup": {"id": 1, "location_index": 1}, "delivery": {"id": 1, "location_index": 2}}
        ],
        "matrices": {"car": {"durations": DURATIONS}},
        "options": {"l": 0.2},
    }
    return {**good, **changes}


def with_at(path: str, value: Any) -> Json:
    """The good request with one value set; the path is a JSON pointer."""
    changed = deepcopy(request())
    *way, last = path.strip("/").split("/")
    at: Any = changed
    for part in way:
        at = at[int(part)] if isinstance(at, list) else at[part]
    if isinstance(at, list):
        at[int(last) :] = [value, *at[int(last) + 1 :]]
    else:
        at[last] = value
    return changed


def found_in(body: Json) -> dict[str, str]:
    """Pointer → code of every mistake."""
    status, said = reply(Task.SOLVE.value + json.dumps(body).encode(), StraightLine())
    told = json.loads(said)
    if status == 200:
        return {}
    assert (status, told["code"]) == (400, 2), told
    for one in told["errors"]:
        assert one["detail"] != one["detail_en"]
        assert one["code"] in told["error"]
    return {one["pointer"]: one["code"] for one in told["errors"]}


def test_the_good_request_is_good() -> None:
    assert found_in(request()) == {}


DOUBLED = request()["jobs"][:1] * 2
CAR = {"durations": DURATIONS}


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        ("/vehicles", [], "/vehicles", "R5101"),
        ("/jobs", DOUBLED, "/jobs", "R5103"),
        ("/vehicles/0/breaks", [{"id": 1}, {"id": 1}], "/vehicles/0/breaks", "R5103"),
        ("/jobs/0", {"id": 1}, "/jobs/0", "R5104"),
        ("/jobs/0/location_index", 3, "/jobs/0/location_index", "R5105"),
        ("/vehicles/0/end_index", 7, "/vehicles/0/end_index", "R5105"),
        ("/vehicles/1", {"id": 2, "capacity": [1]}, "/vehicles/1", "R5106"),
        ("/jobs/1/delivery", [1, 2], "/jobs/1/delivery", None),
        ("/vehicles/0/capacity", [], "/vehicles/0/capacity", "R5107"),
        ("/vehicles/0/time_window", [9, 3], "/vehicles/0/time_window", "R5108"),
        ("/jobs/0/time_windows", [[1, 2], [9, 3]], "/jobs/0/time_windows/1", "R5108"),
        ("/matrices/car/durations", [[0, 1, 2], [1, 0], [0, 0, 0]], "/matrices/car/durations", "R5109"),
        ("/matrices/car/durations", [], "/matrices/car/durations", "R5109"),
        ("/matrices/car", {"costs": DURATIONS}, "/matrices/car", "R5110"),
        ("/matrix", DURATIONS, "/matrix", "R5111"),
        ("/vehicles/0/costs", {"per_km": 3}, "/vehicles/0/costs/per_km", "R5113"),
        ("/vehicles/0/max_distance", 3, "/vehicles/0/max_distance", "R5113"),
        ("/options/g", True, "/options/g", "R5114"),
        ("/vehicles/0/breaks/0/service", 950, "/vehicles/0/breaks/0", "R5115"),
        ("/vehicles/0/steps", [{"type": "job", "id": 9}], "/vehicles/0/steps/0/id", "R5116"),
        ("/vehicles/0/steps", [{"type": "job"}], "/vehicles/0/steps/0/id", "R5116"),
        ("/vehicles/0/steps", [{"type": "job", "id": 1}] * 2, "/vehicles/0/steps/1/id", "R5117"),
        ("/vehicles/0/steps", [{"type": "end"}, {"type": "job", "id": 1}], "/vehicles/0/steps/0", "R5118"),
        ("/vehicles/0/steps", [{"type": "pickup", "id": 1}], "/vehicles/0/steps", "R5119"),
        ("/options/c", True, "/options/c", "R5121"),
        ("/vehicles/0/profile", "truck", "/vehicles/0/profile", "R5201"),
        ("/vehicles/0/steps", [{"type": "job", "id": 1, "service_at": 5}], "/vehicles/0/steps/0/service_at", "R5206"),
        # The form: unknown, of another type, out of bounds.
        ("/jobs/0/serivce", 5, "/jobs/0/serivce", "A1102"),
        ("/jobs/0/service", "5", "/jobs/0/service", "A1105"),
        ("/jobs/0/service", 5.5, "/jobs/0/service", "A1105"),
        ("/jobs/0/priority", 101, "/jobs/0/priority", "A1105"),
        ("/jobs/0/time_windows", [], "/jobs/0/time_windows", "A1105"),
        ("/jobs/0/id", -1, "/jobs/0/id", "A1105"),
        ("/vehicles/0/speed_factor", 0, "/vehicles/0/speed_factor", "A1105"),
        ("/vehicles/0/steps", [{"type": "drive"}], "/vehicles/0/steps/0/type", "A1104"),
        ("/options/l", 3600, "/options/l", "A1105"),
    ],
)
def test_each_mistake_by_code_and_place(path: str, value: Any, pointer: str, code: str | None) -> None:
    found = found_in(with_at(path, value))
    if code is None:
        # Two lengths: then the shorter arrays are the wrong ones.
        assert set(found.values()) == {"R5107"}
        assert pointer not in found
    else:
        assert found.get(pointer) == code


def test_no_task_is_a_mistake() -> None:
    assert found_in(request(jobs=[], shipments=[])) == {"/jobs": "R5102"}


def test_costs_are_given_once_and_not_with_a_limit_of_distance() -> None:
    matrices = {"car": {"durations": DURATIONS, "costs": DURATIONS, "distances": DURATIONS}}
    vehicle = {"id": 1, "start_index": 0, "capacity": [4], "costs": {"per_hour": 1}, "max_distance": 10}
    assert found_in(request(vehicles=[vehicle], matrices=matrices)) == {
        "/vehicles/0/costs": "R5112",
        "/vehicles/0/max_distance": "R5204",
    }


def test_what_only_plan_mode_can_do() -> None:
    body = request()
    body["jobs"][0] |= {"service_per_type": {"van": 50}, "setup": 4}
    body["vehicles"][0] |= {"costs": {"per_task_hour": 9}}
    body["vehicles"][0]["breaks"][0]["max_load"] = [2]
    body["vehicles"].append({"id": 2, "start_index": 0, "capacity": [4], "type": "van"})
    assert found_in(body) == {
        "/jobs/0/service_per_type": "R5202",
        "/vehicles/0/costs/per_task_hour": "R5205",
        "/vehicles/0/breaks/0/max_load": "R5203",
    }
    body["vehicles"][1]["steps"] = [{"type": "job", "id": 1}]
    told = answer(read_request(json.dumps({**body, "options": {"c": True}}).encode()), StraightLine())
    [step] = [one for one in told["routes"][0]["steps"] if one["type"] == "job"]
    assert (step["service"], step["setup"]) == (50, 4)


def test_hard_times_that_contradict_each_other() -> None:
    steps = [{"type": "job", "id": 1, "service_at": 50}, {"type": "job", "id": 2, "service_before": 40}]
    body = with_at("/vehicles/0/steps", steps)
    assert found_in({**body, "options": {"c": True}}) == {"/vehicles/0/steps": "R5122"}


def test_too_many_tasks() -> None:
    jobs = [{"id": n, "location_index": 1} for n in range(MOST_TASKS + 1)]
    assert found_in(request(jobs=jobs, shipments=[])) == {"/jobs": "R5120"}


def test_coordinates_are_needed_without_matrices() -> None:
    body = request()
    del body["matrices"]
    assert set(found_in(body).values()) == {"R5104"}


def test_all_mistakes_come_at_once_and_a_null_is_left_out() -> None:
    body = with_at("/jobs/0/location_index", 9)
    body["jobs"][0]["skills"] = None
    body["vehicles"][0]["time_window"] = [9, 3]
    body["options"]["g"] = True
    assert found_in(body) == {
        "/jobs/0/location_index": "R5105",
        "/vehicles/0/time_window": "R5108",
        "/options/g": "R5114",
    }


def test_threads_are_the_servers_own() -> None:
    told = answer(read_request(json.dumps(request(options={"l": 0.2, "t": 4})).encode()), StraightLine())
    assert [note["code"] for note in told["notes"]] == ["R5403"]


@pytest.mark.parametrize(("options", "share"), [({"x": 5}, 1.0), ({}, 1.0), ({"x": 0}, 0.1)])
def test_levels_are_shares_of_our_own_time(options: Json, share: float) -> None:
    jobs = [{"id": n, "location_index": 1} for n in range(100)]
    seconds = search_seconds(read_request(json.dumps(request(jobs=jobs, options=options)).encode()))
    assert seconds == pytest.approx(10.0 * share)


# Nested deeper than one or the other step of reading goes.
DEEP = [b"[" * depth + b"null" + b"]" * depth for depth in (300, 900, 1020)]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"vehicles": 1e999}', b"[" * 5000, b'{"a": "\xff"}', *DEEP]
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(CodedError):
        read_request(body)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2**70), st.integers(0, 3), st.floats(), st.text(max_size=3), st.just([])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


def paths_in(value: Any, at: str = "") -> list[str]:
    """Pointers to everything in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [path for key, one in inner for path in (f"{at}/{key}", *paths_in(one, f"{at}/{key}"))]


FULL = request(
    vehicles=[
        {
            **request()["vehicles"][0],
            "skills": [1],
            "costs": {"fixed": 3, "per_hour": 1800, "per_km": 1, "per_task_hour": 2},
            "speed_factor": 1.5,
            "max_tasks": 9,
            "max_travel_time": 500,
            "max_distance": 900,
            "steps": [{"type": "start"}, {"type": "job", "id": 1}, {"type": "end"}],
        }
    ],
    matrices={"car": {"durations": DURATIONS, "distances": DURATIONS}},
)


def set_at(body: Json, path: str, value: Any) -> None:
    *way, last = path.strip("/").split("/")
    at: Any = body
    for part in way:
        at = at[int(part)] if isinstance(at, list) else at[part]
    at[int(last) if isinstance(at, list) else last] = value


@settings(max_examples=300)
@given(
    changes=st.lists(st.tuples(st.sampled_from(sorted(paths_in(FULL), reverse=True)), VALUES), max_size=3),
    plan_mode=st.booleans(),
)
def test_no_request_breaks_anything(changes: list[tuple[str, Any]], plan_mode: bool) -> None:
    body = deepcopy(FULL)
    body["options"]["c"] = plan_mode
    # Deeper places first, so that each is still there.
    for path, value in sorted(changes, key=lambda one: -one[0].count("/")):
        set_at(body, path, value)
    if isinstance(body.get("options"), dict):
        body["options"]["l"] = 0.2
    status, said = reply(Task.SOLVE.value + json.dumps(body).encode(), StraightLine())
    assert status in (200, 400), said

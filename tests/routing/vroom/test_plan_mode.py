"""Routes driven as given: times against every possible times, violations by name."""

import json
from itertools import combinations_with_replacement
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.schemas.vroom import read_request
from geodata.straight_line import StraightLine
from routing.solver.etas import Moment, times_of
from routing.vroom.service import answer

Json = dict[str, Any]
SMALL = st.integers(0, 5)
WINDOWS = st.lists(st.tuples(SMALL, SMALL).map(lambda ends: (min(ends), max(ends))), max_size=2)


@st.composite
def ways(draw: st.DrawFn) -> list[Moment]:
    """Two to four moments within a few seconds; the last is no pause."""
    count = draw(st.integers(2, 4))
    return [
        Moment(
            windows=tuple(draw(WINDOWS)),
            low=draw(st.none() | SMALL),
            high=draw(st.none() | SMALL),
            busy_s=draw(st.integers(0, 2)),
            ride_s=draw(st.integers(0, 2)) if n else 0,
            pause=0 < n < count - 1 and draw(st.booleans()),
        )
        for n in range(count)
    ]


def rank(way: list[Moment], at: tuple[int, ...]) -> tuple[int, int, int]:
    """What is missed, how long it takes, how early it is."""
    missed = [min((max(a - t, t - b, 0) for a, b in one.windows), default=0) for one, t in zip(way, at, strict=True)]
    return sum(missed), at[-1] - at[0], sum(at)


def possible(way: list[Moment], at: tuple[int, ...]) -> bool:
    """Whether hard times hold and there is time for work and riding; a pause may come anywhere on its leg."""
    hard = ((one.low or 0) <= t <= (one.high if one.high is not None else t) for one, t in zip(way, at, strict=True))
    if not all(hard):
        return False
    begin = 0
    for n in range(1, len(way)):
        if at[n] < at[n - 1] + way[n - 1].busy_s:
            return False
        if not way[n].pause:
            busy = sum(one.busy_s for one in way[begin:n])
            if at[n] - at[begin] - busy < way[n].ride_s:
                return False
            begin = n
    return True


@settings(max_examples=150)
@given(way=ways())
def test_no_other_times_are_better(way: list[Moment]) -> None:
    # From zero to when all is done however late it begins.
    horizon = range(22)
    every = combinations_with_replacement(horizon, len(way))
    best = min((rank(way, at) for at in every if possible(way, at)), default=None)
    etas = times_of(way)
    if best is None:
        assert etas is None
    else:
        assert etas is not None
        at = tuple(eta.at for eta in etas)
        assert possible(way, at)
        assert rank(way, at) == best


def told(vehicle: Json, **changes: Any) -> Json:
    """The one route of a request with three jobs and a shipment."""
    request: Json = {
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "capacity": [2], **vehicle}],
        "jobs": [{"id": n, "location_index": n % 3, "delivery": [1], "skills": [n]} for n in (1, 2, 3)],
        "shipments": [
            {"amount": [1], "pickup": {"id": 1, "location_index": 1}, "delivery": {"id": 1, "location_index": 2}}
        ],
        "matrices": {"car": {"durations": [[0, 10, 20], [10, 0, 15], [20, 15, 0]], "distances": [[0, 1, 2]] * 3}},
        "options": {"c": True},
        **changes,
    }
    found = answer(read_request(json.dumps(request).encode()), StraightLine())
    [route] = found["routes"]
    return {**route, "unassigned": found["unassigned"]}


def steps(*names: str) -> list[Json]:
    return [{"type": name.split("/")[0], "id": int(name.split("/")[1])} for name in names]


@pytest.mark.parametrize(
    ("vehicle", "causes"),
    [
        ({"steps": steps("job/1", "job/2"), "skills": [1, 2]}, {}),
        ({"steps": steps("job/1", "job/2"), "skills": [1]}, {"skills": None}),
        ({"steps": steps("job/1", "job/2", "job/3"), "skills": [1, 2, 3]}, {"load": None}),
        ({"steps": steps("job/1", "job/2"), "skills": [1, 2], "max_tasks": 1}, {"max_tasks": None}),
        ({"steps": steps("job/1", "job/2"), "skills": [1, 2], "max_travel_time": 44}, {"max_travel_time": None}),
        ({"steps": steps("job/1", "job/2"), "skills": [1, 2], "max_distance": 2}, {"max_distance": None}),
        ({"steps": steps("pickup/1", "delivery/1")}, {}),
        ({"steps": steps("delivery/1", "pickup/1")}, {"precedence": None}),
        ({"steps": steps("pickup/1")}, {"precedence": None}),
        ({"steps": steps("delivery/1")}, {"precedence": None}),
        ({"steps": steps("pickup/1", "delivery/1"), "breaks": [{"id": 7}]}, {"missing_break": None}),
        (
            {"steps": steps("pickup/1", "break/7", "delivery/1"), "breaks": [{"id": 7, "max_load": [0]}]},
            {"max_load": None},
        ),
        ({"steps": steps("pickup/1", "delivery/1"), "time_window": [0, 40]}, {"delay": 5}),
        (
            {
                "steps": [{"type": "start", "service_before": 5}, *steps("pickup/1", "delivery/1")],
                "time_window": [9, 99],
            },
            {"lead_time": 4},
        ),
    ],
)
def test_each_violation_is_told(vehicle: Json, causes: dict[str, int | None]) -> None:
    route = told(vehicle)
    assert {one["cause"]: one.get("duration") for one in route["violations"]} == causes


def test_what_is_in_no_step_stays_unassigned() -> None:
    route = told({"steps": steps("job/2", "job/1"), "skills": [1, 2]})
    assert [step.get("id") for step in route["steps"]] == [None, 2, 1, None]
    assert [(one["type"], one["id"]) for one in route["unassigned"]] == [("job", 3), ("pickup", 1), ("delivery", 1)]


def test_a_hard_time_is_kept() -> None:
    route = told({"steps": [{"type": "job", "id": 1, "service_at": 777}], "skills": [1]})
    assert [step["arrival"] + step["waiting_time"] for step in route["steps"]] == [767, 777, 787]

"""Days to plan in tests: random problems on a plane and small hand-made ones."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import numpy as np
from hypothesis import strategies as st

from geodata.model import LonLat
from geodata.travel_values import TravelMatrix, TravelSource
from routing.model import OPEN, Break, Forbidden, Frozen, Lock, Pair, PlanParams, Problem, Shift, Stop, Vehicle, Visit
from routing.objective import WEIGHTS
from routing.validate import validate

DAY = date(2026, 11, 20)
OFFICE = UUID(int=0xF1)
MORNING = Shift(start_s=26_400, end_s=41_400)
AFTERNOON = Shift(start_s=48_600, end_s=64_800)


def courier(n: int) -> UUID:
    """Id of the n-th courier."""
    return UUID(int=0xC0 + n)


def vehicle(n: int = 0, **changes: object) -> Vehicle:
    """A courier of two half-days from place 0, unless told otherwise."""
    values: dict[str, object] = {
        "courier_id": courier(n),
        "depot": 0,
        "shifts": (MORNING, AFTERNOON),
        "capacity_items": 120,
        "capacity_g": 30_000,
    }
    return Vehicle(**{**values, **changes})  # type: ignore[arg-type]


def visit(location: int, **changes: object) -> Visit:
    """A visit of one item at a place, three minutes long, any time, worth four hours."""
    values: dict[str, object] = {
        "id": f"v{location}",
        "item_ids": (UUID(int=0x1000 + location),),
        "location": location,
        "service_s": 180,
        "prize": 14_400,
        "weight_g": 50,
    }
    return Visit(**{**values, **changes})  # type: ignore[arg-type]


def matrix(seconds: list[list[int]]) -> TravelMatrix:
    """Travel times as given, at 10 m/s."""
    times = np.array(seconds, dtype=np.int32).reshape(len(seconds), len(seconds))
    return TravelMatrix(seconds=times, metres=(times * 10).astype(np.int32), source=TravelSource.ROAD, off_road=())


def line(*places: int) -> TravelMatrix:
    """Places on a line, `places` in seconds from its origin."""
    return matrix([[abs(a - b) for b in places] for a in places])


def day(visits: list[Visit], vehicles: list[Vehicle], travel: TravelMatrix, **changes: object) -> Problem:
    """A problem of one office."""
    values: dict[str, object] = {
        "day": DAY,
        "office_ids": (OFFICE,),
        "visits": tuple(visits),
        "vehicles": tuple(vehicles),
        "travel": travel,
        "points": tuple(LonLat(lon=106.0, lat=10.0 + n / 1000) for n in range(len(travel.seconds))),
        "weights": WEIGHTS,
        "params": PlanParams(),
    }
    return Problem(**{**values, **changes})  # type: ignore[arg-type]


def office_day(visits: int, couriers: int, *, seed: int = 1, side_s: int = 1500, windows: float = 0.15) -> Problem:
    """A day of an office in a square that takes `side_s` seconds to cross, roads asymmetric, some appointments."""
    rng = Random(seed)
    places = [(side_s / 2, side_s / 2)] + [(rng.random() * side_s, rng.random() * side_s) for _ in range(visits)]
    times = [
        [0 if a == b else int((abs(a[0] - b[0]) + abs(a[1] - b[1])) * rng.uniform(0.9, 1.1)) + 20 for b in places]
        for a in places
    ]
    own = [_random_visit(rng, n, windows) for n in range(1, visits + 1)]
    return day(own, [vehicle(n) for n in range(couriers)], matrix(times), fair_work_s=8_000)


def _random_visit(rng: Random, place: int, windows: float) -> Visit:
    opens = rng.choice((28_800, 32_400, 50_400, 54_000))
    required = rng.random() < 0.3
    return visit(
        place,
        service_s=rng.randrange(120, 420),
        prize=200_000 if required else 14_400,
        required=required,
        windows=((opens, opens + 5_400),) if rng.random() < windows else (),
        weight_g=rng.randrange(20, 500),
    )


_seconds = st.integers(min_value=0, max_value=4_000)
_instant = st.integers(min_value=20_000, max_value=70_000)


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three windows, in any order, possibly overlapping or outside every shift."""
    starts = draw(st.lists(_instant, max_size=3))
    return tuple((start, start + draw(st.integers(min_value=0, max_value=12_000))) for start in starts)


@st.composite
def problems(draw: st.DrawFn, *, most_visits: int = 9, most_vehicles: int = 3) -> Problem:
    """Any valid problem: no triangle inequality, zero legs, tight shifts, tiny capacity, skills, locks, home beats."""
    count = draw(st.integers(min_value=0, max_value=most_visits))
    size = count + 2
    times = draw(st.lists(st.lists(_seconds, min_size=size, max_size=size), min_size=size, max_size=size))
    visits = [draw(_visits(n)) for n in range(count)]
    fleet = [draw(_vehicles(n)) for n in range(draw(st.integers(min_value=0, max_value=most_vehicles)))]
    locks = draw(_locks(visits, fleet))
    fair = draw(st.sampled_from((500, 3_000, 86_400)))
    return day(visits, fleet, matrix(times), locks=locks, fair_work_s=fair)


@st.composite
def _visits(draw: st.DrawFn, n: int) -> Visit:
    return visit(
        n + 2,
        service_s=draw(st.integers(min_value=0, max_value=900)),
        prize=draw(st.sampled_from((0, 300, 3_000, 14_400, 200_000))),
        required=draw(st.booleans()),
        windows=draw(windows()),
        load_items=draw(st.integers(min_value=0, max_value=4)),
        weight_g=draw(st.integers(min_value=0, max_value=900)),
        skills=draw(st.sampled_from((frozenset(), frozenset({"land"})))),
        commune_code=draw(st.sampled_from(("a", "b"))),
    )


@st.composite
def _vehicles(draw: st.DrawFn, n: int) -> Vehicle:
    end = draw(st.integers(min_value=MORNING.start_s + 60, max_value=MORNING.end_s))
    shifts = draw(st.sampled_from(((MORNING, AFTERNOON), (AFTERNOON,), (Shift(start_s=MORNING.start_s, end_s=end),))))
    return vehicle(
        n,
        depot=draw(st.sampled_from((0, 1))),
        shifts=shifts,
        capacity_items=draw(st.sampled_from((3, 8, 120))),
        capacity_g=draw(st.sampled_from((900, 30_000))),
        skills=draw(st.sampled_from((frozenset(), frozenset({"land", "justice"})))),
        home_communes=draw(st.sampled_from((frozenset(), frozenset({"a"})))),
    )


@st.composite
def _locks(draw: st.DrawFn, visits: list[Visit], fleet: list[Vehicle]) -> tuple[Lock, ...]:
    if not visits or not fleet or draw(st.booleans()):
        return ()
    chosen = draw(st.sampled_from(fleet))
    index = draw(st.sampled_from((None, len(chosen.shifts) - 1)))
    return (Lock(visit_id=draw(st.sampled_from(visits)).id, courier_id=chosen.courier_id, round=index),)


@st.composite
def rich_problems(draw: st.DrawFn, *, most_visits: int = 7, most_vehicles: int = 2, under_way: bool = True) -> Problem:
    """Any valid problem with every kind of constraint, several at once."""
    plain = draw(problems(most_visits=most_visits, most_vehicles=most_vehicles))
    visits = [draw(_rich_visit(v)) for v in plain.visits]
    fleet = [draw(_rich_vehicle(v)) for v in plain.vehicles]
    count = draw(st.integers(min_value=0, max_value=len(visits) // 2))
    pairs = tuple(Pair(pickup_id=visits[2 * n].id, delivery_id=visits[2 * n + 1].id) for n in range(count))
    for n in range(count):
        amount = draw(st.integers(min_value=0, max_value=2))
        visits[2 * n] = replace(_without_load(visits[2 * n]), collect_items=amount)
        visits[2 * n + 1] = replace(_without_load(visits[2 * n + 1]), load_items=amount)
    known = {(v.courier_id, visit.id): draw(st.integers(0, 400)) for v in fleet for visit in visits[:3]}
    bans = draw(_bans(visits, fleet))
    slow = matrix((plain.travel.seconds * 2).tolist())
    problem = replace(
        plain,
        visits=tuple(visits),
        vehicles=tuple(fleet),
        pairs=pairs,
        forbidden=bans,
        unfamiliar=known,
        profiles={"car": slow},
    )
    begun = replace(problem, frozen=draw(_frozen(problem))) if under_way else problem
    return problem if validate(begun) else begun


def _without_load(visit: Visit) -> Visit:
    empty = replace(visit, load_items=0, weight_g=0, load_extra=(), collect_items=0, collect_g=0)
    return replace(empty, collect_vnd=0, collect_extra=())


@st.composite
def _rich_visit(draw: st.DrawFn, plain: Visit) -> Visit:
    return replace(
        plain,
        location=draw(st.sampled_from((plain.location, 2))),
        setup_s=draw(st.sampled_from((0, 200))),
        load_extra=draw(st.sampled_from(((), (1,)))),
        collect_items=draw(st.integers(0, 2)),
        collect_g=draw(st.sampled_from((0, 300))),
        collect_vnd=draw(st.sampled_from((0, 4_000_000))),
        collect_extra=draw(st.sampled_from(((), (2,)))),
        in_person=draw(st.booleans()),
        earliest_on=draw(st.sampled_from((None, DAY, DAY + timedelta(days=1)))),
        latest_on=draw(st.sampled_from((None, DAY + timedelta(days=1)))),
        depot=draw(st.sampled_from((None, None, 0))),
        ready_s=draw(st.sampled_from((0, 0, 30_000))),
    )


@st.composite
def _rich_vehicle(draw: st.DrawFn, plain: Vehicle) -> Vehicle:
    return replace(
        plain,
        shifts=tuple(draw(_rich_shift(shift)) for shift in plain.shifts),
        capacity_vnd=draw(st.sampled_from((None, 5_000_000))),
        capacity_extra=(draw(st.sampled_from((2, 9))),),
        in_person=draw(st.booleans()),
        profile=draw(st.sampled_from(("", "car"))),
        speed_percent=draw(st.sampled_from((100, 70))),
        fixed_cost=draw(st.sampled_from((0, 500))),
        weights=draw(st.sampled_from((None, replace(WEIGHTS, wait_per_s=0, overtime_per_s=7)))),
        reload_s=draw(st.sampled_from((0, 600))),
        max_tasks=draw(st.sampled_from((None, 2))),
        max_travel_s=draw(st.sampled_from((None, 6_000))),
        max_distance_m=draw(st.sampled_from((None, 60_000))),
        max_duration_s=draw(st.sampled_from((None, 8_000))),
    )


@st.composite
def _rich_shift(draw: st.DrawFn, plain: Shift) -> Shift:
    rests = draw(st.integers(0, 2))
    opens = sorted(draw(st.integers(plain.start_s, plain.end_s)) for _ in range(rests))
    breaks = tuple(
        Break(windows=((at, at + draw(st.integers(0, 5_000))),), duration_s=draw(st.sampled_from((0, 900))))
        for at in opens
    )
    return replace(
        plain,
        legal_end_s=draw(st.sampled_from((None, plain.end_s + 1_000))),
        breaks=breaks,
        begins_at=draw(st.sampled_from((None, None, 1, OPEN))),
        ends_at=draw(st.sampled_from((None, None, 1, OPEN))),
    )


@st.composite
def _bans(draw: st.DrawFn, visits: list[Visit], fleet: list[Vehicle]) -> tuple[Forbidden, ...]:
    if not visits or not fleet or draw(st.booleans()):
        return ()
    chosen = draw(st.sampled_from(fleet))
    index = draw(st.sampled_from((None, 0)))
    return (Forbidden(visit_id=draw(st.sampled_from(visits)).id, courier_id=chosen.courier_id, round=index),)


@st.composite
def _frozen(draw: st.DrawFn, problem: Problem) -> tuple[Frozen, ...]:
    """Nothing, a fixed beginning, or a courier under way with one stop made."""
    paired = {name for pair in problem.pairs for name in (pair.pickup_id, pair.delivery_id)}
    single = [v for v in problem.visits if v.id not in paired]
    if len(single) < 2 or not problem.vehicles or not draw(st.booleans()):
        return ()
    own = draw(st.sampled_from(problem.vehicles))
    if not own.shifts:
        return ()
    shift, first, second = own.shifts[0], single[0], single[1]
    next_ids = draw(st.sampled_from(((), (second.id,))))
    if draw(st.booleans()):
        return (Frozen(courier_id=own.courier_id, round=0, next_ids=next_ids),) if next_ids else ()
    left = shift.start_s + 60
    at = left + 300
    made = Stop(
        visit_id=first.id, round=0, arrival_s=at, wait_s=0, start_s=at, departure_s=at + first.setup_s + first.service_s
    )
    place = draw(st.sampled_from((None, 1)))
    aboard = draw(st.sampled_from((None, frozenset({second.id}))))
    free = made.departure_s + 30
    return (
        Frozen(
            courier_id=own.courier_id,
            round=0,
            done=(made,),
            next_ids=next_ids,
            left_s=left,
            place=place,
            free_s=free,
            on_board=aboard,
        ),
    )

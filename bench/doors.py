"""Learned doors: a month of deliveries whose first pins lie 1-2 km off, and what learning makes of pins and plans.

An office with 25 hamlets and 300 households, 60 papers on each of 22 working days, some households again and again.
Every delivery teaches by the phone's fix: accuracy 4-20 m, 3 % without a fix, 4 % wrong by 0.2-3 km and sure of it.
Each day is planned twice by the planner itself, with the pins as learned until then and with the first ones, and the
routes are then ridden to the true doors. Travel is a straight line times 1.35, so no road server is needed.
"""

import math
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import mean, median
from uuid import UUID

from bench.report import Bar, Report, arguments, show
from core.calendar import WorkingCalendar
from core.clock import at_local
from geodata.communes import METRES_PER_DEGREE, metres_between
from geodata.doors import DoorKind, LearnedDoor, Observation, Teaching, aged, learned, middle_of
from geodata.model import LonLat, PointSource
from geodata.points import Pin, best_point
from geodata.straight_line import StraightLine
from routing.batch import fair_work, standard_service
from routing.checker import check
from routing.model import Plan, Problem, ServicePolicy, Shift, Vehicle, Visit
from routing.objective import WEIGHTS, prize
from routing.solver import Limit, solve

_FIRST = date(2026, 11, 2)
_OFFICE = LonLat(lon=106.50, lat=11.00)
_SHIFTS = (Shift(start_s=26_400, end_s=41_400), Shift(start_s=48_600, end_s=64_800))
# What the resolver says of a pin that is a hamlet's or an old commune's point.
_FIRST_ERROR_M = 1_500
_SEARCH_MPS, _SEARCH_MAX_S = 15 / 3.6, 480
_TRAVEL = StraightLine()


@dataclass(frozen=True, slots=True)
class Home:
    """A household: where it is, where the first pin says it is, and its alley."""

    key: int
    door: LonLat
    first: LonLat
    alley: int


@dataclass(slots=True)
class Memory:
    """What has been learned so far, by the code the server uses."""

    lessons: dict[int, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    doors: dict[int, LearnedDoor] = field(default_factory=dict)
    alleys: dict[int, LearnedDoor] = field(default_factory=dict)

    def teach(self, home: Home, lesson: Observation, homes: Sequence[Home]) -> None:
        """Keep a lesson; reckon the household's door and its alley's."""
        self.lessons[home.key].append(lesson)
        door = learned(self.lessons[home.key])
        if door is not None:
            self.doors[home.key] = door
        known = [self.doors[one.key] for one in homes if one.alley == home.alley and one.key in self.doors]
        middle = middle_of(known, DoorKind.ALLEY)
        if middle is not None:
            self.alleys[home.alley] = middle

    def pin(self, home: Home, now: datetime) -> Pin:
        """Where the next paper of a household is sent."""
        own, alley = self.doors.get(home.key), self.alleys.get(home.alley)
        found = best_point(
            household=own and aged(own, now),
            area=alley and aged(alley, now),
            commune=Pin(point=home.first, error_m=_FIRST_ERROR_M, source=PointSource.OLD_COMMUNE),
        )
        assert found is not None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day's figures. Minutes are paid ones for each paper: planned, and ridden to the true doors."""

    error_m: float
    share_learned: float
    planned: float
    planned_first: float
    ridden: float
    ridden_first: float
    violations: int

    def as_text(self) -> str:
        """A line of the curve; what the first pins give stands in brackets."""
        return (
            f"pin {self.error_m:,.0f} m, learned {self.share_learned:.0%}, minutes a paper: "
            f"planned {self.planned:.2f} ({self.planned_first:.2f}), ridden {self.ridden:.2f} ({self.ridden_first:.2f})"
        )


def shifted(point: LonLat, metres: float, angle: float) -> LonLat:
    shrink = math.cos(math.radians(point.lat)) * METRES_PER_DEGREE
    return LonLat(
        lon=point.lon + metres * math.cos(angle) / shrink, lat=point.lat + metres * math.sin(angle) / METRES_PER_DEGREE
    )


def village(chance: Random, households: int) -> list[Home]:
    """Households in alleys of hamlets; each true door is 1-2 km from the pin of its hamlet."""
    pins = [shifted(_OFFICE, 7_000 * math.sqrt(chance.random()), chance.uniform(0, 2 * math.pi)) for _ in range(25)]
    alleys = [(pin, shifted(pin, chance.uniform(1_100, 1_900), chance.uniform(0, 2 * math.pi))) for pin in pins * 3]
    homes = []
    for key in range(households):
        number = chance.randrange(len(alleys))
        pin, middle = alleys[number]
        door = shifted(middle, chance.uniform(0, 90), chance.uniform(0, 2 * math.pi))
        homes.append(Home(key, door, pin, number))
    return homes


def fix(chance: Random, number: int, home: Home, at: datetime) -> Observation | None:
    """What the phone says at the door."""
    luck = chance.random()
    accuracy = chance.uniform(4, 20)
    if luck < 0.03:
        return None
    if luck < 0.07:
        seen = shifted(home.door, chance.uniform(200, 3_000), chance.uniform(0, 2 * math.pi))
    else:
        sigma = accuracy / 1.51
        east, north = chance.gauss(0, sigma), chance.gauss(0, sigma)
        seen = shifted(home.door, math.hypot(east, north), math.atan2(north, east))
    return Observation(
        id=UUID(int=number),
        kind=Teaching.DELIVERY,
        point=seen,
        accuracy_m=accuracy,
        taught_by=f"user:{number % 3}",
        observed_at=at,
        recorded_at=at,
    )


def plan(pins: Sequence[Pin], iterations: int) -> tuple[Problem, Plan]:
    """The day's plan for papers at these pins."""
    visits = tuple(
        Visit(
            id=f"v{n}",
            item_ids=(UUID(int=n),),
            location=n,
            service_s=standard_service(1, error_m=pin.error_m, has_money=False),
            prize=prize(0, ServicePolicy.ALL),
            required=True,
            error_m=pin.error_m,
        )
        for n, pin in enumerate(pins, 1)
    )
    fleet = tuple(
        Vehicle(courier_id=UUID(int=n), depot=0, shifts=_SHIFTS, capacity_items=120, capacity_g=30_000)
        for n in range(1, 5)
    )
    points = (_OFFICE, *(pin.point for pin in pins))
    travel = _TRAVEL.matrix(points)
    problem = Problem(
        day=_FIRST,
        office_ids=(UUID(int=99),),
        visits=visits,
        vehicles=fleet,
        travel=travel,
        points=points,
        weights=WEIGHTS,
        fair_work_s=fair_work(visits, fleet, travel),
    )
    return problem, solve(problem, stop=Limit(iterations=iterations), seed=1)


def planned_minutes(made: Plan) -> float:
    rounds = [one for route in made.routes for one in route.rounds]
    served = sum(len(route.stops) for route in made.routes)
    return sum(one.return_s - one.departure_s for one in rounds) / 60 / max(1, served)


def ridden_minutes(made: Plan, homes: Sequence[Home], pins: Sequence[Pin]) -> float:
    """The planned order ridden over the pins to the true doors, with the search from pin to door."""
    seconds, served = 0.0, 0
    for route in made.routes:
        for one in route.rounds:
            numbers = [int(stop.visit_id[1:]) - 1 for stop in route.stops if stop.round == one.round]
            places = [_OFFICE, *(homes[n].door for n in numbers), _OFFICE]
            legs = _TRAVEL.matrix(places).seconds
            seconds += sum(int(legs[n, n + 1]) for n in range(len(places) - 1))
            for n in numbers:
                away_m = metres_between(pins[n].point, homes[n].door)
                seconds += standard_service(1, error_m=0, has_money=False)
                seconds += min(_SEARCH_MAX_S, max(0.0, away_m - 50) * 2 / _SEARCH_MPS)
            served += len(numbers)
    return seconds / 60 / max(1, served)


def month(days: int, households: int, papers: int, iterations: int) -> tuple[list[Day], dict[int, list[float]]]:
    """Every working day, and the pin errors of households by how often they were delivered to before."""
    chance = Random(20261102)
    homes = village(chance, households)
    often = [1 / (1 + n) ** 0.7 for n in range(households)]
    memory, number, calendar, on = Memory(), 0, WorkingCalendar(), _FIRST
    figures: list[Day] = []
    errors: dict[int, list[float]] = defaultdict(list)
    for _ in range(days):
        now = at_local(on, datetime.min.time()).astimezone(UTC) + timedelta(hours=1)
        today = [homes[n] for n in dict.fromkeys(chance.choices(range(households), often, k=2 * papers))][:papers]
        pins = [memory.pin(home, now) for home in today]
        for home, pin in zip(today, pins, strict=True):
            errors[min(3, len(memory.lessons[home.key]))].append(metres_between(pin.point, home.door))
        figures.append(_day(today, pins, iterations))
        for stop, home in enumerate(today):
            number += 1
            lesson = fix(chance, number, home, now + timedelta(minutes=4 * stop))
            if lesson is not None:
                memory.teach(home, lesson, homes)
        on = calendar.add(on, 1)
    return figures, errors


def _day(today: Sequence[Home], pins: Sequence[Pin], iterations: int) -> Day:
    first = [Pin(point=home.first, error_m=_FIRST_ERROR_M, source=PointSource.OLD_COMMUNE) for home in today]
    problem, made = plan(pins, iterations)
    problem_first, made_first = plan(first, iterations)
    return Day(
        error_m=median(metres_between(pin.point, home.door) for pin, home in zip(pins, today, strict=True)),
        share_learned=mean(pin.source is PointSource.LEARNED_DOOR for pin in pins),
        planned=planned_minutes(made),
        planned_first=planned_minutes(made_first),
        ridden=ridden_minutes(made, today, pins),
        ridden_first=ridden_minutes(made_first, today, first),
        violations=len(check(problem, made)) + len(check(problem_first, made_first)),
    )


def measure(*, quick: bool) -> Report:
    """The month."""
    days, papers, iterations = (9, 32, 20) if quick else (22, 60, 200)
    figures, errors = month(days, 200 if quick else 300, papers, iterations)
    week = slice(-5, None)
    shown: dict[str, float | int | str] = {f"day_{n:02d}": day.as_text() for n, day in enumerate(figures, 1)}
    one, several = errors[1], errors[3]
    shown |= {
        "never_delivered_median_m": median(errors[0]),
        "one_delivery_median_m": median(one),
        "one_delivery_within_100_m": mean(error <= 100 for error in one),
        "three_deliveries_median_m": median(several),
        "three_deliveries_within_100_m": mean(error <= 100 for error in several),
        "planned_last_week_min": mean(day.planned for day in figures[week]),
        "planned_last_week_first_pins_min": mean(day.planned_first for day in figures[week]),
        "ridden_last_week_min": mean(day.ridden for day in figures[week]),
        "ridden_last_week_first_pins_min": mean(day.ridden_first for day in figures[week]),
    }
    fall = mean(day.planned for day in figures[week]) / figures[0].planned
    bars = (
        Bar("median pin error after one delivery, m", median(one), 30),
        Bar("planned time a paper, last week over first day", fall, 0.85),
        Bar("ridden time a paper, learned over first pins, last week", _over(figures[week]), 0.85),
        Bar("three deliveries: pins within 100 m", mean(error <= 100 for error in several), 0.97, ">="),
        Bar("broken rules in plans", sum(day.violations for day in figures), 0),
    )
    return Report(name="doors", figures=shown, bars=bars)


def _over(days: Sequence[Day]) -> float:
    return sum(day.ridden for day in days) / sum(day.ridden_first for day in days)


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    return show(measure(quick=asked.quick), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

"""Offices of the horizon bench: villages, arrivals, windows, absences, drawn once and the same for every policy."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.calendar import WorkingCalendar
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from geodata.travel_values import TravelMatrix, TravelSource
from routing.model import PlanParams, Problem, Shift, Vehicle, Visit, Weights

# Paid time alone: every policy and the hindsight optimum minimise exactly what is reported.
PAID_TIME = Weights(travel_per_s=1, distance_per_km=0, wait_per_s=1, round_opened=0, away_per_visit=0, balance_per_s=0)
SHIFT = Shift(start_s=27_000, end_s=54_000)
SERVICE_S = 240
# Working days an item may wait after the first day it can go.
SLACK = 2
_FIRST_DAY = date(2026, 9, 7)
_NOON_S = 40_500
_RIDE = StraightLine(detour=1.35, kmh=30.0)
_DEGREE_M = 111_195.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeKind:
    """`per_day` items on a working day, `side_km` across, doors within about `spread_km` of a village's middle.

    `absent` of the first attempts find nobody; `windowed` of the doors open in the morning or the afternoon alone.
    """

    name: str
    per_day: float
    side_km: float
    villages: int
    spread_km: float
    couriers: int
    absent: float = 0.08
    windowed: float = 0.1


KINDS = (
    OfficeKind(name="rural", per_day=20, side_km=14, villages=25, spread_km=0.5, couriers=2),
    OfficeKind(name="wide_rural", per_day=60, side_km=30, villages=60, spread_km=0.5, couriers=5),
    OfficeKind(name="town", per_day=60, side_km=8, villages=40, spread_km=0.4, couriers=3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item: the working day from which it can go (negative: before the bench), its village, door and habits.

    `place` is its index into the matrix. `absent`: the first attempt fails whenever it is made, so that no policy is
    luckier than another; the item is back the next working day and may wait as long as a new one.
    """

    place: int
    day: int
    village: int
    absent: bool
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class World:
    """One office's stream: `arrivals` of `days` working days, and `past` ones that policies may learn from."""

    kind: OfficeKind
    days: int
    past_days: int
    past: tuple[Arrival, ...]
    arrivals: tuple[Arrival, ...]
    points: tuple[LonLat, ...]
    villages: NDArray[np.float64]
    seconds: NDArray[np.int32]

    def fleet(self) -> tuple[Vehicle, ...]:
        """Equal couriers who start at the office."""
        return tuple(
            Vehicle(courier_id=UUID(int=n + 1), depot=0, shifts=(SHIFT,), capacity_items=200, capacity_g=10**6)
            for n in range(self.kind.couriers)
        )

    def problem(self, visits: tuple[Visit, ...], day: int, more: tuple[Visit, ...] = ()) -> tuple[Problem, list[Visit]]:
        """The day's problem, places renumbered; `more` visits are given back with places in the same matrix."""
        places = [0, *(visit.location for visit in (*visits, *more))]
        seconds = self.seconds[np.ix_(places, places)]
        own = [_moved(visit, n + 1) for n, visit in enumerate((*visits, *more))]
        travel = TravelMatrix(seconds=seconds, metres=np.zeros_like(seconds), source=TravelSource.STRAIGHT_LINE)
        problem = Problem(
            day=date_of(day),
            office_ids=(UUID(int=99),),
            visits=tuple(own[: len(visits)]),
            vehicles=self.fleet(),
            travel=travel,
            points=tuple(self.points[place] for place in places),
            weights=PAID_TIME,
            params=PlanParams(iterations=1),
        )
        return problem, own[len(visits) :]


def date_of(day: int) -> date:
    """The calendar date of a working day of the bench."""
    return WorkingCalendar().add(_FIRST_DAY, day)


def visit_of(arrival: Arrival, *, prize: int = 0, required: bool = False) -> Visit:
    """The item as a visit of the whole matrix."""
    return Visit(
        id=f"i{arrival.place}",
        item_ids=(UUID(int=10_000 + arrival.place),),
        location=arrival.place,
        service_s=SERVICE_S,
        prize=prize,
        required=required,
        windows=arrival.windows,
        commune_code=f"{arrival.village}",
    )


def draw(kind: OfficeKind, seed: int, *, days: int = 20, past_days: int = 20) -> World:
    """The stream of a seed."""
    rng = np.random.default_rng([seed, *kind.name.encode()])
    villages = rng.uniform(-kind.side_km / 2, kind.side_km / 2, (kind.villages, 2))
    rates = rng.uniform(0.5, 1.5, kind.villages)
    rates *= kind.per_day / rates.sum()
    at, found = [np.zeros(2)], []
    for day in range(-past_days, days):
        for village in range(kind.villages):
            for _ in range(rng.poisson(rates[village])):
                at.append(villages[village] + rng.normal(0, kind.spread_km, 2))
                morning = rng.random() < 0.5
                opening = (SHIFT.start_s, _NOON_S) if morning else (_NOON_S, SHIFT.end_s)
                found.append(
                    Arrival(
                        place=len(at) - 1,
                        day=day,
                        village=village,
                        absent=bool(rng.random() < kind.absent),
                        windows=(opening,) if rng.random() < kind.windowed else (),
                    )
                )
    points = tuple(_point(x, y) for x, y in at)
    return World(
        kind=kind,
        days=days,
        past_days=past_days,
        past=tuple(one for one in found if one.day < 0),
        arrivals=tuple(one for one in found if one.day >= 0),
        points=points,
        villages=villages,
        seconds=_RIDE.matrix(points).seconds,
    )


def _point(x_km: float, y_km: float) -> LonLat:
    return LonLat(lon=x_km * 1000 / _DEGREE_M, lat=y_km * 1000 / _DEGREE_M)


def _moved(visit: Visit, place: int) -> Visit:
    return Visit(
        id=visit.id,
        item_ids=visit.item_ids,
        location=place,
        service_s=visit.service_s,
        prize=visit.prize,
        required=visit.required,
        windows=visit.windows,
        commune_code=visit.commune_code,
    )

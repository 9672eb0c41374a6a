"""The objective: one integer in cost seconds, every term named and weighted here (table in docs/planning.md).

A cost second is what one second of a courier's paid time is worth. Service at the door is not a term: it has to be paid
on whichever day the visit is made, so it must not weigh on the choice of day.
"""

import numpy as np
from numpy.typing import NDArray

from routing.model import Cost, Problem, ServicePolicy, Vehicle, Visit, Weights
from routing.timing import price
from routing.way import Way, lookup, weights_of

WEIGHTS = Weights(
    travel_per_s=1,
    # Fuel and wear of a motorbike, about 700 VND/km, against about 1,400 VND for a courier's paid minute.
    distance_per_km=30,
    wait_per_s=1,
    # Loading, counting and handing back for one more trip: 5 minutes; twice for the afternoon, which is thereby kept
    # for what does not fit the morning and for second chances.
    round_opened=300,
    # What an unknown street costs: asking the way, no one who knows the courier.
    away_per_visit=60,
    balance_per_s=1,
    # Paid half as much again on top of the ordinary second.
    overtime_per_s=2,
    # Between two plans as good as each other the one that ends earlier: a hundredth of the paid time.
    finish_per_h=36,
)

# A visit that must be made today: 55 hours, above any detour a day can hold, so it is left only when nothing else fits.
REQUIRED_PRIZE = 200_000
# Among those that must, the later ones first.
OVERDUE_PER_DAY = 20_000
_OVERDUE_DAYS_MAX = 10
# With all served, anything that fits the day is worth four hours, the nearer its due day the more.
_ALL_PRIZE = 14_400
_ALL_PER_DAY = 1_200
_ALL_DAYS_MAX = 5
# Keeping for a better day: 300-420 s was the best simple rule measured (docs/planning.md); by working days left.
_THRIFTY_PRIZE = {1: 420, 2: 360}
_THRIFTY_LATER = 300


def prize(slack_days: int, policy: ServicePolicy, *, appointed: bool = False) -> int:
    """Cost of not delivering an item today; `slack_days` working days are left after today before it is late.

    Due today, overdue (`slack_days` ≤ 0) and appointed items are required. Under HORIZON this is the prize of what the
    choice of day sends (`routing.horizon`).
    """
    if slack_days <= 0:
        return REQUIRED_PRIZE + OVERDUE_PER_DAY * min(-slack_days, _OVERDUE_DAYS_MAX)
    if appointed:
        return REQUIRED_PRIZE
    if policy is ServicePolicy.THRIFTY:
        return _THRIFTY_PRIZE.get(slack_days, _THRIFTY_LATER)
    return _ALL_PRIZE - _ALL_PER_DAY * (min(slack_days, _ALL_DAYS_MAX) - 1)


def cost_difference(before: Cost, after: Cost) -> dict[str, int]:
    """Cost seconds by term, after less before."""
    old = before.terms()
    return {name: value - old[name] for name, value in after.terms().items()}


def distance_costs(problem: Problem, vehicle: Vehicle) -> NDArray[np.int64]:
    """(n, n) cost seconds of the metres of each leg, rounded down per leg."""
    return lookup(problem).metres(vehicle) * weights_of(problem, vehicle).distance_per_km // 1000


def arc_costs(problem: Problem, vehicle: Vehicle) -> NDArray[np.int64]:
    """(n, n) cost seconds of riding each leg: time and distance."""
    riding = lookup(problem).seconds(vehicle) * weights_of(problem, vehicle).travel_per_s
    return riding + distance_costs(problem, vehicle)


def round_opened(problem: Problem, vehicle: Vehicle, index: int) -> int:
    """Cost of sending a courier out in his round `index`."""
    return weights_of(problem, vehicle).round_opened * (index + 1) + vehicle.fixed_cost


def away(problem: Problem, vehicle: Vehicle, visit: Visit) -> int:
    """Cost of a visit outside the courier's home beat; a courier without a beat is at home everywhere."""
    if not vehicle.home_communes or visit.commune_code in vehicle.home_communes:
        return 0
    return weights_of(problem, vehicle).away_per_visit


def unfamiliar(problem: Problem, vehicle: Vehicle, visit: Visit) -> int:
    """Cost of a visit this courier does not know from past days."""
    return problem.unfamiliar.get((vehicle.courier_id, visit.id), 0)


def stranger(problem: Problem, vehicle: Vehicle, visit: Visit) -> int:
    """All that a visit costs because of who makes it."""
    return away(problem, vehicle, visit) + unfamiliar(problem, vehicle, visit)


def way_cost(problem: Problem, vehicle: Vehicle, index: int, way: Way, *, wait_s: int, return_s: int) -> Cost:
    """Cost of one round ridden at these times; nothing when it visits no one."""
    if not way.visits:
        return Cost()
    weights = weights_of(problem, vehicle)
    wait, overtime, finish = price(weights, vehicle.shifts[index], wait_s=wait_s, return_s=return_s)
    return Cost(
        travel=weights.travel_per_s * way.travel_s,
        distance=sum(metres * weights.distance_per_km // 1000 for metres in way.leg_m),
        wait=wait,
        rounds=round_opened(problem, vehicle, index),
        away=sum(away(problem, vehicle, visit) for visit in way.visits),
        unfamiliar=sum(unfamiliar(problem, vehicle, visit) for visit in way.visits),
        balance=weights.balance_per_s * max(0, way.work_s - problem.fair_work_s),
        overtime=overtime,
        finish=finish,
    )

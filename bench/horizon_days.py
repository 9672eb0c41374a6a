"""Working days played one after another under a policy, each plan made by PyVRP and judged by the checker."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from bench.horizon_world import SLACK, Arrival, World, visit_of
from routing.checker import check
from routing.model import Plan, Problem, Visit
from routing.objective import REQUIRED_PRIZE
from routing.schedule import build_plan
from routing.solver.several_days import DaysLimit, DaysRound, DaysStop, DaysTask, solve_days

_ITERATIONS = 500
_TRIES = 2
Key = tuple[int, int]
"""A visit to be made: the arrival's place, and 0 for the first attempt, 1 for the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An item that can go today: `last` is the last working day in time, `attempt` 0 or 1."""

    arrival: Arrival
    last: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What a policy sees: nothing of the days to come."""

    world: World
    day: int
    waiting: tuple[Waiting, ...]
    seed: int


# Which of the waiting items go today, and for policies with fixed sectors which courier takes each.
Policy = Callable[[Today], "list[tuple[tuple[Waiting, ...], int]]"]
"""Groups of items, each with the number of couriers it may use."""


@dataclass(slots=True)
class Played:
    """What a policy did: the routes of each day as keys, and what they cost."""

    routes: list[list[list[Key]]] = field(default_factory=list)
    paid_s: int = 0
    delivered: int = 0
    first_tries: int = 0
    first_done: int = 0
    overdue: int = 0
    ages: list[int] = field(default_factory=list)
    violations: int = 0
    slowest_s: float = 0.0

    @property
    def minutes(self) -> float:
        """Paid minutes per delivered item."""
        return self.paid_s / 60 / max(1, self.delivered)


def play(world: World, policy: Policy, *, seed: int) -> Played:
    """All working days of the stream, and as many more as it takes to deliver everything."""
    played, waiting, back, day = Played(), dict[int, Waiting](), list[Arrival](), 0
    coming: dict[int, list[Arrival]] = {}
    for arrival in world.arrivals:
        coming.setdefault(arrival.day, []).append(arrival)
    while day < world.days or waiting or back:
        for arrival, attempt in [*((a, 1) for a in back), *((a, 0) for a in coming.get(day, []))]:
            waiting[arrival.place] = Waiting(arrival=arrival, last=day + SLACK, attempt=attempt)
        today = Today(world=world, day=day, waiting=tuple(waiting.values()), seed=seed * 1_000 + day)
        back = _deliver(played, today, waiting, _decide(policy, today, played))
        day += 1
    return played


def _decide(policy: Policy, today: Today, played: Played) -> list[Plan]:
    started = time.process_time()
    groups = policy(today)
    played.slowest_s = max(played.slowest_s, time.process_time() - started)
    plans = []
    for items, couriers in groups:
        if items:
            problem = today.world.problem(tuple(_urgent(one, today.day) for one in items), today.day)[0]
            plan = plan_day(problem, couriers, seed=today.seed)
            played.violations += len(check(problem, plan))
            plans.append(plan)
    return plans


def _urgent(one: Waiting, day: int) -> Visit:
    """An item sent today; what is due comes before what could wait, should the day be too short."""
    must = one.last <= day
    return visit_of(one.arrival, prize=REQUIRED_PRIZE * (2 if must else 1), required=must)


def _deliver(played: Played, today: Today, waiting: dict[int, Waiting], plans: Iterable[Plan]) -> list[Arrival]:
    """Ring at every door; who was absent gives his item back."""
    back, routes = [], []
    for plan in plans:
        for route in plan.routes:
            played.paid_s += route.travel_s + route.service_s + route.wait_s
            done = [waiting.pop(int(stop.visit_id[1:])) for stop in route.stops]
            routes.append([(one.arrival.place, one.attempt) for one in done])
            for one in done:
                played.overdue += today.day > one.last
                if one.attempt == 0:
                    played.first_tries += 1
                    played.ages.append(today.day - one.arrival.day)
                if one.attempt == 0 and one.arrival.absent:
                    back.append(one.arrival)
                else:
                    played.delivered += 1
                    played.first_done += one.attempt == 0
    played.routes.append(routes)
    return back


def plan_day(problem: Problem, couriers: int, *, seed: int) -> Plan:
    """PyVRP's best plan of one day, the better of two seeds."""
    shift = problem.vehicles[0].shifts[0]
    fleet = DaysRound(
        day=0,
        depot=0,
        start_s=shift.start_s,
        end_s=shift.end_s,
        capacity_items=problem.vehicles[0].capacity_items,
        capacity_g=problem.vehicles[0].capacity_g,
        count=couriers,
    )
    task = DaysTask(
        seconds=problem.travel.seconds.astype(np.int64),
        extra=np.zeros_like(problem.travel.seconds, dtype=np.int64),
        stops=tuple(
            DaysStop(location=v.location, service_s=v.service_s, first=0, last=0, prize=v.prize, windows=v.windows)
            for v in problem.visits
        ),
        rounds=(fleet,),
        beats=np.zeros((0, 0), dtype=np.int64),
    )
    answers = [solve_days(task, DaysLimit(iterations=_ITERATIONS, seed=seed + n)) for n in range(_TRIES)]
    best = min(answers, key=lambda answer: answer.cost)
    plan = build_plan(problem, {(n, 0): list(stops) for n, (_, stops) in enumerate(best.routes)})
    assert plan is not None
    return plan


def familiar_share(world: World, routes: list[list[list[Key]]]) -> float:
    """Share of visits made by the courier who comes to their village most often.

    Routes have no names: each day they are given to the couriers so that most visits lie where their courier has been
    before.
    """
    village = {one.place: one.village for one in world.arrivals}
    been = np.zeros((world.kind.couriers, world.kind.villages))
    for day in routes:
        counts = np.zeros((len(day), world.kind.villages))
        for n, route in enumerate(day):
            for place, _ in route:
                counts[n, village[place]] += 1
        gains = np.minimum(counts[:, None, :], been[None, :, :]).sum(axis=2)
        orders = permutations(range(world.kind.couriers), len(day))
        hands = max(orders, key=lambda order: sum(gains[n, c] for n, c in enumerate(order)))
        for n, courier in enumerate(hands):
            been[courier] += counts[n]
    return float(been.max(axis=0).sum() / max(1, been.sum()))

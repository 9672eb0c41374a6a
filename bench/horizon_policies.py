"""The policies of the horizon bench: (a) fixed sectors, (b) every item every day, (c) ours."""

import numpy as np

from bench.horizon_days import Policy, Today, Waiting
from bench.horizon_world import SLACK, World, visit_of
from routing.horizon import choose_days
from routing.horizon_values import DayRule, Usual

# Places of the past that futures are drawn from; more would only make the matrix larger.
_SEEN_MAX = 250


def everything(today: Today) -> list[tuple[tuple[Waiting, ...], int]]:
    """(b): whatever is ready goes."""
    return [(today.waiting, today.world.kind.couriers)]


def fixed_sectors(world: World) -> Policy:
    """(a): villages belong to couriers, cut by angle around the office so that each has the same number of items."""
    angle = np.arctan2(world.villages[:, 1], world.villages[:, 0])
    load = np.bincount([one.village for one in world.past], minlength=len(angle))
    turning = np.argsort(angle)
    share = np.cumsum(load[turning]) - load[turning] / 2
    sector = np.empty(len(angle), dtype=int)
    sector[turning] = share * world.kind.couriers // max(1, load.sum())

    def policy(today: Today) -> list[tuple[tuple[Waiting, ...], int]]:
        return [
            (tuple(one for one in today.waiting if sector[one.arrival.village] == courier), 1)
            for courier in range(world.kind.couriers)
        ]

    return policy


def ours(rule: DayRule) -> Policy:
    """(c): the choice of day from what arrived there on the past days."""

    def policy(today: Today) -> list[tuple[tuple[Waiting, ...], int]]:
        rng = np.random.default_rng(today.seed)
        past = today.world.past
        seen = [past[n] for n in rng.choice(len(past), min(_SEEN_MAX, len(past)), replace=False)]
        own = tuple(visit_of(one.arrival, required=one.last <= today.day) for one in today.waiting)
        problem, usual = today.world.problem(own, today.day, tuple(visit_of(one) for one in seen))
        slack = {f"i{one.arrival.place}": one.last - today.day for one in today.waiting}
        usually = Usual(visits=tuple(usual), slack=(SLACK,) * len(usual), per_day=len(past) / today.world.past_days)
        decision = choose_days(problem, slack, usually, rule, seed=today.seed)
        go = {choice.visit_id for choice in decision.choices if choice.go}
        sent = tuple(one for one in today.waiting if f"i{one.arrival.place}" in go)
        return [(sent, today.world.kind.couriers)]

    return policy

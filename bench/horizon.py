"""Which day: twenty working days of three offices under four policies, the same stream for each.

(a) every ready item every day, villages fixed to couriers; (b) every ready item every day by PyVRP; (c) our choice of
day; (d) hindsight: all days solved with the future known, the best plan found. Everything is delivered in the end, also
what is still waiting after the twentieth day. Effort is counted in iterations, so load changes nothing but the clock.
"""

import sys
import time
from dataclasses import dataclass, replace

import numpy as np

from bench.horizon_days import Played, Today, Waiting, familiar_share, play
from bench.horizon_hindsight import Hindsight, hindsight
from bench.horizon_policies import everything, fixed_sectors, ours
from bench.horizon_world import KINDS, SERVICE_S, SLACK, OfficeKind, World, draw
from bench.report import Bar, Report, arguments, show
from routing.horizon_values import DayRule
from routing.model import DAY_VALUE_S

# Parameters were chosen on seeds 0 and 1.
_SEED = 2
_LIMITS = {"rural": 0.73, "wide_rural": 0.73, "town": 0.87}
_CURVE_S = (0, 15, 60, 180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One office's stream under all policies."""

    world: World
    sectors: Played
    every: Played
    chosen: Played
    best: Hindsight


def compare(kind: OfficeKind, *, seed: int, days: int, rule: DayRule, sweeps: int) -> Compared:
    """All policies on one stream; hindsight starts from the cheapest of them."""
    world = draw(kind, seed, days=days)
    sectors, every = play(world, fixed_sectors(world), seed=seed), play(world, everything, seed=seed)
    chosen = play(world, ours(rule), seed=seed)
    start = min((every, chosen), key=lambda played: played.minutes)
    best = hindsight(world, start, sweeps=sweeps, iterations=600, seed=seed)
    return Compared(world=world, sectors=sectors, every=every, chosen=chosen, best=best)


def figures(found: Compared) -> dict[str, float | int | str]:
    """What is reported of one office."""
    name, rows = found.world.kind.name, {"a": found.sectors, "b": found.every, "c": found.chosen}
    told: dict[str, float | int | str] = {f"{name}_items": len(found.world.arrivals)}
    for letter, played in rows.items():
        told |= {f"{name}_{letter}_{key}": value for key, value in _row(found.world, played).items()}
    told[f"{name}_d_paid_min_per_item"] = round(found.best.minutes, 3)
    told[f"{name}_d_mean_age_days"] = round(found.best.mean_age, 2)
    told[f"{name}_d_last_sweep_gain_percent"] = round(100 * (found.best.by_sweep[-2] / found.best.minutes - 1), 2)
    return told


def _row(world: World, played: Played) -> dict[str, float]:
    visits = played.first_tries + sum(one.absent for one in world.arrivals)
    return {
        "paid_min_per_item": round(played.minutes, 3),
        "travel_min_per_item": round(played.minutes - visits * SERVICE_S / 60 / played.delivered, 3),
        "overdue_share": round(played.overdue / played.delivered, 4),
        "mean_age_days": round(float(np.mean(played.ages)), 2),
        "p90_age_days": float(np.percentile(played.ages, 90)),
        "first_attempt_share": round(played.first_done / played.first_tries, 4),
        "familiar_share": round(familiar_share(world, played.routes), 2),
    }


def bars(found: Compared) -> list[Bar]:
    """What was promised of one office."""
    name, chosen = found.world.kind.name, found.chosen
    missing = len(found.world.arrivals) - chosen.delivered
    return [
        Bar(f"{name}: ours / hindsight (best found)", round(chosen.minutes / found.best.minutes, 4), 1.04),
        Bar(f"{name}: ours / everything every day", round(chosen.minutes / found.every.minutes, 4), _LIMITS[name]),
        Bar(f"{name}: overdue", chosen.overdue, 0),
        Bar(f"{name}: not delivered", missing, 0),
        Bar(f"{name}: mean working days waited", round(float(np.mean(chosen.ages)), 3), 1.0),
        Bar(
            f"{name}: first attempts that found someone, less (b)'s",
            chosen.first_done - found.every.first_done,
            0,
            ">=",
        ),
        Bar(f"{name}: violations", chosen.violations + found.every.violations + found.sectors.violations, 0),
    ]


def largest_decision_s(ready: int) -> float:
    """CPU seconds of one choice with that many ready items in an office that gets half as many every day."""
    kind = replace(KINDS[1], per_day=ready / 2)
    world = draw(kind, _SEED, days=4)
    waiting = tuple(
        Waiting(arrival=one, last=SLACK - n % SLACK, attempt=0) for n, one in enumerate(world.arrivals[:ready])
    )
    started = time.process_time()
    ours(DayRule(day_value_s=DAY_VALUE_S))(Today(world=world, day=0, waiting=waiting, seed=_SEED))
    return time.process_time() - started


def _rule(value: int, *, futures: int = 10) -> DayRule:
    """A rule whose effort is counted in iterations alone: on a busy machine the net of seconds would change answers."""
    return DayRule(day_value_s=value, futures=futures, seconds=3_600)


def curve(kind: OfficeKind, *, seed: int, days: int) -> dict[str, float]:
    """Cost against age for several values of the office's number."""
    world, told = draw(kind, seed, days=days), {}
    for value in _CURVE_S:
        played = play(world, ours(_rule(value)), seed=seed)
        told[f"{kind.name}_curve_{value}_paid_min_per_item"] = round(played.minutes, 3)
        told[f"{kind.name}_curve_{value}_mean_age_days"] = round(float(np.mean(played.ages)), 3)
    return told


def main() -> int:
    """Measure and show; quick: the rural office for six days with few futures."""
    asked = arguments(__doc__ or "")
    rule = _rule(DAY_VALUE_S, futures=4 if asked.quick else 10)
    kinds, days, sweeps = (KINDS[:1], 6, 2) if asked.quick else (KINDS, 20, 6)
    told: dict[str, float | int | str] = {"days": days, "slack_days": SLACK}
    held: list[Bar] = []
    for kind in kinds:
        found = compare(kind, seed=_SEED, days=days, rule=rule, sweeps=sweeps)
        told |= figures(found)
        held += bars(found)
    if not asked.quick:
        told |= curve(KINDS[0], seed=_SEED, days=days)
        held.append(Bar("150 ready items: choice, CPU s", round(largest_decision_s(150), 1), 30))
    return show(Report(name="horizon", figures=told, bars=tuple(held)), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

"""What usually arrives at an office, learned from the items of its last weeks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np

from core.clock import VIETNAM, local_date
from geodata.learned_service import ServiceFactors
from geodata.model import LonLat
from routing.batch import standard_service
from routing.horizon_values import Usual
from routing.model import Visit
from tracking.standard import ItemFacts, ServiceStandard, due_by

LOOKED_BACK = timedelta(days=35)
# With fewer working days than this an office is not known yet.
KNOWN_DAYS = 5
# Doors that futures are drawn from; more would only make the matrix larger.
_DOORS_MAX = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenItem:
    """An item of the past weeks, whatever became of it: its door and its dates."""

    household: str
    point: LonLat
    error_m: int
    commune_code: str | None
    ready_at: datetime
    handed_over_at: datetime | None
    due_on: date
    weight_g: int
    has_money: bool


def usual_of(
    seen: Iterable[SeenItem],
    *,
    today: date,
    cut_off: time,
    standard: ServiceStandard,
    service: ServiceFactors,
    first_place: int,
    seed: int,
) -> tuple[Usual, tuple[LonLat, ...]] | None:
    """What to expect, and the doors behind it, numbered in the matrix from `first_place`; None for an unknown office.

    Items of one household that could first go on the same day are one visit.
    """
    visits: dict[tuple[date, str], list[SeenItem]] = defaultdict(list)
    for item in seen:
        first = first_day(item.ready_at, cut_off, standard)
        if first < today:
            visits[first, item.household].append(item)
    if not visits:
        return None
    days = standard.calendar.between(min(first for first, _ in visits) - timedelta(days=1), today - timedelta(days=1))
    if days < KNOWN_DAYS:
        return None
    keys = _some(sorted(visits), seed)
    own = tuple(_visit(visits[key], service, first_place + n) for n, key in enumerate(keys))
    slack = tuple(_slack(visits[key], key[0], standard) for key in keys)
    return Usual(visits=own, slack=slack, per_day=len(visits) / days), tuple(visits[key][0].point for key in keys)


def first_day(ready_at: datetime, cut_off: time, standard: ServiceStandard) -> date:
    """The first working day whose plan an item can be in: that on which it was ready, if before the cut-off."""
    day = local_date(ready_at)
    in_time = ready_at.astimezone(VIETNAM).time() <= cut_off
    return day if in_time and standard.calendar.is_working(day) else standard.calendar.add(day, 1)


def _some(keys: Sequence[tuple[date, str]], seed: int) -> list[tuple[date, str]]:
    if len(keys) <= _DOORS_MAX:
        return list(keys)
    chosen = np.random.default_rng(seed).choice(len(keys), _DOORS_MAX, replace=False)
    return [keys[n] for n in sorted(chosen)]


def _visit(items: Sequence[SeenItem], service: ServiceFactors, place: int) -> Visit:
    error_m = min(item.error_m for item in items)
    standard_s = standard_service(len(items), error_m=error_m, has_money=any(item.has_money for item in items))
    commune = items[0].commune_code
    return Visit(
        id=f"usual-{place}",
        item_ids=tuple(UUID(int=n) for n in range(len(items))),
        location=place,
        service_s=round(standard_s * service.factor(commune, error_m)),
        prize=0,
        load_items=len(items),
        weight_g=sum(item.weight_g for item in items),
        commune_code=commune or "",
    )


def _slack(items: Sequence[SeenItem], first: date, standard: ServiceStandard) -> int:
    """Working days the visit could have waited on its first day."""
    last = min(min(item.due_on, _standard_day(item, first, standard)) for item in items)
    return max(0, standard.calendar.between(first, last))


def _standard_day(item: SeenItem, first: date, standard: ServiceStandard) -> date:
    """As `routing.batch.deadline_on` saw it on that day: what came later to the post counted as handed over then."""
    handed_over_on = min(local_date(item.handed_over_at), first) if item.handed_over_at else None
    facts = ItemFacts(handed_over_on=handed_over_on, due_on=item.due_on, commune_code=item.commune_code)
    return due_by(facts, standard, today=first)

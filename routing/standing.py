"""What people decide about a plan: who goes where in which order, what is locked, dropped or allowed.

A standing is a dictionary of parts, each a small JSON value, so that what an edit changed, taking it back, and whether
two edits touch each other are the same three lines for every kind of edit.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from routing.model import Lock, Problem, Shift, Vehicle, Visit
from routing.stored import StoredRoute

# (courier, index of the shift)
RoundKey = tuple[UUID, int]
Parts = dict[str, Any]
# part → (before, after); None is "not there"
Change = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Orders of the rounds by visit id (empty ones left out), and the dispatcher's word.

    `locks`: visit → courier and round (None: any of his). `dropped`: not today, also for a new plan of the rest.
    `late`: visits whose appointment may be missed. `overtime`: the last second of a round beyond its shift.
    """

    orders: Mapping[RoundKey, tuple[str, ...]] = field(default_factory=dict)
    locks: Mapping[str, tuple[UUID, int | None]] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    overtime: Mapping[RoundKey, int] = field(default_factory=dict)

    def place_of(self, visit_id: str) -> tuple[RoundKey, int] | None:
        """The round that has the visit and its position there; None while it is not planned."""
        return self.places().get(visit_id)

    def places(self) -> dict[str, tuple[RoundKey, int]]:
        """Round and position of every planned visit."""
        return {v: (key, n) for key, order in self.orders.items() for n, v in enumerate(order)}

    def with_round(self, key: RoundKey, order: Iterable[str]) -> "Standing":
        """The same with another order of one round."""
        orders = {**self.orders, key: tuple(order)}
        return replace(self, orders={k: o for k, o in orders.items() if o})

    def without(self, visit_ids: Iterable[str]) -> "Standing":
        """The same with the visits in no round."""
        gone = set(visit_ids)
        kept = {key: tuple(v for v in order if v not in gone) for key, order in self.orders.items()}
        return replace(self, orders={key: order for key, order in kept.items() if order})


def to_parts(standing: Standing) -> Parts:
    """The standing as flat JSON."""
    parts: Parts = {f"round/{courier}/{n}": list(order) for (courier, n), order in standing.orders.items() if order}
    parts |= {f"lock/{v}": [str(courier), n] for v, (courier, n) in standing.locks.items()}
    parts |= {f"dropped/{v}": True for v in standing.dropped}
    parts |= {f"late/{v}": True for v in standing.late}
    parts |= {f"overtime/{courier}/{n}": end for (courier, n), end in standing.overtime.items()}
    return parts


def from_parts(parts: Mapping[str, Any]) -> Standing:
    """The inverse of `to_parts`."""
    found: dict[str, dict[str, Any]] = {kind: {} for kind in ("round", "lock", "dropped", "late", "overtime")}
    for part, value in parts.items():
        kind, _, rest = part.partition("/")
        found[kind][rest] = value
    return Standing(
        orders={_round(rest): tuple(order) for rest, order in found["round"].items()},
        locks={v: (UUID(courier), n) for v, (courier, n) in found["lock"].items()},
        dropped=frozenset(found["dropped"]),
        late=frozenset(found["late"]),
        overtime={_round(rest): end for rest, end in found["overtime"].items()},
    )


def standing_of(wishes: Mapping[str, Any], routes: Iterable[StoredRoute]) -> Standing:
    """What people have decided about a stored plan: its orders and the dispatcher's word beside them."""
    orders: dict[RoundKey, tuple[str, ...]] = {}
    for route in routes:
        for stop in route.stops:
            key = (route.courier_id, stop.stop.round)
            orders[key] = (*orders.get(key, ()), stop.stop.visit_id)
    return replace(from_parts(wishes), orders=orders)


def wishes_of(standing: Standing) -> Parts:
    """The parts beside the orders, which stand in the stops."""
    return {part: value for part, value in to_parts(standing).items() if not part.startswith("round/")}


def change_between(before: Standing, after: Standing) -> Change:
    """The parts that are not the same."""
    old, new = to_parts(before), to_parts(after)
    return {part: (old.get(part), new.get(part)) for part in sorted({*old, *new}) if old.get(part) != new.get(part)}


def take_back(standing: Standing, change: Change) -> Standing | None:
    """The standing without a change made before; None when a later change touched the same parts or visits."""
    parts = to_parts(standing)
    if any(parts.get(part) != after for part, (_, after) in change.items()):
        return None
    for part, (before, _) in change.items():
        parts.pop(part, None)
        if before is not None:
            parts[part] = before
    back = from_parts(parts)
    served = [v for order in back.orders.values() for v in order]
    return back if len(set(served)) == len(served) else None


def touched(change: Change) -> frozenset[str]:
    """What a change is about: couriers whose routes it changes (`courier/…`) and visits it moves (`visit/…`)."""
    return frozenset(_touched(change))


def _touched(change: Change) -> Iterator[str]:
    places: dict[str, set[tuple[str, str]]] = {}
    for part, (before, after) in change.items():
        kind, _, rest = part.partition("/")
        if kind in {"round", "overtime"}:
            yield f"courier/{rest.partition('/')[0]}"
        else:
            yield f"visit/{rest}"
        if kind == "round":
            for side, order in (("before", before), ("after", after)):
                for visit_id in order or ():
                    places.setdefault(visit_id, set()).add((side, rest))
    for visit_id, seen in places.items():
        if {rest for side, rest in seen if side == "before"} != {rest for side, rest in seen if side == "after"}:
            yield f"visit/{visit_id}"


def couriers_of(change: Change) -> frozenset[UUID]:
    """Whose routes a change is about."""
    return frozenset(UUID(name.removeprefix("courier/")) for name in touched(change) if name.startswith("courier/"))


def _round(rest: str) -> RoundKey:
    courier, _, number = rest.partition("/")
    return UUID(courier), int(number)


def kept_word(standing: Standing, problem: Problem) -> Standing:
    """The locks and allowances that another problem of the same day still knows; the orders are its own."""
    visits = {visit.id for visit in problem.visits}
    rounds = {(vehicle.courier_id, n) for vehicle in problem.vehicles for n in range(len(vehicle.shifts))}
    return Standing(
        locks={v: lock for v, lock in standing.locks.items() if v in visits and (lock[0], lock[1] or 0) in rounds},
        late=standing.late & visits,
        overtime={key: end for key, end in standing.overtime.items() if key in rounds},
    )


def decided(problem: Problem, standing: Standing) -> Problem:
    """The problem under the dispatcher's word: locks added, allowed lateness and overtime granted."""
    locks = tuple(Lock(visit_id=v, courier_id=courier, round=n) for v, (courier, n) in standing.locks.items())
    return replace(
        problem,
        visits=tuple(_allowed_late(visit, standing) for visit in problem.visits),
        vehicles=tuple(_allowed_over(vehicle, standing) for vehicle in problem.vehicles),
        locks=(*problem.locks, *locks),
    )


def _allowed_late(visit: Visit, standing: Standing) -> Visit:
    return replace(visit, windows=()) if visit.id in standing.late else visit


def _allowed_over(vehicle: Vehicle, standing: Standing) -> Vehicle:
    shifts = tuple(
        _longer(shift, standing.overtime.get((vehicle.courier_id, n))) for n, shift in enumerate(vehicle.shifts)
    )
    return replace(vehicle, shifts=shifts)


def _longer(shift: Shift, end_s: int | None) -> Shift:
    return shift if end_s is None else replace(shift, legal_end_s=max(shift.last_s, end_s))

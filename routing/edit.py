"""What each command makes of a standing: pure, every refusal of a command at once, coded."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from core.errors import CodedError, ErrorSpec, fail, problem
from core.errors import Problem as Mistake
from routing import errors_edits as errors
from routing.commands import (
    Command,
    DropStops,
    InsertStops,
    LockStops,
    MoveStops,
    ReorderRound,
    SplitRound,
    SwapRoutes,
    UnlockStops,
)
from routing.explain import why_not
from routing.model import Problem
from routing.placing import cheapest_place
from routing.standing import RoundKey, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of the day has happened: visits made, the visits couriers ride to, and who holds which visit's papers."""

    visited: frozenset[str] = frozenset()
    next: frozenset[str] = frozenset()
    carried: Mapping[str, UUID] = field(default_factory=dict)

    @property
    def fixed(self) -> frozenset[str]:
        """Visits whose place nobody may change."""
        return self.visited | self.next


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an edit starts from. Visits that are made or ridden to stand first in their rounds."""

    problem: Problem
    standing: Standing
    facts: Facts = field(default_factory=Facts)

    def rounds(self, courier_id: UUID | None = None) -> list[RoundKey]:
        """Every round of the day, or of one courier."""
        return [
            (vehicle.courier_id, n)
            for vehicle in self.problem.vehicles
            for n in range(len(vehicle.shifts))
            if courier_id in (None, vehicle.courier_id)
        ]

    def fixed(self, key: RoundKey) -> int:
        """How many stops at the beginning of a round nobody may change."""
        return sum(visit in self.facts.fixed for visit in self.standing.orders.get(key, ()))

    def label(self, visit_id: str) -> str:
        """How a sentence names a visit: its number on the courier's route."""
        place = self.standing.place_of(visit_id)
        if place is None:
            return "–"
        (courier, n), position = place
        before = sum(len(self.standing.orders.get((courier, m), ())) for m in range(n))
        return f"#{before + position + 1}"


def apply(ground: Ground, command: Command) -> Standing:
    """The standing after the command.

    Raises:
        CodedError: R4003-R4014, R4204, R4207: every reason why this cannot be done; nothing is said about times here.
    """
    deed: Callable[..., Standing] = _DEEDS[type(command)]
    after = deed(ground, command)
    if after == ground.standing:
        raise fail(errors.NOTHING_CHANGES)
    keeps_facts(ground, after)
    return after


def keeps_facts(ground: Ground, after: Standing) -> None:
    """Refuse a standing that would change what has happened, whatever led to it.

    Raises:
        CodedError: R4011-R4013 for each stop.
    """
    now, then = ground.standing.places(), after.places()
    moved = [v for v in ground.facts.fixed if v in now and then.get(v) != now[v]]
    held = [
        v for v, courier in ground.facts.carried.items() if v in now and (v not in then or then[v][0][0] != courier)
    ]
    _refuse(
        [*_standing_still(ground, moved), *(_about(errors.STOP_CARRIED, ground, v) for v in held if v not in moved)]
    )


def _move(ground: Ground, command: MoveStops) -> Standing:
    _refuse(
        [
            *_not_planned(ground, command.visit_ids),
            *_no_round(ground, command.courier_id, command.round),
            *_not_free(ground, command.visit_ids, to=command.courier_id, number=command.round),
        ]
    )
    if command.position is None:
        _refuse(_not_able(ground, command.visit_ids, command.courier_id))
    standing = ground.standing.without(command.visit_ids)
    places = ground.standing.places()
    return _put(
        replace(ground, standing=standing),
        [*_in_order(command.visit_ids, places)],
        courier_id=command.courier_id,
        number=command.round,
        position=command.position,
    )


def _in_order(visit_ids: Iterable[str], places: Mapping[str, tuple[RoundKey, int]]) -> list[str]:
    """The visits in the order in which they were ridden; those of one round keep their order."""
    wanted = list(dict.fromkeys(visit_ids))
    return sorted(wanted, key=lambda v: (str(places[v][0]), places[v][1])) if len(wanted) > 1 else wanted


def _put(
    ground: Ground, visit_ids: list[str], *, courier_id: UUID | None, number: int | None, position: int | None
) -> Standing:
    """Unplanned visits into a round: together at a position, else each at its cheapest place."""
    standing = ground.standing
    if courier_id is not None and position is not None:
        key = (courier_id, number or 0)
        order = standing.orders.get(key, ())
        _refuse(_no_position(position, low=ground.fixed(key), high=len(order)))
        return standing.with_round(key, (*order[:position], *visit_ids, *order[position:]))
    for visit_id in visit_ids:
        standing = _cheapest(replace(ground, standing=standing), visit_id, courier_id, number)
    return standing


def _cheapest(ground: Ground, visit_id: str, courier_id: UUID | None, number: int | None) -> Standing:
    visit = next(one for one in ground.problem.visits if one.id == visit_id)
    rounds = [key for key in ground.rounds(courier_id) if number in (None, key[1])]
    fixed = {key: ground.fixed(key) for key in rounds}
    place = cheapest_place(ground.problem, ground.standing, visit, rounds, fixed)
    if place is None:
        raise CodedError([problem(errors.NO_PLACE, pointer=f"/visits/{visit_id}"), _why_not(ground, visit_id, rounds)])
    order = ground.standing.orders.get(place.key, ())
    return ground.standing.with_round(place.key, (*order[: place.position], visit_id, *order[place.position :]))


def _why_not(ground: Ground, visit_id: str, rounds: Collection[RoundKey]) -> Mistake:
    """Why none of the rounds that were asked for takes the visit; the others have nothing to say here."""
    why = why_not(ground.problem, ground.standing.orders, visit_id, rounds)
    return problem(ErrorSpec(why.code, errors.NO_PLACE.status, why.vi, why.en), pointer=f"/visits/{visit_id}")


def _reorder(ground: Ground, command: ReorderRound) -> Standing:
    _refuse(_no_round(ground, command.courier_id, command.round))
    key = (command.courier_id, command.round)
    order = ground.standing.orders.get(key, ())
    if sorted(order) != sorted(command.visit_ids):
        raise fail(errors.NOT_THE_ROUND)
    fixed = ground.fixed(key)
    moved = [was for was, now in zip(order[:fixed], command.visit_ids, strict=False) if was != now]
    _refuse(_standing_still(ground, moved))
    return ground.standing.with_round(key, command.visit_ids)


def _lock(ground: Ground, command: LockStops) -> Standing:
    _refuse(_not_planned(ground, command.visit_ids))
    places = ground.standing.places()
    locks = {v: (places[v][0][0], places[v][0][1] if command.in_round else None) for v in command.visit_ids}
    return replace(ground.standing, locks={**ground.standing.locks, **locks})


def _unlock(ground: Ground, command: UnlockStops) -> Standing:
    gone = set(command.visit_ids)
    return replace(ground.standing, locks={v: lock for v, lock in ground.standing.locks.items() if v not in gone})


def _swap(ground: Ground, command: SwapRoutes) -> Standing:
    _refuse([*_no_round(ground, command.courier_id, None), *_no_round(ground, command.other_id, None)])
    standing = ground.standing
    one, other = ground.rounds(command.courier_id), ground.rounds(command.other_id)
    mine = {key[1]: standing.orders.get(key, ())[ground.fixed(key) :] for key in one}
    theirs = {key[1]: standing.orders.get(key, ())[ground.fixed(key) :] for key in other}
    if not {n for n, order in mine.items() if order} <= {n for _, n in other}:
        raise fail(errors.ROUND_UNKNOWN, round=max(mine) + 1)
    if not {n for n, order in theirs.items() if order} <= {n for _, n in one}:
        raise fail(errors.ROUND_UNKNOWN, round=max(theirs) + 1)
    _refuse(
        mistake
        for orders, to in ((mine, command.other_id), (theirs, command.courier_id))
        for mistake in _not_free(ground, [v for order in orders.values() for v in order], to=to, number=None)
    )
    for keys, orders in ((one, theirs), (other, mine)):
        for key in keys:
            kept = standing.orders.get(key, ())[: ground.fixed(key)]
            standing = standing.with_round(key, (*kept, *orders.get(key[1], ())))
    return standing


def _split(ground: Ground, command: SplitRound) -> Standing:
    rounds = (command.courier_id, command.round), (command.to_courier_id, command.to_round)
    _refuse(mistake for courier, number in rounds for mistake in _no_round(ground, courier, number))
    key, to = rounds
    order = ground.standing.orders.get(key, ())
    tail = order[command.position :]
    _refuse(
        [
            *_no_position(command.position, low=ground.fixed(key), high=len(order)),
            *_not_free(ground, tail, to=command.to_courier_id, number=command.to_round),
        ]
    )
    if key == to:
        return ground.standing
    there = ground.standing.orders.get(to, ())
    return ground.standing.with_round(key, order[: command.position]).with_round(to, (*there, *tail))


def _drop(ground: Ground, command: DropStops) -> Standing:
    carried = [visit for visit in command.visit_ids if visit in ground.facts.carried]
    _refuse(
        [
            *_not_planned(ground, command.visit_ids),
            *_standing_still(ground, command.visit_ids),
            *(_about(errors.STOP_CARRIED, ground, visit) for visit in carried),
        ]
    )
    gone = frozenset(command.visit_ids)
    standing = ground.standing.without(gone)
    return replace(
        standing,
        dropped=standing.dropped | gone,
        locks={v: lock for v, lock in standing.locks.items() if v not in gone},
        late=standing.late - gone,
    )


def _insert(ground: Ground, command: InsertStops) -> Standing:
    known, places = {visit.id for visit in ground.problem.visits}, ground.standing.places()
    _refuse(
        [
            *(_about(errors.STOP_UNKNOWN, ground, v, name=v) for v in command.visit_ids if v not in known),
            *(_about(errors.ALREADY_PLANNED, ground, v) for v in command.visit_ids if v in places),
            *(() if command.courier_id is None else _no_round(ground, command.courier_id, command.round)),
        ]
    )
    if command.courier_id is not None and command.position is None:
        _refuse(_not_able(ground, command.visit_ids, command.courier_id))
    after = _put(
        ground,
        list(dict.fromkeys(command.visit_ids)),
        courier_id=command.courier_id,
        number=command.round,
        position=command.position,
    )
    return replace(after, dropped=after.dropped - set(command.visit_ids))


_DEEDS: Mapping[type[Command], Callable[..., Standing]] = {
    MoveStops: _move,
    ReorderRound: _reorder,
    LockStops: _lock,
    UnlockStops: _unlock,
    SwapRoutes: _swap,
    SplitRound: _split,
    DropStops: _drop,
    InsertStops: _insert,
}


def _not_planned(ground: Ground, visit_ids: Iterable[str]) -> Iterator[Mistake]:
    places = ground.standing.places()
    return (_about(errors.STOP_UNKNOWN, ground, v, name=v) for v in visit_ids if v not in places)


def _no_round(ground: Ground, courier_id: UUID, number: int | None) -> Iterator[Mistake]:
    if not any(number in (None, key[1]) for key in ground.rounds(courier_id)):
        yield problem(errors.ROUND_UNKNOWN, round=(number or 0) + 1)


def _no_position(position: int, *, low: int, high: int) -> Iterator[Mistake]:
    if not low <= position <= high:
        yield problem(errors.POSITION_WRONG, position=position, low=low, high=high)


def _not_free(ground: Ground, visit_ids: Iterable[str], *, to: UUID, number: int | None) -> Iterator[Mistake]:
    """What is done, held by another, on the way to, or locked elsewhere."""
    wanted = list(visit_ids)
    yield from _standing_still(ground, wanted)
    for visit in wanted:
        if ground.facts.carried.get(visit, to) != to:
            yield _about(errors.STOP_CARRIED, ground, visit)
        courier, locked_round = ground.standing.locks.get(visit, (to, None))
        if courier != to or (number is not None and locked_round not in (None, number)):
            yield _about(errors.STOP_LOCKED, ground, visit)


def _not_able(ground: Ground, visit_ids: Iterable[str], courier_id: UUID) -> Iterator[Mistake]:
    """What the one courier who was asked for may not bring, and what he lacks for it."""
    vehicle = next(one for one in ground.problem.vehicles if one.courier_id == courier_id)
    wanted = set(visit_ids)
    for visit in ground.problem.visits:
        lacking, unnamed = visit.skills - vehicle.skills, visit.in_person and not vehicle.in_person
        if visit.id not in wanted or not (lacking or unnamed):
            continue
        yield problem(errors.NO_PLACE, pointer=f"/visits/{visit.id}")
        if lacking:
            yield _about(errors.NOT_QUALIFIED, ground, visit.id, skills=", ".join(sorted(lacking)))
        if unnamed:
            yield _about(errors.MAY_NOT_IDENTIFY, ground, visit.id)


def _standing_still(ground: Ground, visit_ids: Iterable[str]) -> Iterator[Mistake]:
    for visit in visit_ids:
        if visit in ground.facts.visited:
            yield _about(errors.STOP_VISITED, ground, visit)
        elif visit in ground.facts.next:
            yield _about(errors.STOP_NEXT, ground, visit)


def _about(spec: ErrorSpec, ground: Ground, visit_id: str, *, name: str | None = None, **values: str) -> Mistake:
    return problem(spec, pointer=f"/visits/{visit_id}", visit=name or ground.label(visit_id), **values)


def _refuse(found: Iterable[Mistake]) -> None:
    gathered = list(found)
    if gathered:
        raise CodedError(gathered)

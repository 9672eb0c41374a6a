"""Ruin and recreate for days of pairs: strings of neighbouring stops are taken out with their other halves, and every
pair goes back to its cheapest two places (Christiaens & Vanden Berghe, Transportation Science 54, 2020, pp. 417-433).

PyVRP's moves hardly ever empty a round where every stop has a partner. Here a whole round is dissolved first, as often
as its pairs find room in the others; whoever is often left without goes first. Runs inside the child process.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from routing.model import Problem
from routing.schedule import Orders
from routing.solver.assignment import Key, Search, spending
from routing.solver.pair_round import NEVER, Ground, PairRound
from routing.solver.trips import Trips

OnOrders = Callable[[dict[Key, list[int]]], None]
Pair = tuple[int, int]
Rounds = dict[int, PairRound]
# Of the time for fewer rounds, where opening one costs more than so many rides; the rest is for shorter ones.
_FEWER_SHARE, _DEAR_RIDES = 0.8, 5
# Strings of at most so many stops; so many stops taken out on average; the share of rounds not looked at.
_LONGEST, _TAKEN, _BLIND = 10, 6, 0.03
# How much dearer than where it is a plan may be, in mean rides: at the beginning, and of that at the end.
_HOT, _COLD = 0.1, 0.01


@dataclass(frozen=True, slots=True)
class _State:
    """Rounds, pairs without one, and what both cost but for what the left out are worth."""

    rounds: Rounds
    left: tuple[Pair, ...]

    @property
    def cost(self) -> int:
        return sum(one.cost for one in self.rounds.values())


class PairSearch:
    """The engine the child process asks."""

    def __init__(self, problem: Problem) -> None:
        self._ground = Ground(Trips(problem))

    def solve(self, start: Orders, search: Search, on_orders: OnOrders) -> None:
        """Search from the given orders and report better solutions."""
        if self._ground.pairs:
            _Run(self._ground, search, on_orders).run(start)


class _Run:
    """One search."""

    def __init__(self, ground: Ground, search: Search, on_orders: OnOrders) -> None:
        self._ground, self._on_orders = ground, on_orders
        self._partner = {i: pair for pair in ground.pairs for i in pair}
        # How often each pair was left without a round.
        self._absent = {pickup: 0 for pickup, _ in ground.pairs}
        self._random = random.Random(search.seed)  # noqa: S311  the search is to be repeatable
        rides = ground.kinds[0].costs[: ground.size, : ground.size]
        self._near = rides.argsort(axis=1)
        self._ride = max(float(rides.mean()), 1.0)
        self._spent = spending(search)

    def run(self, start: Orders) -> None:
        """From the given orders to the end of the time or of the iterations."""
        state = self._begun(start)
        self._tell(state.rounds)
        opening = min(trip.opening for trip in self._ground.trips.trips)
        if not state.left and opening > _DEAR_RIDES * self._ride:
            state = self._fewer(state)
        self._shorter(state)

    def _begun(self, start: Orders) -> _State:
        trips, number = self._ground.trips, {i: n for n, i in enumerate(self._ground.trips.free)}
        of_trip = {trip.key: n for n, trip in enumerate(trips.trips)}
        rest = {of_trip[key]: [number[i] for i in order] for key, order in trips.rest(start).items() if order}
        rounds = {n: PairRound(self._ground, n, order) for n, order in rest.items()}
        served = {i for one in rounds.values() for i in one.order}
        return self._recreated(rounds, [pair for pair in self._ground.pairs if pair[0] not in served])

    def _tell(self, rounds: Rounds) -> None:
        trips = self._ground.trips
        orders = {trips.trips[n].key: [trips.free[i] for i in one.order] for n, one in rounds.items()}
        self._on_orders(trips.whole(orders))

    def _fewer(self, state: _State) -> _State:
        """The plan with the fewest rounds that leaves nobody out."""
        best = state
        while (share := self._spent() / _FEWER_SHARE) < 1.0:
            if not state.left:
                if (len(state.rounds), state.cost) < (len(best.rounds), best.cost):
                    best = state
                    self._tell(best.rounds)
                state = self._dissolved(state)
            tried = self._ruined(state, is_open=False)
            is_no_farther = len(tried.left) <= len(state.left)
            if self._is_closer(tried, state) or (is_no_farther and self._takes(tried, state, share)):
                state = tried
            for pickup, _ in tried.left:
                self._absent[pickup] += 1
        return best

    def _dissolved(self, state: _State) -> _State:
        """Without the round whose pairs were least often left without one."""
        if len(state.rounds) < 2:
            return state
        seldom = min(state.rounds, key=lambda n: self._missed(self._pairs_of(state.rounds[n].order)))
        rounds = {n: one for n, one in state.rounds.items() if n != seldom}
        return _State(rounds, tuple(self._pairs_of(state.rounds[seldom].order)))

    def _is_closer(self, tried: _State, state: _State) -> bool:
        return len(tried.left) < len(state.left) or self._missed(tried.left) < self._missed(state.left)

    def _missed(self, pairs: Iterable[Pair]) -> int:
        return sum(self._absent[pickup] for pickup, _ in pairs)

    def _shorter(self, state: _State) -> None:
        """Cheaper plans until the time is over."""
        begun = self._spent()
        least = self._price(state)
        while (spent := self._spent()) < 1.0:
            tried = self._ruined(state, is_open=True)
            if self._takes(tried, state, (spent - begun) / (1.0 - begun)):
                state = tried
                if (price := self._price(state)) < least:
                    least = price
                    self._tell(state.rounds)

    def _price(self, state: _State) -> int:
        return state.cost + sum(self._ground.prize[pickup] for pickup, _ in state.left)

    def _takes(self, tried: _State, state: _State, share: float) -> bool:
        """Annealing, cooled evenly by the share of the time."""
        heat = _HOT * self._ride * _COLD**share
        allowed: float = heat * -math.log(max(self._random.random(), 1e-12))
        return self._price(tried) < self._price(state) + allowed

    def _ruined(self, state: _State, *, is_open: bool) -> _State:
        """Neighbouring strings taken out and all put back where they cost least; new rounds only where `is_open`."""
        where = {i: n for n, one in state.rounds.items() for i in one.order}
        gone = self._strings(state.rounds, where)
        rounds = dict(state.rounds)
        for n in {where[i] for i in gone}:
            kept = [i for i in rounds[n].order if i not in gone]
            rounds[n] = PairRound(self._ground, n, kept)
        return self._recreated(rounds, [*self._pairs_of(gone), *state.left], is_open=is_open)

    def _strings(self, rounds: Rounds, where: dict[int, int]) -> set[int]:
        """Stops of some rounds near a door drawn at random, and their other halves."""
        draw = self._random
        longest = min(_LONGEST, len(where) / max(1, len(rounds)))
        most = max(1, int(draw.random() * (4 * _TAKEN / (1 + longest) - 1) + 1))
        gone, touched = set[int](), set[int]()
        for near in self._near[draw.randrange(self._ground.size)].tolist():
            if len(touched) >= most:
                break
            n = where.get(near)
            if n is None or n in touched or near in gone:
                continue
            order = rounds[n].order
            length = int(draw.random() * min(len(order), longest) + 1)
            at = order.index(near)
            first = draw.randint(max(0, at - length + 1), max(0, min(at, len(order) - length)))
            gone.update(i for stop in order[first : first + length] for i in self._partner[stop])
            touched.add(n)
        return gone

    def _pairs_of(self, stops: Sequence[int] | AbstractSet[int]) -> list[Pair]:
        return sorted({self._partner[i] for i in stops})

    def _recreated(self, rounds: Rounds, pairs: list[Pair], *, is_open: bool = True) -> _State:
        left = []
        for pair in self._sorted(pairs):
            found = self._cheapest(rounds, pair, is_open=is_open)
            if found is None:
                left.append(pair)
            else:
                rounds[found.number] = found
        return _State({n: one for n, one in rounds.items() if one.order}, tuple(left))

    def _cheapest(self, rounds: Rounds, pair: Pair, *, is_open: bool) -> PairRound | None:
        ground, allowed = self._ground, self._ground.allowed[pair[0]]
        best, where, least = None, (0, 0), ground.prize[pair[0]]
        for one in [*rounds.values(), *(self._fresh(rounds, allowed) if is_open else ())]:
            if one.number not in allowed or self._random.random() < _BLIND:
                continue
            added, *at = one.places(*pair)
            added += 0 if one.order else ground.trips.trips[one.number].opening
            if added < min(least, NEVER):
                best, where, least = one, (at[0], at[1]), added
        return None if best is None else best.with_pair(*pair, *where)

    def _fresh(self, rounds: Rounds, allowed: AbstractSet[int]) -> list[PairRound]:
        """One of each kind of round that nobody rides and that may have the pair."""
        ground, found = self._ground, dict[tuple[object, ...], int]()
        for n in sorted(allowed - rounds.keys()):
            found.setdefault(ground.likeness[n], n)
        return [ground.empty(n) for n in found.values()]

    def _sorted(self, pairs: list[Pair]) -> list[Pair]:
        """In an order drawn at random: by chance, the largest, the farthest, the nearest or the narrowest first."""
        ground, drawn = self._ground, self._random.random()
        pairs = self._random.sample(pairs, len(pairs))
        begin = ground.kinds[0].costs[ground.size]
        if 0.36 <= drawn < 0.64:
            pairs.sort(key=lambda pair: -int(ground.rise[pair[0]].sum()))
        elif 0.64 <= drawn < 0.82:
            pairs.sort(key=lambda pair: -int(begin[pair[0]] + begin[pair[1]]))
        elif 0.82 <= drawn < 0.91:
            pairs.sort(key=lambda pair: int(begin[pair[0]] + begin[pair[1]]))
        elif drawn >= 0.91:
            width = ground.closes - ground.opens
            pairs.sort(key=lambda pair: int(width[pair[0]] + width[pair[1]]))
        return pairs

"""The choice of day: which ready visits go today, and which wait for a cheaper day before they are due.

Iterative conditional dispatch (Lan, van Doorn, Wouda, Rijal & Bhulai, Transportation Science 58, 2024, pp. 813-830):
draw futures from what usually arrives, solve each over the coming working days, send today what most of them send
today, keep what few of them do, and solve again under these decisions until all are made. The service standard is no
weight here: no visit is ever offered a day behind its last one, and what has to go today is not asked about.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.horizon_futures import Futures
from routing.horizon_values import Choice, Crews, DayRule, Decision, Usual
from routing.model import Problem, Vehicle, Visit
from routing.rules import able
from routing.solver.several_days import DaysAnswer, DaysLimit, DaysTask, solve_days

# A visit is sent when at least the first share of the futures sends it today, kept when at most the second does.
_ROUNDS = ((0.6, 0.2), (0.6, 0.3), (0.5, 0.5))
# Iterations of the first round and of those that start from its answers; larger tasks get more.
_FIRST, _AGAIN, _PER_STOP = 120, 50, 0.5
_FEW = 80
OnFuture = Callable[[float], None]
"""Told after each future how much of the choice is made, from 0 to 1; may raise to give up."""


def _silent(_: float) -> None:
    pass


def choose_days(
    problem: Problem,
    slack: Mapping[str, int],
    usual: Usual,
    rule: DayRule,
    *,
    seed: int,
    coming: Sequence[tuple[Vehicle, ...]] = (),
    on_future: OnFuture = _silent,
) -> Decision:
    """Choose for every visit of a problem whose matrix also covers the places of `usual`.

    `slack` gives the working days each visit may still wait; one without, a required one or one without slack goes
    today. `coming`: who works there on the next working days; a visit waits for no day behind the last on which
    somebody may bring it. What nobody on duty today may bring is not asked about and takes no place in the futures: the
    plan names it.
    The same seed gives the same choice as long as `rule.seconds` suffice.
    """
    until = time.monotonic() + rule.seconds
    asked = tuple(v for v in problem.visits if any(able(problem.day, one, v) for one in problem.vehicles))
    crews = Crews(problem.vehicles, tuple(coming))
    waiting = {
        visit.id: 0 if visit.required else _last_able(problem, visit, crews, slack.get(visit.id, 0)) for visit in asked
    }
    if not any(waiting.values()):
        return Decision(choices=tuple(_must(visit.id) for visit in problem.visits), futures=0)
    futures = Futures(replace(problem, visits=asked), waiting, usual, rule, crews, seed)
    decision = _Choosing(waiting, futures, until, seed, on_future).decide()
    made = {choice.visit_id: choice for choice in decision.choices}
    return replace(decision, choices=tuple(made.get(visit.id) or _must(visit.id) for visit in problem.visits))


def _last_able(problem: Problem, visit: Visit, crews: Crews, slack: int) -> int:
    """The last of so many working days on which somebody may bring the visit; today at the least."""
    days = range(slack, 0, -1)
    return next((day for day in days if any(able(problem.day, one, visit) for one in crews.on(day))), 0)


def _must(visit_id: str) -> Choice:
    return Choice(visit_id=visit_id, go=True, must=True, slack=0)


@dataclass(slots=True)
class _Seen:
    """What the futures say of one visit: how many sent it today, and day and cost where they kept it."""

    today: int = 0
    later: list[tuple[int, int]] | None = None


class _Choosing:
    """The rounds of one decision. `_first` and `_last` are the days still open to each visit."""

    def __init__(
        self, waiting: Mapping[str, int], futures: Futures, until: float, seed: int, on_future: OnFuture
    ) -> None:
        self._futures, self._until, self._seed, self._on_future = futures, until, seed, on_future
        self._ids, self._slack = list(waiting), list(waiting.values())
        self._first, self._last = [0] * len(self._ids), futures.last_days()
        self._answers: list[DaysAnswer | None] = [None] * futures.count
        self._seen = [_Seen() for _ in self._ids]
        self._solved = self._done = 0

    def decide(self) -> Decision:
        """All rounds; what is still open afterwards goes with the majority."""
        for send, keep in _ROUNDS:
            if time.monotonic() >= self._until or not self._open():
                break
            self._round()
            for n in self._open():
                share = self._seen[n].today / self._solved
                if share >= send:
                    self._last[n] = 0
                elif share <= keep:
                    self._first[n] = 1
        return Decision(choices=tuple(self._choice(n) for n in range(len(self._ids))), futures=self._solved)

    def _open(self) -> list[int]:
        return [n for n in range(len(self._ids)) if self._first[n] == 0 < self._last[n]]

    def _round(self) -> None:
        """Solve every future under what is decided; without time for all, the first ones speak."""
        self._solved, asked = 0, set(self._open())
        for n in asked:
            self._seen[n] = _Seen(later=[])
        for f in range(self._futures.count):
            if self._solved and time.monotonic() >= self._until:
                return
            task = self._futures.task(f, self._first, self._last)
            before = self._answers[f]
            iterations = _iterations(len(task.stops), again=before is not None)
            limit = DaysLimit(iterations=iterations, seed=self._seed + f, until=self._until)
            answer = solve_days(task, limit, None if before is None else before.routes)
            self._answers[f] = answer
            self._solved += 1
            self._done += 1
            self._on_future(self._done / (len(_ROUNDS) * self._futures.count))
            self._listen(task, answer, asked)

    def _listen(self, task: DaysTask, answer: DaysAnswer, asked: set[int]) -> None:
        for one, stops in answer.routes:
            day, depot = task.rounds[one].day, task.rounds[one].depot
            places = [depot, *(task.stops[stop].location for stop in stops), depot]
            for k, stop in enumerate(stops):
                if stop not in asked:
                    continue
                seen = self._seen[stop]
                if day == 0:
                    seen.today += 1
                elif seen.later is not None:
                    seen.later.append((day, _detour(task, places[k], places[k + 1], places[k + 2])))

    def _choice(self, n: int) -> Choice:
        if self._slack[n] == 0:
            return _must(self._ids[n])
        seen, solved = self._seen[n], max(1, self._solved)
        share = seen.today / solved
        go = self._last[n] == 0 or (self._first[n] == 0 and share >= 0.5)
        later = seen.later or []
        days = [day for day, _ in later]
        return Choice(
            visit_id=self._ids[n],
            go=go,
            must=False,
            slack=self._slack[n],
            go_share=share,
            later_s=int(np.mean([cost for _, cost in later])) if later else None,
            likely=max(set(days), key=lambda day: (days.count(day), -day)) if days else 0,
        )


def _iterations(stops: int, *, again: bool) -> int:
    return (_AGAIN if again else _FIRST) + int(_PER_STOP * max(0, stops - _FEW) * (0.4 if again else 1))


def _detour(task: DaysTask, before: int, place: int, after: int) -> int:
    """Cost saved by leaving the place out of its route."""
    cost = task.seconds + task.extra
    return int(cost[before, place] + cost[place, after] - cost[before, after])

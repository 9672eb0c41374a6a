"""The choice of day inside a run: from what was gathered to the problem of today, and the words for what waits."""

from dataclasses import replace
from datetime import date

import numpy as np

from core.calendar import WorkingCalendar
from geodata.model import LonLat
from geodata.travel_values import TravelMatrix
from routing.batch import Batch, build_problem, deadline_on, vehicle_of
from routing.errors import KEPT_DAY, reason
from routing.gather import DayInput
from routing.horizon import OnFuture, choose_days
from routing.horizon_futures import prior
from routing.horizon_values import Choice, DayRule, Decision, Usual
from routing.model import Plan, PlanParams, Problem, ServicePolicy, Unplanned
from routing.usual import usual_of


class DayChoice:
    """One run's choice of day; for other policies it changes nothing."""

    def __init__(self, found: DayInput, gathered: Batch, day: date, params: PlanParams) -> None:
        self._found, self._gathered, self._day, self._params = found, gathered, day, params
        self._usual: Usual | None = None
        self._doors: tuple[LonLat, ...] = ()
        self.wanted = params.policy is ServicePolicy.HORIZON
        if self.wanted:
            self._learn()

    @property
    def points(self) -> tuple[LonLat, ...]:
        """The places the matrix must cover: today's, then those of what usually arrives."""
        return (*self._gathered.points, *self._doors)

    def problem(self, travel: TravelMatrix) -> Problem:
        """Today's problem with everything that is ready, and the matrix of its own places."""
        return build_problem(
            self._gathered,
            office=self._found.office,
            couriers=self._found.couriers,
            known=self._found.known,
            travel=_first(travel, len(self._gathered.points)),
            day=self._day,
            params=self._params,
        )

    def choose(self, task: Problem, travel: TravelMatrix, on_future: OnFuture) -> tuple[Problem, Decision]:
        """The problem after the choice: what waits is worth nothing today. `travel` covers all `points`."""
        decision = choose_days(
            replace(task, travel=travel),
            self._slack(),
            self._usual or prior(task),
            DayRule(day_value_s=self._params.day_value_s),
            seed=self._params.seed,
            coming=[tuple(vehicle_of(one, self._found.known) for one in crew) for crew in self._found.coming],
            on_future=on_future,
        )
        kept = {choice.visit_id for choice in decision.kept}
        visits = tuple(replace(visit, prize=0) if visit.id in kept else visit for visit in task.visits)
        return replace(task, visits=visits), decision

    def _learn(self) -> None:
        learned = usual_of(
            self._found.seen,
            today=self._day,
            cut_off=self._found.office.cut_off,
            standard=self._found.standard,
            service=self._found.service,
            first_place=len(self._gathered.points),
            seed=self._params.seed,
        )
        if learned is not None:
            self._usual, self._doors = learned

    def _slack(self) -> dict[str, int]:
        """Working days each visit may still wait: as many as the most urgent of its items."""
        standard = self._found.standard
        last = {item.id: deadline_on(item, standard, self._day) for item in self._found.items}
        return {
            visit.id: standard.calendar.between(self._day, min(last[item] for item in visit.item_ids))
            for visit in self._gathered.visits
        }


def tell_kept(plan: Plan, decision: Decision, day: date, calendar: WorkingCalendar) -> Plan:
    """The plan with the reason of each visit that waits by choice, before what was found by trying it."""
    kept = {choice.visit_id: choice for choice in decision.kept}
    told = []
    for left in plan.unplanned:
        choice = kept.get(left.visit_id)
        told.append(left if choice is None else _told(left, choice, decision.futures, day, calendar))
    return replace(plan, unplanned=tuple(told))


def _told(left: Unplanned, choice: Choice, futures: int, day: date, calendar: WorkingCalendar) -> Unplanned:
    waits = reason(
        KEPT_DAY,
        futures=futures,
        percent=round(100 * (1 - choice.go_share)),
        likely=f"{calendar.add(day, max(1, choice.likely)):%d/%m}",
        until=f"{calendar.add(day, choice.slack):%d/%m/%Y}",
    )
    return replace(left, reasons=(waits, *left.reasons))


def _first(travel: TravelMatrix, places: int) -> TravelMatrix:
    """The matrix of the first places alone."""
    return replace(
        travel,
        seconds=np.ascontiguousarray(travel.seconds[:places, :places]),
        metres=np.ascontiguousarray(travel.metres[:places, :places]),
        off_road=tuple(place for place in travel.off_road if place < places),
    )

"""One request answered: reviewed, translated, solved, judged, told in VROOM's words."""

from collections.abc import Sequence
from typing import Any

from core.errors import CodedError, problem
from core.errors import Problem as Note
from geodata.travel_values import TravelTimes
from routing import errors_vroom as errors
from routing.checker import check
from routing.model import Plan, Problem
from routing.solver import Limit, seconds_for, solve
from routing.vroom.answer import answer_of
from routing.vroom.given import given_trips
from routing.vroom.ground import ground_of
from routing.vroom.planned import trips_of
from routing.vroom.problem import to_problem
from routing.vroom.reasons import reasons_of
from routing.vroom.request import Options, Request, tasks_of
from routing.vroom.review import review
from routing.vroom.steps import plan_of_steps

# Exploration levels as shares of the time we would take; the highest takes it all.
_LEVELS = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
_LEAST_S = 0.3


class PlanBrokenError(Exception):
    """A plan of ours that our own judge refuses: never answered."""


def answer(request: Request, travel: TravelTimes) -> dict[str, Any]:
    """The answer in VROOM's form.

    Raises:
        CodedError: with every mistake of the request.
        PlanBrokenError: for a fault of ours.
    """
    mistakes = review(request)
    if mistakes:
        raise CodedError(mistakes)
    ground = ground_of(request, travel)
    notes = [*ground.notes(), *_notes(request.options)]
    if request.options.c:
        return answer_of(ground, given_trips(ground), {}, travel, notes)
    translated = to_problem(ground)
    given = plan_of_steps(translated)
    plan = _best(translated.problem, given, search_seconds(request))
    return answer_of(ground, trips_of(translated, plan), reasons_of(translated.problem, plan), travel, notes)


def search_seconds(request: Request) -> float:
    """How long the search may take: `l`, or by size and exploration level `x`."""
    options, whole = request.options, seconds_for(len(tasks_of(request)))
    if options.l is not None:
        return options.l
    return max(_LEAST_S, whole * _LEVELS[5 if options.x is None else options.x])


def _best(task: Problem, given: Plan | None, seconds: float) -> Plan:
    plan = solve(task, stop=Limit(seconds=seconds))
    if given is not None and given.cost.total < plan.cost.total:
        plan = given
    broken = check(task, plan)
    if broken:
        raise PlanBrokenError("; ".join(f"{one.rule} {one.where}: {one.detail}" for one in broken[:5]))
    return plan


def _notes(options: Options) -> Sequence[Note]:
    return [] if options.t is None else [problem(errors.THREADS, given=options.t)]

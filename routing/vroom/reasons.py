"""Why a task stays unassigned, found by trying it: alone with each able vehicle, then not at all."""

from collections.abc import Sequence

from core.errors import ErrorSpec
from core.errors import Problem as Note
from core.errors import problem as note
from routing import errors_vroom as errors
from routing.model import Plan, Problem, Vehicle, Visit
from routing.rules import able, fits_load
from routing.schedule import build_route
from routing.way import together

# Beyond these the answer would wait for reasons nobody reads one by one.
_TRIED = 200


def reasons_of(problem: Problem, plan: Plan) -> dict[str, Sequence[Note]]:
    """The first true reason for each visit left out; vehicles alike are tried once."""
    visits = {visit.id: visit for visit in problem.visits}
    kinds = list({_kind(vehicle): vehicle for vehicle in problem.vehicles if vehicle.shifts}.values())
    left = [visits[one.visit_id] for one in plan.unplanned]
    return {visit.id: (note(_why(problem, visit, kinds)),) for visit in left[:_TRIED]}


def _kind(vehicle: Vehicle) -> tuple[object, ...]:
    return (
        vehicle.shifts,
        vehicle.depot,
        vehicle.capacity,
        vehicle.skills,
        vehicle.profile,
        vehicle.max_tasks,
        vehicle.max_travel_s,
        vehicle.max_distance_m,
    )


def _why(problem: Problem, visit: Visit, vehicles: Sequence[Vehicle]) -> ErrorSpec:
    skilled = [vehicle for vehicle in vehicles if able(problem.day, vehicle, visit)]
    if not skilled:
        return errors.WHY_SKILLS
    both = together(problem, visit)
    strong = [vehicle for vehicle in skilled if fits_load(problem, vehicle, both)]
    if not strong:
        return errors.WHY_LOAD
    alone = any(build_route(problem, vehicle, {0: both}) is not None for vehicle in strong)
    return errors.WHY_FULL if alone else errors.WHY_TIME

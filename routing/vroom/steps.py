"""Routes the caller gave to begin with: the plan they make, never to be answered with a worse one."""

from core.errors import CodedError
from core.errors import problem as mistake
from routing import errors_vroom as errors
from routing.model import Plan
from routing.schedule import build_plan
from routing.vroom.problem import Translated


def plan_of_steps(translated: Translated) -> Plan | None:
    """The plan of the given steps, None when there are none. Raises R5119 for steps that cannot be driven."""
    problem, index = translated.problem, {visit.id: n for n, visit in enumerate(translated.problem.visits)}
    orders = {
        (v, 0): [index[f"{step.type}/{step.id}"] for step in vehicle.steps if f"{step.type}/{step.id}" in index]
        for v, vehicle in enumerate(translated.ground.request.vehicles)
    }
    orders = {key: order for key, order in orders.items() if order}
    if not orders:
        return None
    broken = [key for key, order in orders.items() if build_plan(problem, {key: order}) is None]
    if broken:
        vehicles = translated.ground.request.vehicles
        raise CodedError(
            [mistake(errors.STEPS_BROKEN, pointer=f"/vehicles/{v}/steps", id=vehicles[v].id) for v, _ in broken]
        )
    return build_plan(problem, orders, engine="steps")

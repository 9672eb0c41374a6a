"""Other planners on our problems: OR-Tools alone, PyVRP alone (each the better of two seeds), VROOM.

All get the same wall time and two processes (VROOM: two threads); what they answer is rebuilt and priced by us.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLateError
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

from routing.model import Plan, Problem
from routing.schedule import build_plan
from routing.solver import Limit, Progress, solve
from routing.solver.assignment import ORTOOLS, PYVRP, Assignment, Key, Search
from routing.solver.crew import crew
from routing.solver.features import can_express
from routing.solver.incumbent import Incumbent
from routing.way import lookup

_WORKERS = 2
# Of the priorities VROOM knows the highest: left out only when nothing else fits.
_HIGHEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A planner's plan, how long it took, and the best cost by the seconds after which it was found."""

    plan: Plan | None
    took_s: float
    course: tuple[tuple[float, int], ...]


Planner = Callable[[Problem, float], Run]


def ours(problem: Problem, seconds: float) -> Run:
    """The planner of the product."""
    course: list[tuple[float, int]] = []

    def note(told: Progress) -> None:
        course.append((told.elapsed_s, told.best_cost))

    started = time.monotonic()
    plan = solve(problem, stop=Limit(seconds=seconds, workers=_WORKERS), seed=1, on_progress=note)
    return Run(plan=plan, took_s=time.monotonic() - started, course=_falling(course))


def pyvrp_alone(problem: Problem, seconds: float) -> Run:
    """PyVRP from its own first solution with two seeds."""
    return _alone(problem, seconds, PYVRP)


def ortools_alone(problem: Problem, seconds: float) -> Run:
    """OR-Tools' routing library, guided local search from its own first solution, with two seeds."""
    return _alone(problem, seconds, ORTOOLS)


def _alone(problem: Problem, seconds: float, engine: str) -> Run:
    course: list[tuple[float, int]] = []
    best = Incumbent(problem, lambda told: course.append((told.elapsed_s, told.best_cost)))
    started, busy = time.monotonic(), set(range(_WORKERS))
    with crew(_WORKERS, engine) as workers:
        for worker in busy:
            search = Search(seconds=seconds - 0.3, iterations=None, seed=1 + worker)
            workers.ask(worker, Assignment(engine=engine, problem=problem, start={}, search=search))
        while busy and time.monotonic() - started < seconds:
            for answer in workers.answers(0.1):
                if answer.orders is not None:
                    best.offer(answer.orders, engine)
                busy -= {answer.worker} if answer.ended else set()
    return Run(plan=best.best, took_s=time.monotonic() - started, course=_falling(course))


def vroom_alone(problem: Problem, seconds: float) -> Run:
    """VROOM at the highest level of exploration that is worth it in the time; in a process of its own."""
    started = time.monotonic()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        asked = pool.submit(_vroom, problem, seconds)
        try:
            # Loading it takes seconds of its own; its search is bounded inside.
            orders = asked.result(timeout=seconds + 30)
        except TooLateError:
            for process in list(pool._processes.values()):  # noqa: SLF001
                process.kill()
            return Run(plan=None, took_s=time.monotonic() - started, course=())
    took = time.monotonic() - started
    plan = build_plan(problem, orders, engine="vroom")
    return Run(plan=plan, took_s=took, course=() if plan is None else ((took, plan.cost.total),))


def _vroom(problem: Problem, seconds: float) -> dict[Key, list[int]]:
    import vroom  # noqa: PLC0415 - a peer, not everywhere installed

    known, asked = lookup(problem), vroom.Input()
    first = problem.vehicles[0]
    asked.set_durations_matrix("car", known.seconds(first).astype("uint32"))
    asked.set_distances_matrix("car", known.metres(first).astype("uint32"))
    asked.set_costs_matrix("car", known.metres(first).astype("uint32"))
    for number, vehicle in enumerate(problem.vehicles):
        shift = vehicle.shifts[0]
        asked.add_vehicle(
            vroom.Vehicle(
                number,
                start=vehicle.depot,
                end=vehicle.depot,
                capacity=[vehicle.capacity_items],
                time_window=vroom.TimeWindow(shift.start_s, shift.end_s),
                costs=vroom.VehicleCosts(fixed=vehicle.fixed_cost),
            )
        )
    paired = {name for pair in problem.pairs for name in (pair.pickup_id, pair.delivery_id)}
    for i, visit in enumerate(problem.visits):
        if visit.id not in paired:
            asked.add_job(vroom.Job(i, delivery=[visit.load_items], priority=_HIGHEST, **_step(vroom, problem, i)))
    for pair in problem.pairs:
        p, d = known.index[pair.pickup_id], known.index[pair.delivery_id]
        steps = [vroom.ShipmentStep(i, **_step(vroom, problem, i)) for i in (p, d)]
        asked.add_shipment(steps[0], steps[1], amount=[problem.visits[p].collect_items])
    level = 5 if len(problem.visits) <= 200 else 1 if seconds <= 15 else 3
    found = asked.solve(exploration_level=level, nb_threads=_WORKERS, timeout=timedelta(seconds=seconds))
    orders: dict[Key, list[int]] = {}
    steps_of = found.routes
    for vehicle, kind, visit in zip(steps_of["vehicle_id"], steps_of["type"], steps_of["id"], strict=True):
        if kind in ("job", "pickup", "delivery"):
            orders.setdefault((int(vehicle), 0), []).append(int(visit))
    return orders


def _step(vroom: Any, problem: Problem, i: int) -> dict[str, Any]:
    visit = problem.visits[i]
    windows = [vroom.TimeWindow(a, b) for a, b in visit.windows]
    return {"location": visit.location, "default_service": visit.service_s, "time_windows": windows}


def _vroom_knows(problem: Problem) -> bool:
    """One round, one matrix and one price for all, nothing optional; its time is 32 bits."""
    return all(len(v.shifts) == 1 and v.weights is None and v.max_duration_s is None for v in problem.vehicles) and all(
        visit.required and not visit.ready_s for visit in problem.visits
    )


def peers(problem: Problem) -> dict[str, Planner]:
    """The peers that can express the problem and are installed."""
    found: dict[str, Planner] = {"ortools": ortools_alone}
    if can_express(problem):
        found["pyvrp"] = pyvrp_alone
    if find_spec("vroom") is not None and _vroom_knows(problem):
        found["vroom"] = vroom_alone
    elif find_spec("vroom") is None:
        print("pyvroom is not installed: VROOM is not measured (uv sync --group peers)", file=sys.stderr)
    return found


def _falling(course: list[tuple[float, int]]) -> tuple[tuple[float, int], ...]:
    kept: list[tuple[float, int]] = []
    for elapsed, cost in course:
        if not kept or cost < kept[-1][1]:
            kept.append((round(elapsed, 2), cost))
    return tuple(kept)

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

import pyvrp
from pyvrp.stop import MaxRuntime

from routing.model import Plan, Problem
from routing.schedule import build_plan
from routing.solver import Limit, Progress, solve
from routing.solver.assignment import ORTOOLS, PYVRP, Assignment, Key, Search
from routing.solver.crew import crew
from routing.solver.features import can_express
from routing.solver.incumbent import Incumbent
from routing.solver.pyvrp_model import PyVrpModel
from routing.way import lookup

_WORKERS = 2
_POLL_S = 0.1
# What is found last must still be told inside the limit.
_HANDING_OVER_S = 0.3
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
    """PyVRP as it comes, its own `solve` from its own first solution, with two seeds."""
    started = time.monotonic()
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        until = started + seconds - _HANDING_OVER_S
        asked = [pool.submit(_pyvrp, problem, until, 1 + worker) for worker in range(_WORKERS)]
        found = [one for answer in asked for one in answer.result()]
    took = time.monotonic() - started
    best, course = Incumbent(problem, lambda _: None), []
    for at, orders in sorted(found, key=lambda one: one[0]):
        best.offer(orders, PYVRP)
        course.append((at - started, best.best.cost.total))
    return Run(plan=best.best if found else None, took_s=took, course=_falling(course))


class _Noting(pyvrp.IteratedLocalSearchCallbacks):
    """Keeps better solutions with their moments, not more than ten a second."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, pyvrp.Solution]] = []

    def on_best(self, best: pyvrp.Solution) -> None:
        """Called by PyVRP."""
        now = time.monotonic()
        if self.seen and now - self.seen[-1][0] < _POLL_S:
            self.seen.pop()
        self.seen.append((now, best))


def _pyvrp(problem: Problem, until: float, seed: int) -> list[tuple[float, dict[Key, list[int]]]]:
    model, noting = PyVrpModel(problem), _Noting()
    data = model.build(model.musts)
    params = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=noting))
    pyvrp.solve(data, MaxRuntime(max(0.1, until - time.monotonic())), seed, collect_stats=False, params=params)
    return [(at, model.orders(solution)) for at, solution in noting.seen]


def ortools_alone(problem: Problem, seconds: float) -> Run:
    """OR-Tools' routing library, guided local search from its own first solution, with two seeds."""
    course: list[tuple[float, int]] = []
    best = Incumbent(problem, lambda told: course.append((told.elapsed_s, told.best_cost)))
    started, busy = time.monotonic(), set(range(_WORKERS))
    with crew(_WORKERS, ORTOOLS) as workers:
        for worker in busy:
            search = Search(seconds=seconds - _HANDING_OVER_S, iterations=None, seed=1 + worker)
            workers.ask(worker, Assignment(engine=ORTOOLS, problem=problem, start={}, search=search))
        while busy and time.monotonic() - started < seconds:
            for answer in workers.answers(_POLL_S):
                if answer.orders is not None:
                    best.offer(answer.orders, ORTOOLS)
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
        asked.add_shipment(steps[0], steps[1], amount=vroom.Amount([problem.visits[p].collect_items]))
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

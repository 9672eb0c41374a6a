"""Runs engines in processes of their own and keeps the best plan outside of them, re-timed and re-priced by us."""

import pickle
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog

from routing.model import Cost, Plan, Problem, Unplanned
from routing.schedule import Orders, build_plan, orders_of
from routing.solver.assignment import Assignment, Key, Search, decode
from routing.solver.insertion import insert_all
from routing.solver.limit import Limit, OnProgress, Progress

_log = structlog.get_logger()
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "from routing.solver.child import main; main()"
_POLL_S = 0.1
_ERROR_TAIL = 500
# Telling the last solutions and filling the last gaps happens inside the limit.
_CLOSING_S = 0.15


class Incumbent:
    """The best plan so far. What an engine claims is rebuilt from its orders; what cannot be ridden is ignored."""

    def __init__(self, problem: Problem, on_progress: OnProgress) -> None:
        self._problem, self._on_progress = problem, on_progress
        self._started = time.monotonic()
        self.best = empty_plan(problem)

    def offer(self, orders: Orders, engine: str) -> bool:
        """Take the orders if they are feasible and better."""
        plan = build_plan(self._problem, orders, engine=engine)
        if plan is None or plan.cost.total >= self.best.cost.total:
            return False
        self.best = plan
        self.report()
        return True

    def report(self) -> None:
        """Tell the caller where the search stands."""
        cost, engine = self.best.cost.total, self.best.engine
        self._on_progress(Progress(elapsed_s=self.elapsed(), best_cost=cost, engine=engine))

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self._started


def empty_plan(problem: Problem) -> Plan:
    """Nobody goes out: always feasible, and all that is left when there are no couriers."""
    unplanned = tuple(Unplanned(visit_id=visit.id) for visit in problem.visits)
    cost = Cost(unserved=sum(visit.prize for visit in problem.visits))
    return Plan(routes=(), unplanned=unplanned, cost=cost, engine="empty")


def run(problem: Problem, limit: Limit, seed: int, on_progress: OnProgress) -> Plan:
    """Insertion at once, then the engine until the limit, then a last filling of gaps."""
    incumbent = Incumbent(problem, on_progress)
    incumbent.offer(insert_all(problem), "insertion")
    if _worth_searching(problem, incumbent, limit):
        _run_engine(problem, incumbent, limit, seed)
        incumbent.offer(insert_all(problem, orders_of(problem, incumbent.best)), "ortools")
    return incumbent.best


def _worth_searching(problem: Problem, incumbent: Incumbent, limit: Limit) -> bool:
    """Insertion is already the best for a single visit, and there must be time to start a process."""
    has_time = limit.seconds is None or limit.seconds - incumbent.elapsed() > 2 * _CLOSING_S
    rounds = sum(len(vehicle.shifts) for vehicle in problem.vehicles)
    return len(problem.visits) > 1 and rounds > 0 and has_time and not limit.cancelled()


def _run_engine(problem: Problem, incumbent: Incumbent, limit: Limit, seed: int) -> None:
    left = None if limit.seconds is None else limit.seconds - incumbent.elapsed() - _CLOSING_S
    search = Search(seconds=left, iterations=limit.iterations, seed=seed)
    task = Assignment(problem=problem, start=orders_of(problem, incumbent.best), search=search)
    deadline = None if left is None else time.monotonic() + left
    with _engine(task) as lines:
        while deadline is None or time.monotonic() < deadline:
            if limit.cancelled():
                return
            found = _newest(lines)
            if found.orders is not None:
                incumbent.offer(found.orders, "ortools")
            else:
                incumbent.report()
            if found.ended:
                return


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What came since the last look: an engine's solutions only get better, so the newest is enough."""

    orders: dict[Key, list[int]] | None
    ended: bool


def _newest(lines: "queue.Queue[bytes | None]") -> _Found:
    newest, timeout = None, _POLL_S
    while True:
        try:
            line = lines.get(block=timeout > 0, timeout=timeout)
        except queue.Empty:
            return _Found(orders=decode(newest) if newest else None, ended=False)
        if line is None:
            return _Found(orders=decode(newest) if newest else None, ended=True)
        newest, timeout = line, 0.0


def _note_end(code: int, errors: IO[bytes]) -> None:
    """An engine that breaks down costs quality, never the plan."""
    if code:
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        _log.warning("engine_broke_down", exit_code=code, said=said[-_ERROR_TAIL:])


@contextmanager
def _engine(task: Assignment) -> Iterator["queue.Queue[bytes | None]"]:
    """A running engine and its lines; killed on the way out."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        lines: queue.Queue[bytes | None] = queue.Queue()
        talk = threading.Thread(target=_talk, args=(process, task, lines), daemon=True)
        talk.start()
        try:
            yield lines
        finally:
            if talk.is_alive():
                process.kill()
            else:
                _note_end(process.wait(), errors)
            talk.join()
            process.wait()


def _talk(process: subprocess.Popen[bytes], task: Assignment, lines: "queue.Queue[bytes | None]") -> None:
    """Hand over the task and read until the end; a large problem does not fit the pipe at once, hence the thread."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the engine has no pipes")
    try:
        with process.stdin as pipe:
            pickle.dump(task, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    except BrokenPipeError:
        # It ended or was killed before it had read everything: its exit code tells the reader.
        lines.put(None)
        return
    with process.stdout as pipe:
        for line in pipe:
            lines.put(line)
    lines.put(None)

"""Processes that solve for others: started when first asked, used again, killed when nobody waits for the answer."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from api.errors import SOLVER_BUSY
from api.solve_pipe import Task, receive, send
from core.errors import fail

_ROOT = Path(__file__).resolve().parents[1]
_CHILD = "import sys; from api.solve_child import main; main(*sys.argv[1:])"
# Far above the longest search with reading, checking and telling.
_PATIENCE_S = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """An answer as it goes out."""

    status: int
    body: bytes


class SolverGone(Exception):
    """The process ended before it answered: cancelled, out of time, or out of memory."""


class _Solver:
    """One process. Its own session, so that the engines it starts end with it."""

    def __init__(self, arguments: tuple[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, *arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._killed = False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_fit(self) -> bool:
        """Whether it lives and nobody has ended it: a process that was just killed may seem to live on."""
        return not self._killed and bool(psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE)

    def ask(self, task: Task, body: bytes) -> Solved:
        """Send one request and wait for its answer."""
        source, sink = self._process.stdout, self._process.stdin
        if source is None or sink is None:
            raise RuntimeError("the solver has no pipes")
        timer = threading.Timer(_PATIENCE_S, self.kill)
        timer.start()
        try:
            send(sink, task.value + body)
            said = receive(source)
        except (BrokenPipeError, ValueError):
            said = None
        finally:
            timer.cancel()
            # Were it about to fire, it must not hit the next request.
            timer.join()
        if said is None:
            raise SolverGone
        return Solved(status=int(said[:3]), body=said[3:])

    def kill(self) -> None:
        """End it and what it started, at once. Whoever waits for it gets SolverGone."""
        self._killed = True
        # Not polled: until it is buried its number is nobody else's, and engines that outlived it end as well.
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def bury(self) -> None:
        """After a kill: no zombie and no open pipe is left."""
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            # A request it died of may stand unsent in the pipe.
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()


class Ticket:
    """A request on its way; cancelling it ends its process, or its waiting."""

    def __init__(self) -> None:
        self.future: Future[Solved] | None = None
        self._lock = threading.Lock()
        self._solver: _Solver | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        with self._lock:
            self._cancelled = True
            if self._solver is not None:
                self._solver.kill()
        if self.future is not None:
            self.future.cancel()

    def begin(self, solver: _Solver) -> None:
        """From now on cancelling kills this process. Raises SolverGone when it was cancelled before."""
        with self._lock:
            if self._cancelled:
                raise SolverGone
            self._solver = solver

    def end(self) -> None:
        """The process belongs to others again."""
        with self._lock:
            self._solver = None


class SolvePool:
    """At most `processes` solve at once, at most `waiting` wait; who comes then is told to come back."""

    def __init__(self, *, osrm_url: str | None, data_dir: Path, processes: int = 2, waiting: int = 16) -> None:
        self._arguments = (osrm_url or "", str(data_dir.resolve()))
        self._processes, self._most = processes, processes + waiting
        self._threads: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._idle: list[_Solver] = []
        self._busy: set[_Solver] = set()
        self._open = 0

    def submit(self, task: Task, body: bytes) -> Ticket:
        """Queue a request. Raises A1902 when too many wait."""
        with self._lock:
            if self._open >= self._most:
                raise fail(SOLVER_BUSY)
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._processes, thread_name_prefix="solve")
            ticket = Ticket()
            ticket.future = self._threads.submit(self._run, ticket, task, body)
            self._open += 1
        ticket.future.add_done_callback(self._closed)
        return ticket

    def pids(self) -> list[int]:
        """The processes there are."""
        with self._lock:
            return [solver.pid for solver in (*self._idle, *self._busy)]

    def close(self) -> None:
        """End all processes; who waits gets SolverGone. A request after that starts new ones."""
        with self._lock:
            idle, busy, threads = self._idle, list(self._busy), self._threads
            self._idle, self._threads = [], None
        for solver in (*idle, *busy):
            solver.kill()
        if threads is not None:
            # What is busy is buried by its own thread.
            threads.shutdown(cancel_futures=True)
        for solver in idle:
            solver.bury()

    def _closed(self, _: Future[Solved]) -> None:
        with self._lock:
            self._open -= 1

    def _run(self, ticket: Ticket, task: Task, body: bytes) -> Solved:
        solver = self._take()
        whole = False
        try:
            ticket.begin(solver)
            solved = solver.ask(task, body)
            whole = True
        finally:
            # After this no one can kill it for this ticket; who did before has left it unfit.
            ticket.end()
            self._give_back(solver, whole=whole and solver.is_fit)
        return solved

    def _take(self) -> _Solver:
        """One that waits, or a new one. What ended while it waited (out of memory, say) serves nobody."""
        with self._lock:
            while self._idle:
                solver = self._idle.pop()
                if solver.is_fit:
                    break
                solver.kill()
                solver.bury()
            else:
                solver = _Solver(self._arguments)
            self._busy.add(solver)
            return solver

    def _give_back(self, solver: _Solver, *, whole: bool) -> None:
        with self._lock:
            self._busy.discard(solver)
            if whole:
                self._idle.append(solver)
        if not whole:
            solver.kill()
            solver.bury()

"""The engines at work: processes of their own, their answers in one queue."""

import pickle
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from routing.solver.assignment import Assignment, Key, decode

_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "import sys; from routing.solver.child import main; main(sys.argv[1])"
_ERROR_TAIL = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a worker said: better orders, or that its search has ended; `broken`: and it will work no more."""

    worker: int
    ticket: int
    orders: dict[Key, list[int]] | None
    ended: bool = False
    broken: bool = False


class Crew:
    """Workers by number. Each does one assignment at a time."""

    def __init__(
        self, processes: Sequence[subprocess.Popen[bytes]], said: "queue.Queue[tuple[int, bytes | None]]"
    ) -> None:
        self._processes, self._said, self._tickets = processes, said, 0
        # One assignment after another: a worker still loading has not read the one before.
        self._locks = [threading.Lock() for _ in processes]

    def __len__(self) -> int:
        return len(self._processes)

    def ask(self, worker: int, task: Assignment) -> int:
        """Hand over an assignment; returns the ticket that its answers bear."""
        self._tickets += 1
        handed = (self._tickets, task)
        # A large one does not fit the pipe at once.
        given = (self._processes[worker], self._locks[worker], handed)
        threading.Thread(target=_hand_over, args=given, daemon=True).start()
        return self._tickets

    def answers(self, timeout: float) -> list[Answer]:
        """What was said since the last look: of each worker the newest orders, then the ends."""
        lines: list[tuple[int, bytes | None]] = []
        try:
            lines.append(self._said.get(timeout=max(timeout, 0.0)))
            while True:
                lines.append(self._said.get_nowait())
        except queue.Empty:
            pass
        newest, ends = dict[tuple[int, int], Answer](), list[Answer]()
        for worker, line in lines:
            ticket, orders = (0, None) if line is None else decode(line)
            ended = orders is None
            answer = Answer(worker=worker, ticket=ticket, orders=orders, ended=ended, broken=line is None)
            if ended:
                ends.append(answer)
            else:
                newest[worker, ticket] = answer
        return [answer for _, answer in sorted(newest.items())] + ends


@contextmanager
def crew(size: int, engine: str) -> Iterator[Crew]:
    """Workers that have begun to load `engine`; killed on the way out."""
    said: queue.Queue[tuple[int, bytes | None]] = queue.Queue()
    with ExitStack() as stack:
        processes = [stack.enter_context(_worker(number, engine, said)) for number in range(size)]
        yield Crew(processes, said)


@contextmanager
def _worker(
    number: int, engine: str, said: "queue.Queue[tuple[int, bytes | None]]"
) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, engine],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        reader = threading.Thread(target=_read, args=(number, process, said), daemon=True)
        reader.start()
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            else:
                _note_end(process.returncode, errors)
            reader.join()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)


def _read(number: int, process: subprocess.Popen[bytes], said: "queue.Queue[tuple[int, bytes | None]]") -> None:
    if process.stdout is not None:
        for line in process.stdout:
            said.put((number, line))
    said.put((number, None))


def _hand_over(process: subprocess.Popen[bytes], lock: threading.Lock, handed: tuple[int, Assignment]) -> None:
    try:
        with lock:
            if process.stdin is not None:
                pickle.dump(handed, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                process.stdin.flush()
    except (BrokenPipeError, ValueError):
        # It ended or was killed before it had read everything: the reader is told by the end of its output.
        return


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        # What was still to be written is for nobody.
        return


def _note_end(code: int, errors: IO[bytes]) -> None:
    """An engine that breaks down costs quality, never the plan."""
    if code:
        # The engines' own processes load this package too, and there structlog would cost a third of a second.
        import structlog  # noqa: PLC0415

        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        structlog.get_logger().warning("engine_broke_down", exit_code=code, said=said[-_ERROR_TAIL:])

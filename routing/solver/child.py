"""The process an engine runs in: problem in by stdin, one JSON line out for each better solution.

OR-Tools holds the interpreter lock for up to 0.6 s and can overrun its limit; in a process of its own neither touches
the caller, who kills it when its time is over.
"""

import os
import pickle
import sys
from typing import BinaryIO

from routing.solver.assignment import Assignment, Key, encode
from routing.solver.ortools_model import OrToolsModel


def _tell(out: BinaryIO, orders: dict[Key, list[int]]) -> None:
    try:
        out.write(encode(orders))
        out.flush()
    except BrokenPipeError:
        # The parent is gone; an exception would not leave the engine's callback.
        os._exit(1)


def main() -> None:
    """Read the assignment, search, report."""
    # Written by our own parent, over a pipe nobody else holds.
    task: Assignment = pickle.load(sys.stdin.buffer)  # noqa: S301
    out = sys.stdout.buffer
    OrToolsModel(task.problem).solve(task.start, task.search, lambda orders: _tell(out, orders))

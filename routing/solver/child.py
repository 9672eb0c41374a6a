"""The process engines run in: assignments in by stdin, a JSON line out for each better solution, an empty one at last.

OR-Tools holds the interpreter lock for up to 0.6 s and can overrun its limit; in a process of its own neither touches
the caller, who kills it when its time is over.
"""

import os
import pickle
import sys
import time
from dataclasses import replace
from importlib import import_module
from typing import BinaryIO

from routing.solver.assignment import ORTOOLS, PAIRS, PYVRP, Assignment, Key, encode

# Only the engine that is asked for is loaded: each costs a good part of a second.
_MODELS = {
    PYVRP: ("routing.solver.pyvrp_search", "PyVrpSearch"),
    ORTOOLS: ("routing.solver.ortools_model", "OrToolsModel"),
    PAIRS: ("routing.solver.pair_search", "PairSearch"),
}
# What comes too late is still looked at once, so that its end is told.
_LEAST_S = 0.05


def _tell(out: BinaryIO, line: bytes) -> None:
    try:
        out.write(line)
        out.flush()
    except BrokenPipeError:
        # The parent is gone; an exception would not leave the engine's callback.
        os._exit(1)


def _search(ticket: int, task: Assignment, out: BinaryIO) -> None:
    def found(orders: dict[Key, list[int]]) -> None:
        _tell(out, encode(ticket, orders))

    search = task.search
    if search.seconds is not None and search.until is not None:
        search = replace(search, seconds=max(_LEAST_S, min(search.seconds, search.until - time.monotonic())))
    module, name = _MODELS[task.engine]
    getattr(import_module(module), name)(task.problem).solve(task.start, search, found)


def main(engine: str) -> None:
    """Load the engine that will be needed first, then search and report until there is nothing more to do."""
    out = sys.stdout.buffer
    import_module(_MODELS[engine][0])
    while True:
        try:
            # Written by our own parent, over a pipe nobody else holds.
            ticket, task = pickle.load(sys.stdin.buffer)  # noqa: S301
        except EOFError:
            return
        _search(ticket, task, out)
        _tell(out, encode(ticket, None))

"""Answers that a process of the solve pool works out while they are sent: the server answers others meanwhile."""

import asyncio
from typing import Any

from starlette.types import Receive

from api.solve_pipe import Task
from api.solve_pool import Solved, SolvePool, Ticket


async def solved(pool: SolvePool, task: Task, body: bytes, receive: Receive) -> Solved | None:
    """The answer; None when the caller leaves before it is there, which ends the solving.

    Raises:
        CodedError: A1902 when too many wait.
        SolverGone: the process ended before it answered.
    """
    ticket = pool.submit(task, body)
    solving: asyncio.Future[Solved] = asyncio.wrap_future(_queued(ticket))
    leaving: asyncio.Future[None] = asyncio.ensure_future(_left(receive))
    both: list[asyncio.Future[Any]] = [solving, leaving]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return solving.result() if solving.done() else None
    finally:
        leaving.cancel()
        if not solving.done():
            ticket.cancel()
            # Nobody will ask what became of it.
            solving.cancel()


def _queued(ticket: Ticket) -> Any:
    if ticket.future is None:
        raise RuntimeError("the ticket was never queued")
    return ticket.future


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

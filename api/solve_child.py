"""The process that answers requests in VROOM's JSON and what-if questions, one after the other, by pipes of its parent.

It alone loads the solvers, which would take a third of a web process's start. What goes wrong beyond coded errors is
told by type and place alone, as everywhere.
"""

import os
import sys
from pathlib import Path

from api.encoding import json_bytes
from api.schemas.vroom import read_request
from api.solve_pipe import BROKE_DOWN, Task, receive, send, vroom_error
from core.errors import CodedError
from core.failures import failure_name, failure_place
from geodata.travel import RoadTravel, StraightLine, TravelTimes
from routing.questions import answer_crew, effect_bytes, read_question
from routing.vroom.service import answer

_INPUT_ERROR = 2


def reply(request: bytes, travel: TravelTimes) -> tuple[int, bytes]:
    """Status and body of the answer to one request."""
    try:
        task, body = Task(request[:1]), request[1:]
        if task is Task.CREW:
            return 200, effect_bytes(answer_crew(read_question(body)))
        return 200, json_bytes(answer(read_request(body), travel))
    except CodedError as refused:
        return 400, vroom_error(_INPUT_ERROR, refused.problems)
    except Exception as broken:  # noqa: BLE001  the parent tells of it, the next request is served
        return BROKE_DOWN, json_bytes({"error": failure_name(broken), "at": failure_place(broken)})


def main(osrm_url: str, data_dir: str) -> None:
    """Serve until the parent closes the pipe."""
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not stand among the messages.
    os.dup2(2, 1)
    straight = StraightLine()
    travel = RoadTravel(osrm_url, Path(data_dir) / "matrices", straight) if osrm_url else straight
    while (body := receive(source)) is not None:
        status, said = reply(body, travel)
        send(out, b"%03d" % status + said)

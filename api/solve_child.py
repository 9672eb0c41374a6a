"""The process that answers requests in VROOM's JSON and what-if questions, one after the other, by pipes of its parent.

A message is its length in eight bytes, then the message. A request begins with the letter of its task, an answer with
the three digits of its status. What goes wrong beyond coded errors is told by type and place alone, as everywhere.
"""

import os
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import IO

from api.encoding import json_bytes
from api.schemas.vroom import read_request
from core.errors import CodedError, Problem
from core.failures import failure_name, failure_place
from geodata.travel import RoadTravel, StraightLine, TravelTimes
from routing.questions import answer_crew, effect_bytes, read_question
from routing.vroom.service import answer

BROKE_DOWN = 500
_HEAD = 8
_INPUT_ERROR = 2


class Task(Enum):
    """What is asked: the letter a request begins with."""

    SOLVE = b"S"
    CREW = b"C"


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message."""
    pipe.write(len(message).to_bytes(_HEAD, "big"))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read one message; None when the other side is gone."""
    head = pipe.read(_HEAD)
    if len(head) < _HEAD:
        return None
    size = int.from_bytes(head, "big")
    message = pipe.read(size)
    return message if len(message) == size else None


def vroom_error(code: int, problems: Sequence[Problem]) -> bytes:
    """VROOM's form of an error, with all our problems beside it."""
    said = "; ".join(f"{one.code} {one.pointer or ''} {one.text('en')}" for one in problems)
    return json_bytes({"code": code, "error": said, "errors": [one.as_dict() for one in problems]})


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

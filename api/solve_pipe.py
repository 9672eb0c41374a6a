"""How a web process and its solving child talk, by pipes.

A message is its length in eight bytes, then the message. A request begins with the letter of its task, an answer with
the three digits of its status.
"""

from collections.abc import Sequence
from enum import Enum
from typing import IO

from api.encoding import json_bytes
from core.errors import Problem

BROKE_DOWN = 500
_HEAD = 8


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

"""Sending a batch: dossiers side by side, within a dossier one after another, and stopping when nobody answers."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from tracking.feedback.schedule import ASKS_TO_WAIT, GONE
from tracking.feedback.sender import Answer
from tracking.store_feedback import DueMessage

_FAILURES_IN_A_ROW = 8

Send = Callable[[DueMessage], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A message that was sent and what was said to it."""

    message: DueMessage
    answer: Answer


@dataclass(slots=True)
class Breaker:
    """Opens when a receiver says it is gone or wants to rest, or after a row of failures; then nothing more is sent."""

    open: bool = False
    rest: str | None = None
    _in_a_row: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, answer: Answer) -> None:
        """Count an answer."""
        with self._lock:
            self._in_a_row = 0 if answer.accepted or answer.refused else self._in_a_row + 1
            if answer.status in ASKS_TO_WAIT and answer.retry_after is not None:
                self.open, self.rest = True, answer.retry_after
            elif answer.status == GONE or self._in_a_row >= _FAILURES_IN_A_ROW:
                self.open = True


def send_batch(
    batch: Sequence[DueMessage], *, send: Send, lanes: Executor, breaker: Breaker, may_go_on: Callable[[], bool]
) -> list[Attempt]:
    """Send a batch; returns what was tried. What was not tried is as if it had not been in the batch."""

    def run(chain: Sequence[DueMessage]) -> list[Attempt]:
        attempts: list[Attempt] = []
        for message in chain:
            if breaker.open or not may_go_on():
                break
            answer = send(message)
            breaker.saw(answer)
            attempts.append(Attempt(message=message, answer=answer))
            if not answer.accepted:
                break
        return attempts

    return [attempt for attempts in lanes.map(run, _chains(batch)) for attempt in attempts]


def _chains(batch: Iterable[DueMessage]) -> list[list[DueMessage]]:
    chains: dict[str, list[DueMessage]] = {}
    for message in batch:
        chains.setdefault(message.dossier_code, []).append(message)
    return list(chains.values())

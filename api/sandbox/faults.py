"""How the sandbox fails on purpose, so that integrators and the demo see that nothing is lost and nothing doubled."""

import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """One way to fail. All but the first and the last have applied the event when they fail."""

    ERROR = "error"
    TIMEOUT = "timeout"
    SLOW = "slow"
    RESET = "reset"
    OVERTAKEN = "overtaken"
    DOWN = "down"


@dataclass(slots=True)
class Withheld:
    """Acceptances kept back until a later try of the same message has got its own: they come in the wrong order.

    `limit_s`: who is never asked again answers then; `overtaken` counts those that a later try went past.
    """

    limit_s: float = 120.0
    overtaken: int = 0
    _waiting: dict[str, threading.Event] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, message_id: str) -> None:
        """Until a later try was accepted, or the sandbox ends."""
        with self._lock:
            passed = self._waiting.setdefault(message_id, threading.Event())
        passed.wait(self.limit_s)
        with self._lock:
            self._waiting.pop(message_id, None)

    def release(self, message_id: str) -> None:
        """A later try of the message has its acceptance."""
        with self._lock:
            passed = self._waiting.get(message_id)
            if passed is not None and not passed.is_set():
                self.overtaken += 1
                passed.set()

    def release_all(self) -> None:
        """The sandbox ends."""
        with self._lock:
            for passed in self._waiting.values():
                passed.set()


@dataclass(slots=True)
class Faults:
    """Which faults are on, and for which share (0 to 1) of the messages.

    A message meets at most one of them, so that it arrives in the end; `down` meets everything until it is off.
    """

    on: set[Fault] = field(default_factory=set)
    share: float = 0.2
    chance: random.Random = field(default_factory=lambda: random.Random(3))  # noqa: S311  no secret
    _met: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def switch(self, fault: Fault) -> None:
        """On when it was off, off when it was on."""
        with self._lock:
            self.on ^= {fault}

    def shown(self) -> frozenset[Fault]:
        """Those that are on."""
        with self._lock:
            return frozenset(self.on)

    def meet(self, message_id: str) -> Fault | None:
        """The fault this request meets."""
        with self._lock:
            if Fault.DOWN in self.on:
                return Fault.DOWN
            if not self.on or message_id in self._met or self.chance.random() >= self.share:
                return None
            self._met.add(message_id)
            return self.chance.choice(_ordered(self.on))


def _ordered(faults: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in Fault if fault in faults]

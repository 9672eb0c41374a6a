"""What the sandbox's dossier system holds: every event once, each dossier in the order of its sequence."""

import threading
from bisect import insort
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

DELIVERED_PORTAL_STATUS = 10
_JOURNAL = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A request that came and what was made of it: `applied`, `repeated`, `refused`, or a fault's name."""

    at: datetime
    message_id: str
    outcome: str
    dossier_code: str = ""
    sequence: str = ""


@dataclass(slots=True)
class Dossiers:
    """Events by dossier and the last requests. A late event takes its place in the row and moves nothing back."""

    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    journal: deque[Delivery] = field(default_factory=lambda: deque(maxlen=_JOURNAL))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def apply(self, event: dict[str, Any]) -> str:
        """Take an event in; the same `source` and `id` a second time changes nothing. `applied` or `repeated`."""
        with self.lock:
            key = f"{event['source']} {event['id']}"
            if key in self.seen:
                self.counts["repeated"] += 1
                return "repeated"
            self.seen.add(key)
            self.counts["applied"] += 1
            chain = self.events.setdefault(event["data"]["dossier_code"], [])
            if chain and chain[-1]["sequence"] >= event["sequence"]:
                self.counts["out_of_order"] += 1
            insort(chain, event, key=lambda one: str(one["sequence"]))
            return "applied"

    def note(self, delivery: Delivery, *, count: str | None = None) -> None:
        """Keep a request for the page, and count it under a name."""
        with self.lock:
            self.journal.appendleft(delivery)
            if count:
                self.counts[count] += 1

    def chain(self, dossier_code: str) -> list[dict[str, Any]]:
        """All events of a dossier, by sequence."""
        with self.lock:
            return list(self.events.get(dossier_code, ()))

    def latest(self) -> list[dict[str, Any]]:
        """The newest event of each dossier, that which was recorded last first."""
        with self.lock:
            lasts = [chain[-1] for chain in self.events.values()]
        return sorted(lasts, key=lambda event: str(event["recordedtime"]), reverse=True)

    def returned(self) -> int:
        """How many dossiers stand at portal status 10."""
        return sum(event["data"]["portal_status"] == DELIVERED_PORTAL_STATUS for event in self.latest())

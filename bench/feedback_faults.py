"""Feedback to a dossier system that fails in every way, and to one beside a dead one: effect once, order, no slowing.

Time is simulated by moving what is due nearer: receivers check signatures against the real clock.
"""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text

from api.sandbox.faults import Fault, Faults
from api.sandbox.server import Sandbox
from core.clock import utc_now
from core.db import Database
from core.scope import Scope
from tracking.feedback.drain import Deliverer, drain
from tracking.feedback.endpoints import save_endpoint
from tracking.feedback.secrets import SecretBox
from tracking.store_endpoints import EndpointKey

_DAYS_DOWN = 3
_ANSWER_S = 0.3
_NEARER = "UPDATE feedback_deliveries SET next_at = next_at - make_interval(secs => :s) WHERE state = 'pending'"
_REST = "UPDATE feedback_endpoints SET paused_until = paused_until - make_interval(secs => :s)"
_STATES = "SELECT state, count(*) AS n FROM feedback_deliveries WHERE endpoint_id = :id GROUP BY state"


@dataclass(slots=True)
class Line:
    """A dossier system that fails, its endpoint, and the worker between."""

    database: Database
    box: SecretBox
    scope: Scope
    key: EndpointKey = field(init=False)
    place: Sandbox = field(init=False)
    days_passed: float = 0.0

    def open(self) -> None:
        """The system listens and its endpoint is set."""
        assert self.scope.agency_id is not None
        faults = Faults(on=set(Fault) - {Fault.DOWN}, share=0.05, chance=random.Random(5))
        self.place = Sandbox(faults=faults, silent_s=_ANSWER_S * 3, slow_s=_ANSWER_S / 3)
        self.place.start()
        self.key, self.place.secret = endpoint_for(self.database, self.scope, self.place.url, self.box)

    def drain(self) -> None:
        """One drain with little patience, so that silence does not cost ten seconds each."""
        worker = Deliverer(
            database=self.database,
            box=self.box,
            clock=utc_now,
            allow_private=True,
            answer_s=_ANSWER_S,
            rng=random.Random(7),
        )
        drain(worker, self.key)

    def pass_time(self, seconds: float) -> None:
        """As if so many seconds had gone by."""
        self.days_passed += seconds / 86_400
        with self.database.transaction() as session:
            session.execute(text(_NEARER), {"s": seconds})
            session.execute(text(_REST), {"s": seconds})

    def states(self) -> dict[str, int]:
        """Messages by state."""
        with self.database.reading() as session:
            return {row.state: row.n for row in session.execute(text(_STATES), {"id": self.key.endpoint_id})}

    def drain_through_faults(self, *, step_s: float) -> float:
        """Down for three days, then up again with faults, until nothing waits. Days until the backlog is drained."""
        self.place.faults.switch(Fault.DOWN)
        while self.days_passed < _DAYS_DOWN:
            self.drain()
            self.pass_time(step_s)
        self.place.faults.switch(Fault.DOWN)
        while self.states().get("pending") and self.days_passed < 4 * _DAYS_DOWN:
            self.drain()
            self.pass_time(step_s)
        return self.days_passed - _DAYS_DOWN


def endpoint_for(database: Database, scope: Scope, url: str, box: SecretBox) -> tuple[EndpointKey, str]:
    """An agency's endpoint and its secret."""
    assert scope.agency_id is not None
    with database.transaction() as session:
        made = save_endpoint(
            session, scope=scope, agency_id=scope.agency_id, url=url, box=box, allow_private=True, now=utc_now()
        )
    assert made.secret is not None
    return EndpointKey(scope.province_code, made.endpoint.id), made.secret


def disorder(place: Sandbox, *, each: int) -> int:
    """Dossiers that do not hold the events 1 to `each`, in this order, once."""
    wanted = list(range(1, each + 1))
    chains = list(place.dossiers.events.values())
    return sum([int(event["sequence"]) for event in chain] != wanted for chain in chains)


@contextmanager
def black_hole() -> Iterator[str]:
    """The address of an endpoint that takes every connection and says nothing."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=256) as server:

        def hold() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=hold, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for one in held:
                one.close()


def seconds_until_drained(database: Database, endpoint_id: UUID, *, limit_s: float) -> float:
    """How long an endpoint's backlog takes from now on; the limit when it does not end."""
    started = time.perf_counter()
    while (took_s := time.perf_counter() - started) < limit_s:
        with database.reading() as session:
            waiting = text("SELECT count(*) FROM feedback_deliveries WHERE endpoint_id = :id AND state = 'pending'")
            if not session.scalar(waiting, {"id": endpoint_id}):
                return took_s
        time.sleep(0.02)
    return limit_s

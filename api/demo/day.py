"""The demo's day, step by step, through the same doors that people and dossier systems use."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from datetime import time as time_of_day
from typing import Any

from api.demo.background import in_background
from api.demo.client import Person
from api.demo.courier import CourierDay
from api.demo.fast_clock import FastClock
from api.demo.phones import Phones
from api.demo.places import AGENCY_CLERK, OFFICES
from api.demo.results import DemoResult, demo_results
from api.demo.seed import Seeded
from api.sandbox.link import Link
from api.sandbox.server import Sandbox
from geodata.model import LonLat

EVENING = time_of_day(19, 0)
_POLL_S = 0.3
_PLAN_DEADLINE_S = 180.0
_FEEDBACK_DEADLINE_S = 120.0


@dataclass(slots=True)
class Timings:
    """Seconds of each stage by name, in the order they were taken."""

    seconds: dict[str, float] = field(default_factory=dict)

    def take(self, name: str, started: float) -> None:
        """Note how long a stage took since `started` (`time.monotonic`)."""
        self.seconds[name] = time.monotonic() - started


@dataclass(slots=True)
class DemoDay:
    """What a day needs: where the server is, who there is, the clock. `plan_seconds`: search time per office."""

    base_url: str
    passwords: dict[str, str]
    seeded: Seeded
    clock: FastClock
    sandbox: Sandbox
    phones: Phones
    day: date
    plan_seconds: float | None = None
    timings: Timings = field(default_factory=Timings)
    results: list[DemoResult] = field(default_factory=list)
    item_ids: dict[str, str] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    proofs: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def person(self, login: str) -> Person:
        """A user, signed in."""
        person = Person(self.base_url)
        person.sign_in(login, self.passwords[login])
        return person

    def hand_in(self) -> Counter[str]:
        """The agency's system posts its results; the answer counts them by outcome."""
        started = time.monotonic()
        self.results = demo_results(self.day)
        link = Link(self.base_url, self.seeded.key)
        counts, answers = link.send([result.row for result in self.results])
        link.close()
        self.item_ids |= {row["dossier_code"]: row["item_id"] for row in answers if row["item_id"]}
        self.timings.take("results_in", started)
        return counts

    def answer_addresses(self) -> int:
        """Dispatchers answer what the resolver would not decide alone; they know the place."""
        started = time.monotonic()
        truth = {self.item_ids[r.row["dossier_code"]]: r.door for r in self.results}
        answered = 0
        for office in OFFICES:
            dispatcher = self._dispatcher(office.code)
            while entries := dispatcher.get("/v1/address-queue", limit=100)["entries"]:
                for entry in entries:
                    door = truth[entry["item"]["id"]]
                    body = {"commune_code": door.commune_code, "point": [door.point.lon, door.point.lat]}
                    dispatcher.post(f"/v1/items/{entry['item']['id']}:resolve-address", body)
                    answered += 1
        self.timings.take("address_queue", started)
        return answered

    def sign_for(self) -> int:
        """Every office counts its papers at the agency's desk and signs; how many: from then on the post has them."""
        started = time.monotonic()
        signed = 0
        for office in OFFICES:
            dispatcher = self._dispatcher(office.code)
            act = {"kind": "from_agency", "office_id": self.seeded.offices[office.code], "party_id": self.seeded.agency}
            listed = [item["id"] for item in dispatcher.get("/v1/handovers/list", **act)["items"]]
            tally = {"item_ids": listed, "counted": len(listed), "counterpart": AGENCY_CLERK}
            signed += dispatcher.post("/v1/handovers", act | tally)["counted"]
        self.timings.take("signed_for", started)
        return signed

    def plan(self) -> dict[str, dict[str, Any]]:
        """Every office's dispatcher plans the day; the plan of each office once it is a draft."""
        started = time.monotonic()
        asked = {}
        for office in OFFICES:
            dispatcher = self._dispatcher(office.code)
            params = {"seconds": self.plan_seconds} if self.plan_seconds else {}
            body = {"office_id": self.seeded.offices[office.code], "day": self.day.isoformat(), "params": params}
            asked[office.code] = (dispatcher, dispatcher.post("/v1/plans", body)["plan_id"])
        self.plans = {code: self._drafted(*pair) for code, pair in asked.items()}
        self.timings.take("plans", started)
        return self.plans

    def _drafted(self, dispatcher: Person, plan_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + _PLAN_DEADLINE_S
        while time.monotonic() < deadline:
            plan: dict[str, Any] = dispatcher.get(f"/v1/plans/{plan_id}")
            if plan["state"] not in {"queued", "running"}:
                return plan
            time.sleep(_POLL_S)
        raise TimeoutError(f"plan {plan_id} is still {plan['state']} after {_PLAN_DEADLINE_S:.0f} s")

    def publish(self) -> None:
        """Publish every draft."""
        started = time.monotonic()
        for office in OFFICES:
            plan = self.plans[office.code]
            self._dispatcher(office.code).post(f"/v1/plans/{plan['id']}/publish", {"version": plan["version"]})
        self.timings.take("publish", started)

    def print_sheets(self) -> int:
        """Print the route sheets of every plan; the number of bytes of all PDFs."""
        started = time.monotonic()
        plans = [(self._dispatcher(office.code), self.plans[office.code]["id"]) for office in OFFICES]
        size = sum(len(dispatcher.read(f"/v1/plans/{plan_id}/sheets.pdf")) for dispatcher, plan_id in plans)
        self.timings.take("sheets", started)
        return size

    def _dispatcher(self, office_code: str) -> Person:
        return self.person(f"dp.{office_code.lower()}")

    def ride(self) -> None:
        """All couriers at once, each in a thread of its own."""
        started = time.monotonic()
        doors = {self.item_ids[r.row["dossier_code"]]: r.door.point for r in self.results}
        logins = [f"bt.{office.code.lower()}{n}" for office in OFFICES for n in range(1, len(office.couriers) + 1)]
        rides = [in_background(self._courier(login, doors, n).ride, login) for n, login in enumerate(logins)]
        for ride in rides:
            ride.result()
        self.timings.take("ride", started)

    def _courier(self, login: str, doors: dict[str, LonLat], seed: int) -> CourierDay:
        return CourierDay(
            person=self.person(login), clock=self.clock, day=self.day, doors=doors, done=self._count, seed=seed
        )

    def _count(self, proof_id: str, body: dict[str, Any], receipt: dict[str, Any]) -> None:
        with self.lock:
            self.outcomes[body["outcome"]] += 1
            self.proofs[proof_id] = (body, receipt)

    def wait_for_feedback(self) -> list[str]:
        """Dossiers whose end the dossier system does not know; empty when all is as it should be."""
        started = time.monotonic()
        self.wait_until(lambda: not self.not_ended() and not self._waiting())
        self.timings.take("feedback_drained", started)
        return self.not_ended()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Until the condition holds, two minutes at most."""
        deadline = time.monotonic() + _FEEDBACK_DEADLINE_S
        while not condition() and time.monotonic() < deadline:
            time.sleep(_POLL_S)

    def _waiting(self) -> int:
        system = Person(self.base_url)
        system.use_key(self.seeded.key)
        return sum(int(endpoint["pending"]) for endpoint in system.get("/v1/endpoints")["endpoints"])

    def not_ended(self) -> list[str]:
        """Dossier codes that are neither delivered (portal status 10) nor failed with a next action there."""
        return [code for code in self.item_ids if not self._ended(code)]

    def _ended(self, dossier_code: str) -> bool:
        chain = self.sandbox.dossiers.chain(dossier_code)
        if any(event["data"]["portal_status"] == 10 for event in chain):
            return bool(chain[-1]["data"]["status"] == "delivered")
        return any(event["data"]["status"] == "attempt_failed" and event["data"]["action"] for event in chain)

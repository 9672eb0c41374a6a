"""A simulated courier: takes the items out, rides the planned road in the demo's time, delivers with proof.

Phones go without signal now and then: what was done meanwhile waits on the phone and is sent later, with its own times.
"""

import hashlib
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from api.demo.client import Person
from api.demo.fast_clock import FastClock
from api.demo.pictures import photo, signature
from api.demo.road import along, legs
from core.calendar import WorkingCalendar
from core.ids import new_id
from geodata.model import LonLat

FAILURE_SHARE = 0.07
_FIX_EVERY_S = 60
_SEND_EVERY_S = 240
_OFFLINE_SHARE = 0.25

FAILURES = (
    ("absent", "redeliver"),
    ("phone_unreachable", "redeliver"),
    ("asked_another_time", "redeliver"),
    ("refused", "return"),
    ("organisation_closed", "hold"),
)
"""Reason and next action of the attempts that fail, drawn evenly."""


@dataclass(slots=True)
class CourierDay:
    """One courier's day. `doors` maps an item's id to its true door; `done` gets every proof's id, body and receipt."""

    person: Person
    clock: FastClock
    day: date
    doors: dict[str, LonLat]
    done: Callable[[str, dict[str, Any], dict[str, Any]], None]
    seed: int
    outbox: list[Callable[[], None]] = field(default_factory=list)
    fixes: list[dict[str, Any]] = field(default_factory=list)

    def ride(self) -> None:
        """The whole day, from loading to the last upload."""
        chance = random.Random(self.seed)
        today = self.person.get("/v1/courier/today")
        stops, office = today["stops"], _place(today["office_point"])
        offline = _offline_stretch(stops, chance)
        rounds = [[stop for stop in stops if stop["round"] == number] for number in (0, 1)]
        places = [office]
        for trip in rounds:
            places += [*(_place(stop["point"]) for stop in trip), office]
        road = iter(legs([_place(point) for point in today["line"]], places))
        for trip in filter(None, rounds):
            self._round(trip, road, chance, offline)
        self._send()

    def _round(
        self, stops: list[dict[str, Any]], road: Iterator[list[LonLat]], chance: random.Random, offline: range
    ) -> None:
        self.clock.wait_until(_instant(stops[0]["arrival_at"]) - timedelta(minutes=25))
        self.person.post("/v1/courier/load", {"item_ids": [item["id"] for stop in stops for item in stop["items"]]})
        left_at = self.clock()
        for stop in stops:
            online = stop["seq"] not in offline
            self._travel(next(road), left_at, _instant(stop["arrival_at"]), online=online)
            left_at = _instant(stop["departure_at"])
            self.clock.wait_until(left_at)
            self._serve(stop, chance)
            if online:
                self._send()
        next(road)

    def _travel(self, leg: list[LonLat], left: datetime, arrival: datetime, *, online: bool) -> None:
        seconds = max(0.0, (arrival - left).total_seconds())
        steps = max(1, math.ceil(seconds / _FIX_EVERY_S))
        for share in (step / steps for step in range(1, steps + 1)):
            at = left + timedelta(seconds=seconds * share)
            self.clock.wait_until(at)
            self.fixes.append(_fix(along(leg, share), at))
            if online and len(self.fixes) * _FIX_EVERY_S >= _SEND_EVERY_S:
                self._send_positions()

    def _serve(self, stop: dict[str, Any], chance: random.Random) -> None:
        failed = chance.random() < FAILURE_SHARE
        reason, action = chance.choice(FAILURES)
        for number, item in enumerate(stop["items"]):
            proof_id = str(new_id())
            files = [("photo", photo(chance.randrange(3), proof_id), "image/jpeg")]
            if not failed:
                files.append(("signature", signature(chance.randrange(3), proof_id), "image/png"))
            body = self._proof(item, files, number)
            body |= self._failure(reason, action) if failed else _delivery(item, chance)
            self.outbox.append(partial(self._upload, proof_id, body, files))

    def _proof(self, item: dict[str, Any], files: list[tuple[str, bytes, str]], number: int) -> dict[str, Any]:
        door = self.doors[item["id"]]
        return {
            "item_id": item["id"],
            "occurred_at": (self.clock() + timedelta(seconds=number)).isoformat(),
            "point": [door.lon, door.lat],
            "accuracy_m": 9.0,
            "position_age_s": 2.0,
            "clock_offset_s": 0.0,
            "app_version": "demo",
            "files": [
                {"sha256": hashlib.sha256(data).hexdigest(), "kind": kind, "bytes_count": len(data)}
                for kind, data, _ in files
            ],
        }

    def _failure(self, reason: str, action: str) -> dict[str, Any]:
        body: dict[str, Any] = {"outcome": "attempt_failed", "reason": reason, "action": action}
        if action == "redeliver":
            body["redelivery_on"] = WorkingCalendar().add(self.day, 1).isoformat()
        return body

    def _upload(self, proof_id: str, body: dict[str, Any], files: list[tuple[str, bytes, str]]) -> None:
        receipt = self.person.put(f"/v1/proofs/{proof_id}", body)
        for claim, (_, data, content_type) in zip(body["files"], files, strict=True):
            self.person.put_file(f"/v1/proofs/{proof_id}/files/{claim['sha256']}", data, content_type)
        self.done(proof_id, body, receipt)

    def _send(self) -> None:
        self._send_positions()
        while self.outbox:
            self.outbox[0]()
            self.outbox.pop(0)

    def _send_positions(self) -> None:
        if self.fixes:
            self.person.post("/v1/positions", {"fixes": self.fixes})
            self.fixes.clear()


def _delivery(item: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return {
        "outcome": "delivered",
        "recipient_name": item["addressee"]["name"],
        "relation": "self",
        "identity_kind": "citizen_card",
        "identity_last4": f"{chance.randrange(10_000):04d}",
        "papers_taken_back": 1,
        "money_vnd": item["cod_vnd"],
    }


def _offline_stretch(stops: list[dict[str, Any]], chance: random.Random) -> range:
    if chance.random() > _OFFLINE_SHARE or len(stops) < 8:
        return range(0)
    first = chance.randrange(2, len(stops) - 5)
    return range(first, first + 5)


def _fix(place: LonLat, at: datetime) -> dict[str, Any]:
    return {"lon": round(place.lon, 6), "lat": round(place.lat, 6), "occurred_at": at.isoformat(), "accuracy_m": 8.0}


def _place(point: list[float]) -> LonLat:
    return LonLat(lon=point[0], lat=point[1])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""Sending again over HTTP: what is meant by a time, a dossier and a sequence; counted first; refused at its field."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.runtime import WebOptions
from core.clock import utc_now
from core.db import Database
from tests.api.house import House, build_house
from tests.tracking.feedback_receiver import Receiver, receiving
from tests.tracking.office_scene import PROVINCE
from tracking.feedback.drain import Deliverer, drain
from tracking.store_endpoints import EndpointKey


def handed_in(house: House, at: datetime) -> str:
    """A result taken in at a time; its dossier's code."""
    row = house.scene.row()
    house.scene.accept(row, now=at)
    return row.dossier_code


class Line:
    """An agency's endpoint at a real receiver that has taken the events of three results, made an hour apart."""

    def __init__(self, house: House, receiver: Receiver) -> None:
        self.house, self.receiver, self.agency = house, receiver, house.person("agency")
        made = self.agency.post("/v1/endpoints", json={"url": receiver.url}).json()
        receiver.secrets.append(made["secret"])
        self.id = made["endpoint"]["id"]
        self.began = house.clock.shows
        self.codes: list[str] = []
        for hour in range(3):
            self.codes.append(handed_in(house, self.began + timedelta(hours=hour)))
        self.drain()

    def replay(self, **body: Any) -> Any:
        answer = self.agency.post(f"/v1/endpoints/{self.id}/replay", json=body).json()
        return answer.get("messages", answer)

    def drain(self) -> None:
        deliverer = Deliverer(
            database=self.house.runtime.database,
            box=self.house.runtime.secrets,
            clock=utc_now,
            allow_private=True,
        )
        while drain(deliverer, EndpointKey(PROVINCE, self.id)).accepted:
            pass


@pytest.fixture
def line(database: Database, tmp_path: Path) -> Iterator[Line]:
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    with receiving() as receiver:
        yield Line(build_house(database, tmp_path, lambda: options), receiver)


def test_a_time_means_what_was_recorded_then_or_later(line: Line) -> None:
    sent = len(line.receiver.ids)
    each = sent // 3
    assert line.replay(since=line.began.isoformat()) == sent
    line.drain()
    assert sorted(line.receiver.ids[sent:]) == sorted(line.receiver.ids[:sent])
    for hour, left in ((0, 3), (1, 2), (2, 1), (3, 0)):
        at = line.began + timedelta(hours=hour)
        assert line.replay(since=at.isoformat(), count_only=True) == left * each
    just_after = line.began + timedelta(milliseconds=1)
    assert line.replay(since=just_after.isoformat(), count_only=True) == 2 * each


def test_counting_sends_nothing_and_says_what_would_be_sent(line: Line) -> None:
    sent = len(line.receiver.ids)
    meant = {"dossier_code": line.codes[1], "from_sequence": 2}
    counted = line.replay(**meant, count_only=True)
    line.drain()
    assert (len(line.receiver.ids), line.agency.get("/v1/endpoints").json()["endpoints"][0]["pending"]) == (sent, 0)
    assert line.replay(**meant) == counted > 0
    line.drain()
    again = line.receiver.ids[sent:]
    assert len(again) == counted
    told = [line.receiver.bodies[one] for one in again]
    assert {body["data"]["dossier_code"] for body in told} == {line.codes[1]}
    assert [body["sequence"] for body in told] == [f"{n + 2:010d}" for n in range(counted)]
    assert line.replay(dead_only=True, count_only=True) == 0


@pytest.mark.parametrize("count_only", [False, True])
def test_a_dossier_nothing_was_told_of_is_refused_at_its_field(line: Line, count_only: bool) -> None:
    refused = line.replay(dossier_code="H29.16-000000-0000", count_only=count_only)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("T5010", "dossier_code")
    assert line.replay(after="hôm qua", count_only=count_only)["errors"][0]["pointer"] == "after"
    others = line.house.person("agency2").post(f"/v1/endpoints/{line.id}/replay", json={"count_only": count_only})
    assert others.json()["code"] == "C1000"

"""An office's day through the doors: plan, sheets, load, proof, status out, report; the worker does its part."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api import jobs
from api.keyring import Keyring
from api.settings import Settings
from api.worker import run_worker
from core.ids import new_id
from core.jobs import defer
from routing.service import PLAN_QUEUE
from tests.api.house import House
from tests.api.test_bad_input import proof
from tests.api.test_proof_files import views
from tests.tracking.office_scene import SYSTEM, TODAY
from tracking.offices import save_courier


def work(house: House, *queues: str) -> None:
    """Do all that waits, as a worker does."""
    settings = Settings(data_dir=house.runtime.options.data_dir, database_url=house.runtime.database.url)
    run_worker(house.runtime, settings, queues=queues or None, wait=False)


@pytest.fixture
def planned(house: House) -> dict[str, Any]:
    """A draft of the first office's day with three households."""
    for phone in ("0912345678", "0912345679", "0912345680"):
        house.scene.ready(1, addressee=house.scene.row().addressee.__class__(name="Lê Thị Hoa", phone=phone))
    params = {"iterations": 20, "seed": 1, "absent": [str(house.scene.couriers[1].id)]}
    body = {"office_id": str(house.scene.office.id), "day": TODAY.isoformat(), "params": params}
    dispatcher = house.person("dispatcher")
    asked = dispatcher.post("/v1/plans", json=body)
    assert asked.status_code == 202, asked.text
    again = dispatcher.post("/v1/plans", json=body).json()
    assert (again["plan_id"], again["created"]) == (asked.json()["plan_id"], False)
    work(house, PLAN_QUEUE)
    plan: dict[str, Any] = dispatcher.get(f"/v1/plans/{asked.json()['plan_id']}").json()
    return plan


def test_a_plan_says_all_the_screen_needs(house: House, planned: dict[str, Any]) -> None:
    assert planned["state"] == "draft", planned
    assert planned["violations"] == []
    assert planned["travel_source"] == "straight_line"
    stops = [stop for route in planned["routes"] for stop in route["stops"]]
    assert len(stops) == planned["planned_items"] == 3
    for route in planned["routes"]:
        assert route["cost"]["total"] == sum(route["cost"]["terms"].values())
        assert route["initials"] == "TA"
        assert len(route["line"]) >= 2
        times = [stop["arrival_at"] for stop in route["stops"]]
        assert times == sorted(times)
    assert {stop["addressee"]["name"] for stop in stops} == {"Lê Thị Hoa"}


def test_a_manager_sees_the_plan_masked_and_another_office_not_at_all(house: House, planned: dict[str, Any]) -> None:
    masked = house.person("manager").get(f"/v1/plans/{planned['id']}").json()
    assert {s["addressee"]["name"] for r in masked["routes"] for s in r["stops"]} == {"Lê T*** H***"}
    assert house.person("dispatcher2").get(f"/v1/plans/{planned['id']}").status_code == 404
    assert house.person("dispatcher2").get("/v1/plans").json() == {"plans": []}


def test_publishing_asks_for_the_version_that_was_seen(house: House, planned: dict[str, Any]) -> None:
    dispatcher, path = house.person("dispatcher"), f"/v1/plans/{planned['id']}/publish"
    stale = dispatcher.post(path, json={"version": planned["version"] + 1})
    assert stale.json()["code"] == "R1003"
    published = dispatcher.post(path, json={"version": planned["version"]})
    assert published.json()["state"] == "published", published.text
    listed = dispatcher.get("/v1/plans", params={"day": TODAY.isoformat()}).json()["plans"]
    assert [one["state"] for one in listed] == ["published"]


def test_papers_and_files_of_a_plan(house: House, planned: dict[str, Any]) -> None:
    dispatcher = house.person("dispatcher")
    base = f"/v1/plans/{planned['id']}"
    assert dispatcher.get(f"{base}/sheets.pdf").content.startswith(b"%PDF-")
    shapes = dispatcher.get(f"{base}/routes.geojson").json()
    assert {one["geometry"]["type"] for one in shapes["features"]} == {"LineString", "Point"}
    courier = planned["routes"][0]["courier_id"]
    starts = {"pdf": b"%PDF-", "gpx": b"<?xml", "csv": "\ufeff".encode(), "xlsx": b"PK", "geojson": b"{"}
    for form, start in starts.items():
        answer = dispatcher.get(f"{base}/routes/{courier}.{form}")
        assert answer.content.startswith(start), form
        assert f".{form}" in answer.headers["content-disposition"]
    looks = [set(subjects) for _, subjects in views(house, "route_file")]
    assert looks == [{UUID(item["id"]) for item in route_items(planned)}] * (2 + len(starts))
    assert dispatcher.get(f"{base}/routes/{courier}.exe").status_code == 422
    assert dispatcher.get(f"{base}/routes/{new_id()}.pdf").status_code == 404


def test_a_plan_still_names_a_courier_who_has_left(house: House, planned: dict[str, Any]) -> None:
    """His sheet can be printed for who takes the round over."""
    courier, base = house.scene.couriers[0], f"/v1/plans/{planned['id']}"
    with house.scene.database.transaction() as session:
        save_courier(session, scope=SYSTEM, courier=replace(courier, active=False))
    dispatcher = house.person("dispatcher")
    assert [route["courier_name"] for route in dispatcher.get(base).json()["routes"]] == [courier.name]
    assert dispatcher.get(f"{base}/sheets.pdf").content.startswith(b"%PDF-")
    assert dispatcher.get(f"{base}/routes/{courier.id}.csv").status_code == 200


def route_items(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for route in plan["routes"] for stop in route["stops"] for item in stop["items"]]


def test_the_couriers_day(house: House, planned: dict[str, Any]) -> None:
    house.person("dispatcher").post(f"/v1/plans/{planned['id']}/publish", json={"version": planned["version"]})
    courier, mine = house.person("courier"), str(house.scene.couriers[0].id)
    today = courier.get("/v1/courier/today").json()
    stops = next(one for one in planned["routes"] if one["courier_id"] == mine)["stops"]
    assert [stop["visit_id"] for stop in today["stops"]] == [stop["visit_id"] for stop in stops]
    assert {choice["reason"] for choice in today["reasons"]} >= {"absent", "refused"}
    items = [item["id"] for stop in today["stops"] for item in stop["items"]]
    assert len(items) == 3
    wrong = courier.post("/v1/courier/load", json={"item_ids": items, "counted": len(items) + 1})
    assert wrong.status_code in {409, 422}
    loaded = courier.post("/v1/courier/load", json={"item_ids": items, "counted": len(items)})
    assert loaded.json()["counted"] == len(items), loaded.text
    done = courier.put(f"/v1/proofs/{new_id()}", json=proof(items[0]))
    assert done.status_code == 200, done.text
    carried = courier.get("/v1/courier/today").json()["carried"]
    assert {one["id"] for one in carried} == set(items[1:])
    events = house.system().get("/v1/events").json()["events"]
    assert events[-1]["data"]["portal_status"] == 10
    period = {"from": TODAY.isoformat(), "to": TODAY.isoformat()}
    report = house.person("manager").get("/v1/reports/on-time", params=period).json()
    assert report["total"]["delivered"] == 1


def test_positions_reach_the_office(house: House) -> None:
    fixes = [{"lon": 106.70, "lat": 10.77, "occurred_at": house.clock().isoformat(), "accuracy_m": 8.0}]
    courier = house.person("courier")
    assert courier.post("/v1/positions", json={"fixes": fixes}).json() == {"accepted": 1, "filtered": {}}
    again = courier.post("/v1/positions", json={"fixes": fixes}).json()
    assert again["accepted"] == 0
    [seen] = house.person("dispatcher").get("/v1/positions").json()["positions"]
    assert (seen["courier_name"], seen["point"]) == ("Trần Văn An", [106.70, 10.77])
    assert house.person("dispatcher2").get("/v1/positions").json()["positions"] == []


def test_webhook_endpoints_show_their_secret_once(house: House) -> None:
    agency = house.person("agency")
    made = agency.post("/v1/endpoints", json={"url": "https://hooks.example.vn/buuta"})
    assert made.json()["secret"].startswith("whsec_"), made.text
    endpoint = made.json()["endpoint"]["id"]
    again = agency.post("/v1/endpoints", json={"url": "https://hooks.example.vn/buuta"}).json()
    assert (again["endpoint"]["id"], again["secret"]) == (endpoint, None)
    assert "secret" not in agency.get("/v1/endpoints").text.replace("_secret", "")
    assert house.person("agency2").post(f"/v1/endpoints/{endpoint}/disable").status_code == 404
    assert agency.post(f"/v1/endpoints/{endpoint}/disable").json()["state"] == "disabled"
    assert agency.post(f"/v1/endpoints/{endpoint}/enable").json()["state"] == "active"
    private = agency.post("/v1/endpoints", json={"url": "http://127.0.0.1:9/"})
    assert private.json()["code"] == "T5001"


def test_communes_of_an_office_are_a_map_layer(house: House) -> None:
    answer = house.person("dispatcher").get("/v1/communes.geojson", params={"office_id": str(house.scene.office.id)})
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["type"] == "FeatureCollection"


def test_a_job_of_a_killed_worker_runs_again(house: House, tmp_path: Path) -> None:
    """What kill -9 leaves behind: a job that is `doing` under a worker that gives no sign of life."""
    jobs.configure(house.runtime.database, house.clock, Keyring(tmp_path / "custody.keys"))
    with house.runtime.database.transaction() as session:
        job = defer(session, "api.sweep", {"timestamp": 0}, queue=jobs.QUEUE)
    with house.runtime.database.engine.begin() as connection:
        worker = connection.exec_driver_sql(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        ).scalar_one()
        connection.exec_driver_sql(
            f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = {worker}, attempts = 1 WHERE id = {job}"  # noqa: S608
        )
    with house.runtime.database.transaction() as session:
        defer(session, "api.retry_stalled", {"timestamp": 0}, queue=jobs.QUEUE)
    work(house, jobs.QUEUE)
    work(house, jobs.QUEUE)
    with house.runtime.database.engine.connect() as connection:
        left = connection.exec_driver_sql(f"SELECT status FROM procrastinate_jobs WHERE id = {job}").all()  # noqa: S608
    assert left == []

"""One key that sends for many agencies: each call, or each row of it, names one; any other is not found."""

from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from api.app import V1
from api.openapi import guards_of
from api.roles import Role
from core.ids import new_id
from tests.api.house import House
from tests.api.published_list import published_row
from tests.api.test_opencps import order
from tests.tracking.office_scene import SYSTEM
from tracking import service
from tracking.model import Agency

FIRST, SECOND, THIRD = "H29.16", "H29.17", "H29.18"


@pytest.fixture
def third(house: House) -> Agency:
    """An agency that the hub does not send for."""
    agency = Agency(id=new_id(), code=THIRD, name="Sở Xây dựng")
    with house.runtime.database.transaction() as session:
        service.save_agency(session, scope=SYSTEM, agency=agency)
    return agency


@pytest.fixture
def hub(house: House, third: Agency) -> TestClient:
    """The LGSP of the first two agencies."""
    return house.hub()


def held(house: House) -> dict[str, UUID]:
    """Whose each dossier is."""
    with house.runtime.database.reading() as session:
        found = service.list_items(session, scope=SYSTEM, limit=200).items
        return {code: item.agency_id for item in found for code in item.dossier_codes}


def outcomes(answer: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(row["outcome"], [one["code"] for one in row["problems"]]) for row in answer["rows"]]


def test_each_row_goes_to_the_agency_it_names_and_another_is_not_found(
    house: House, hub: TestClient, third: Agency
) -> None:
    rows: list[Any] = [
        published_row(1, agency_code=SECOND),
        published_row(2, agency_code=THIRD),
        published_row(3, agency_code=FIRST),
        published_row(4),
        published_row(5, agency_code="H99"),
        {"agency_code": FIRST},
        published_row(1, agency_code=FIRST),
    ]
    answer = hub.post("/v1/results:batch", json={"rows": rows})
    assert answer.status_code == 200, answer.text
    said = outcomes(answer.json())
    assert [one for one, _ in said] == ["created", "rejected", "created", "rejected", "rejected", "rejected", "created"]
    assert [codes for _, codes in said][1:2] == [["C1000"]]
    assert said[1] == said[3] == said[4], "an agency of others and one that is none are answered alike"
    assert [row["index"] for row in answer.json()["rows"]] == list(range(7))
    first, second = house.scene.agency.id, house.other_agency.id
    assert held(house)["H29.16-261101-0003"] == first
    with house.runtime.database.reading() as session:
        found = service.list_items(session, scope=SYSTEM, limit=200).items
    of_one = {item.agency_id for item in found if item.dossier_codes == ("H29.16-261101-0001",)}
    assert of_one == {first, second}, "the same code of two agencies is two dossiers"
    assert third.id not in {item.agency_id for item in found}


def test_a_call_names_its_agency_by_code_and_takes_back_by_it(house: House, hub: TestClient, third: Agency) -> None:
    sent = {"rows": [published_row(1)], "agency_code": SECOND}
    assert outcomes(hub.post("/v1/results:batch", json=sent).json()) == [("created", [])]
    assert held(house) == {"H29.16-261101-0001": house.other_agency.id}
    named = {"dossier_code": "H29.16-261101-0001"}
    date = named | {"due_on": "2026-12-02"}
    for refused in ({}, {"agency_code": THIRD}, {"agency_code": "H99"}, {"agency_id": str(third.id)}):
        assert hub.post("/v1/results:batch", json={"rows": [published_row(2)]} | refused).json()["code"] == "C1000"
        assert hub.post("/v1/results:withdraw", json={"rows": [named]} | refused).json()["code"] == "C1000"
        assert hub.post("/v1/results:due-dates", json={"rows": [date]} | refused).json()["code"] == "C1000"
    other = hub.post("/v1/results:withdraw", json={"rows": [named], "agency_code": FIRST}).json()
    assert outcomes(other) == [("rejected", ["T1023"])]
    moved = hub.post("/v1/results:due-dates", json={"rows": [date], "agency_code": SECOND}).json()
    assert outcomes(moved) == [("updated", [])]
    gone = hub.post("/v1/results:withdraw", json={"rows": [named], "agency_code": SECOND}).json()
    assert outcomes(gone) == [("withdrawn", [])]


def test_orders_go_by_gov_agency_code(house: House, hub: TestClient) -> None:
    sent = [hub.post("/v1/opencps/orders", json=order(f"D{n}", govAgencyCode=code)).json()
            for n, code in enumerate((FIRST, SECOND))]  # fmt: skip
    assert [one["Status"] for one in sent] == ["100", "100"]
    assert held(house) == {"D0": house.scene.agency.id, "D1": house.other_agency.id}
    for code in (THIRD, "H99", "", None):
        answer = hub.post("/v1/opencps/orders", json=order("D2", govAgencyCode=code))
        assert (answer.status_code, answer.json()["code"]) == (404, "C1000")
    page = hub.get("/v1/opencps/tracking", params={"govAgencyCode": SECOND}).json()
    assert [doc["OrderNumber"] for doc in page["_embedded"]["rh:doc"]] == ["D1"]
    assert hub.get("/v1/opencps/tracking").json()["code"] == "C1000"
    assert hub.get(f"/v1/opencps/tracking?govAgencyCode={THIRD}").json()["code"] == "C1000"
    cancel = {"OrderNumber": "D0", "govAgencyCode": SECOND}
    assert hub.get("/v1/opencps/orders/cancel", params=cancel).json()["Status"] == "T1023"
    cancel["govAgencyCode"] = FIRST
    assert hub.get("/v1/opencps/orders/cancel", params=cancel).json()["Status"] == "100"


HANDS_IN = {"/results:batch", "/results:withdraw", "/results:due-dates"}


def test_a_hub_hands_in_and_nothing_else() -> None:
    for module in V1:
        for route in module.router.routes:
            path = str(getattr(route, "path", ""))
            roles = {role for guard in guards_of(getattr(route, "dependant")) for role in guard.roles}  # noqa: B009
            assert (Role.HUB in roles) == (path in HANDS_IN or (path.startswith("/opencps/") and bool(roles))), path


def test_a_hubs_key_reads_nothing(house: House, hub: TestClient) -> None:
    house.scene.ready()
    for path in ("items", "events", "endpoints", "sources", "agencies", "offices", "me", "tariff", "keys"):
        assert hub.get(f"/v1/{path}").status_code in (401, 403), path


def test_an_agencys_own_key_names_no_other(house: House, hub: TestClient) -> None:
    system = house.system()
    rows = [published_row(1, agency_code=SECOND), published_row(2, agency_code=FIRST), published_row(3)]
    said = outcomes(system.post("/v1/results:batch", json={"rows": rows}).json())
    assert [one for one, _ in said] == ["rejected", "created", "created"]
    refused = system.post("/v1/results:batch", json={"rows": [published_row(4)], "agency_code": SECOND})
    assert refused.json()["code"] == "C1000"
    assert set(held(house).values()) == {house.scene.agency.id}

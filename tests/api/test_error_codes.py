"""Coded answers that no other test asks for by name; `tests/architecture` holds that each code has one."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import errors
from api.app import create_app
from api.runtime import Runtime
from core.db import Database
from core.errors import CodedError
from geodata import closures, road_errors
from geodata.reform_errors import LISTS_NOT_LOADED
from geodata.reform_read import read_tables
from geodata.road_dataset import Bounds, RoadDataset
from geodata.road_variants import index_of
from tests.api.house import House
from tests.api.test_bad_input import codes, row
from tests.geodata.made_reform import as_folder, first_reform
from tests.tracking.office_scene import NOW, delivery
from tracking import service
from tracking.errors import NOT_ASSIGNED, OFFICE_UNKNOWN
from tracking.reform import update_units

SQUARE = [[106.70, 10.77], [106.71, 10.77], [106.71, 10.78], [106.70, 10.78]]


def test_too_many_wrong_passwords_are_told_to_wait(house: House) -> None:
    client = house.stranger()
    wrong = {"login": "dispatcher", "password": "sai-mat-khau"}
    answers = [client.post("/v1/session", json=wrong) for _ in range(12)]
    assert codes(answers[-1]) == [errors.TOO_MANY.code]


def test_staff_who_name_no_agency_are_asked_for_one(house: House) -> None:
    answer = house.person("dispatcher").post("/v1/results:batch", json={"rows": [row()]})
    assert codes(answer) == [errors.NOT_OFFICE_KEY.code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"due_on": "2026-02-30"}, errors.BAD_DATE.code),
        ({"office_code": "khong-co"}, OFFICE_UNKNOWN.code),
    ],
)
def test_a_row_that_says_what_cannot_be(house: House, change: dict[str, Any], code: str) -> None:
    [answer] = house.system().post("/v1/results:batch", json={"rows": [row(**change)]}).json()["rows"]
    assert [one["code"] for one in answer["problems"]] == [code]


def test_a_value_that_is_not_in_the_list(house: House) -> None:
    body = {"office_id": str(house.scene.office.id), "day": "2026-11-20", "params": {"policy": "mọi thứ"}}
    assert codes(house.person("dispatcher").post("/v1/plans", json=body)) == [errors.NOT_ALLOWED_VALUE.code]


def test_an_instant_that_is_none(house: House) -> None:
    body = {"area": SQUARE, "starts_at": "hôm nay", "ends_at": None, "note": ""}
    assert errors.BAD_TIME.code in codes(house.person("dispatcher").post("/v1/closures", json=body))


def test_a_body_that_cannot_be_read(house: House) -> None:
    client = house.person("dispatcher")
    head = {"Content-Type": "multipart/form-data"}
    answer = client.post("/v1/results:upload", content=b"no boundary", headers=head)
    assert codes(answer) == [errors.BAD_REQUEST.code]


def test_a_server_whose_database_is_gone_says_so(house: House) -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2", pool_size=1)
    held = house.runtime
    alone = Runtime(
        database=gone, blobs=held.blobs, secrets=held.secrets, identity_key=held.identity_key, options=held.options
    )
    assert codes(TestClient(create_app(alone)).get("/healthz")) == [errors.NOT_READY.code]


def test_one_closure_too_many(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closures, "LIMIT_CLOSURES", 2)
    body = {"area": SQUARE, "starts_at": "2026-11-20T08:00:00+07:00", "ends_at": None, "note": "ngập"}
    answers = [house.person("dispatcher").post("/v1/closures", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [201, 201]
    assert codes(answers[2]) == [road_errors.TOO_MANY_CLOSURES.code]


def test_what_is_delivered_is_not_taken_out_again(house: House) -> None:
    planned, delivered = house.scene.planned(2)
    house.scene.take_out([delivered])
    with house.scene.database.transaction() as session:
        service.record_proof(session, scope=house.scene.courier_scope(), proof=delivery(delivered), now=NOW)
    answer = house.person("courier").post("/v1/courier/load", json={"item_ids": [str(planned), str(delivered)]})
    assert codes(answer) == [NOT_ASSIGNED.code]
    assert str(delivered) in answer.text
    assert house.scene.item(planned).status == "planned"


def test_roads_imported_before_there_were_segments(tmp_path: Path) -> None:
    box = Bounds(west=106.0, south=10.0, east=107.0, north=11.0)
    old = RoadDataset(
        id="old", folder=tmp_path, source_name="a.osm.pbf", source_sha256="", profile_sha256="", bounds=box, counts={},
        seconds={}, files={},
    )  # fmt: skip
    with pytest.raises(CodedError) as refused:
        index_of(old)
    assert [one.code for one in refused.value.problems] == [road_errors.INDEX_MISSING.code]


def test_a_reform_needs_the_lists_it_changes(database: Database, tmp_path: Path) -> None:
    tables = read_tables(as_folder(first_reform(), tmp_path / "reform"))
    with pytest.raises(CodedError) as refused, database.transaction() as session:
        update_units(session, tables, actor="user:admin", now=NOW)
    assert [one.code for one in refused.value.problems] == [LISTS_NOT_LOADED.code]

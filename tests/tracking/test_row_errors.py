"""Every error and warning a row can have, and that all of a row come together."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.errors import REGISTRY
from geodata.model import LonLat
from tests.tracking.office_scene import NOW
from tracking.intake_checks import check_row
from tracking.model import Person, ResultRow, Window

GOOD = ResultRow(
    dossier_code="H29.16-261101-0001",
    procedure="Cấp giấy chứng nhận quyền sử dụng đất",
    addressee=Person(name="Nguyễn Thị Bích Ngọc", phone="0912345678"),
    address="Số 1 Lê Lợi, phường Sài Gòn",
    due_on=date(2026, 11, 25),
    ready_at=NOW,
)
NAIVE = datetime(2026, 11, 19, 8, 0)  # noqa: DTZ001  that is the fault

PROBLEMS: list[tuple[dict[str, Any], str, str]] = [
    ({"dossier_code": " "}, "T1001", "dossier_code"),
    ({"dossier_code": "H" * 65}, "T1002", "dossier_code"),
    ({"dossier_code": "H29\x00"}, "T1022", "dossier_code"),
    ({"procedure": ""}, "T1001", "procedure"),
    ({"procedure": "x" * 501}, "T1008", "procedure"),
    ({"addressee": Person(name=" ", phone="0912345678")}, "T1001", "addressee.name"),
    ({"addressee": Person(name="x" * 201, phone="0912345678")}, "T1008", "addressee.name"),
    ({"addressee": Person(name="An\x1b", phone="0912345678")}, "T1022", "addressee.name"),
    ({"addressee": Person(name="An", phone="12345")}, "T1004", "addressee.phone"),
    ({"address": "\n"}, "T1001", "address"),
    ({"address": "x" * 501}, "T1008", "address"),
    ({"address": "Lê Lợi \ud800"}, "T1022", "address"),
    ({"due_on": None}, "T1001", "due_on"),
    ({"due_on": date(1926, 11, 25)}, "T1005", "due_on"),
    ({"ready_at": None}, "T1001", "ready_at"),
    ({"ready_at": NAIVE}, "T1006", "ready_at"),
    ({"ready_at": NOW + timedelta(days=2)}, "T1009", "ready_at"),
    ({"leg": "sideways"}, "T1010", "leg"),
    ({"weight_g": 0}, "T1007", "weight_g"),
    ({"weight_g": 2**40}, "T1007", "weight_g"),
    ({"papers": 1000}, "T1007", "papers"),
    ({"state_fee_vnd": -1}, "T1007", "state_fee_vnd"),
    ({"postage_vnd": 10**9}, "T1007", "postage_vnd"),
    ({"window": Window(start_at=NOW, end_at=NOW + timedelta(minutes=29))}, "T1011", "window"),
    ({"window": Window(start_at=NAIVE, end_at=NAIVE + timedelta(hours=2))}, "T1006", "window"),
    ({"point": LonLat(lon=10.78, lat=106.7)}, "T1012", "point"),
    ({"point": LonLat(lon=float("nan"), lat=10.7)}, "T1012", "point"),
    ({"item_code": "9" * 41}, "T1008", "item_code"),
    ({"office_code": "7" * 65}, "T1008", "office_code"),
]
WARNINGS: list[tuple[dict[str, Any], str]] = [
    ({"dossier_code": "HS 12/2026"}, "T1003"),
    ({"addressee": Person(name="An", phone=" ")}, "T1021"),
    ({"item_code": "RA123456789VN"}, "T1017"),
]


def test_a_good_row_has_nothing() -> None:
    checked = check_row(0, GOOD, now=NOW)
    assert (checked.problems, checked.warnings) == ((), ())


@pytest.mark.parametrize(("change", "code", "pointer"), PROBLEMS)
def test_each_problem_has_its_code_and_place(change: dict[str, Any], code: str, pointer: str) -> None:
    checked = check_row(0, replace(GOOD, **change), now=NOW)
    assert [(p.code, p.pointer) for p in checked.problems] == [(code, pointer)]
    assert checked.problems[0].text("vi") != checked.problems[0].text("en")
    assert checked.digest == ""


@pytest.mark.parametrize(("change", "code"), WARNINGS)
def test_each_warning_lets_the_row_through(change: dict[str, Any], code: str) -> None:
    checked = check_row(0, replace(GOOD, **change), now=NOW)
    assert ([w.code for w in checked.warnings], checked.problems) == ([code], ())
    assert REGISTRY[code].status == 200


def test_all_problems_of_a_row_come_at_once() -> None:
    bad = replace(
        GOOD, dossier_code="", due_on=None, weight_g=0, leg="x", addressee=Person(name="", phone="1"), ready_at=NAIVE
    )
    found = {(p.code, p.pointer) for p in check_row(0, bad, now=NOW).problems}
    assert found == {
        ("T1001", "dossier_code"),
        ("T1001", "due_on"),
        ("T1007", "weight_g"),
        ("T1010", "leg"),
        ("T1001", "addressee.name"),
        ("T1004", "addressee.phone"),
        ("T1006", "ready_at"),
    }


CHANGED: dict[str, Any] = {
    "dossier_code": "H29.16-261101-0002",
    "procedure": "Cấp đổi",
    "addressee": Person(name="Nguyễn Thị Bích Ngọc", phone="0912345679"),
    "address": "Số 1 Lê Lợi,  phường Sài Gòn",
    "due_on": date(2026, 11, 26),
    "ready_at": NOW - timedelta(seconds=1),
    "leg": "collect",
    "office_code": "700000",
    "item_code": "RA123456785VN",
    "weight_g": 51,
    "papers": 2,
    "state_fee_vnd": 1,
    "postage_vnd": 1,
    "reduction": "poor_household",
    "in_person": True,
    "point": LonLat(lon=106.7, lat=10.7),
    "window": Window(start_at=NOW, end_at=NOW + timedelta(hours=1)),
    "receipt_code": "D-1",
    "email": "ngoc@example.vn",
}


@pytest.mark.parametrize("field", CHANGED)
def test_the_digest_sees_every_field(field: str) -> None:
    before = check_row(0, GOOD, now=NOW).digest
    assert check_row(0, replace(GOOD, **{field: CHANGED[field]}), now=NOW).digest != before


def test_every_field_of_a_row_is_in_that_list() -> None:
    assert set(CHANGED) == set(ResultRow.__dataclass_fields__)


def test_one_instant_has_one_digest() -> None:
    other = replace(GOOD, ready_at=NOW.astimezone(UTC))
    assert check_row(0, other, now=NOW).digest == check_row(5, GOOD, now=NOW + timedelta(days=9)).digest

"""Offices, couriers, agencies: saved, read back, checked."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from core.errors import CodedError
from core.ids import new_id
from geodata.model import LonLat
from tests.tracking.office_scene import BINH_THANH, SAI_GON, SYSTEM, Scene
from tracking import service
from tracking.courier_values import CourierBreak


def test_an_office_is_read_back_as_it_was_saved(scene: Scene) -> None:
    changed = replace(
        scene.office,
        name="Bưu cục Trung tâm Sài Gòn",
        kind="head",
        address="Số 2 Công xã Paris",
        cut_off=time(7, 15),
        commune_codes=(SAI_GON, "26743"),
    )
    with scene.database.transaction() as session:
        service.save_office(session, scope=SYSTEM, office=changed)
    with scene.database.reading() as session:
        assert service.list_offices(session, scope=SYSTEM) == [changed, scene.other_office]
        assert service.list_offices(session, scope=scene.dispatcher) == [changed]


def test_a_commune_given_up_can_be_taken_by_another_office(scene: Scene) -> None:
    taking = replace(scene.other_office, commune_codes=(BINH_THANH, SAI_GON))
    with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.save_office(session, scope=SYSTEM, office=taking)
    assert refused.value.code == "T3002"
    with scene.database.transaction() as session:
        service.save_office(session, scope=SYSTEM, office=replace(scene.office, commune_codes=()))
        service.save_office(session, scope=SYSTEM, office=taking)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"code": ""}, {"T1001"}),
        ({"name": "x" * 201}, {"T1008"}),
        ({"name": "\x00"}, {"T1022"}),
        ({"point": LonLat(lon=0, lat=0)}, {"T1012"}),
        ({"code": "717000"}, {"T3001"}),
        ({"code": "717000", "commune_codes": (BINH_THANH,), "name": " "}, {"T3001", "T3002", "T1001"}),
    ],
)
def test_a_wrong_office_is_refused(scene: Scene, change: dict[str, Any], codes: set[str]) -> None:
    with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.save_office(session, scope=SYSTEM, office=replace(scene.office, **change))
    assert {p.code for p in refused.value.problems} == codes


def test_couriers_by_office_and_scope(scene: Scene) -> None:
    gone = replace(scene.couriers[1], active=False, home_commune_codes=(SAI_GON,), shifts=((time(8), time(12)),))
    with scene.database.transaction() as session:
        service.save_courier(session, scope=SYSTEM, courier=gone)
    with scene.database.reading() as session:
        assert service.list_couriers(session, scope=scene.dispatcher) == [scene.couriers[0]]
        everyone = service.known_couriers(session, scope=SYSTEM)
        assert {courier.id: courier for courier in everyone}[gone.id] == gone
        assert service.list_couriers(session, scope=SYSTEM, office_id=scene.other_office.id) == [scene.couriers[2]]
        assert service.find_courier(session, scope=SYSTEM, courier_id=gone.id) == gone
        with pytest.raises(CodedError):
            service.find_courier(session, scope=scene.courier_scope(2), courier_id=gone.id)


def rest(earliest: str, latest: str, minutes: int) -> CourierBreak:
    return CourierBreak(earliest=time.fromisoformat(earliest), latest=time.fromisoformat(latest), minutes=minutes)


def test_what_a_courier_may_and_must_do_is_read_back(scene: Scene) -> None:
    """Who was saved without a word of it may identify addressees, has no skill and no break."""
    plain = scene.couriers[0]
    duty = replace(
        plain,
        skills=("  Đất  ĐAI ", "đất đai", "hộ tịch"),
        in_person=False,
        breaks=(rest("09:00", "09:30", 15), rest("15:00", "15:00", 10)),
        overtime_until=time(19),
        reload_minutes=20,
    )
    with scene.database.reading() as session:
        before = service.find_courier(session, scope=SYSTEM, courier_id=plain.id)
    assert (before.skills, before.in_person, before.breaks, before.overtime_until) == ((), True, (), None)
    with scene.database.transaction() as session:
        saved = service.save_courier(session, scope=SYSTEM, courier=duty)
    assert saved == replace(duty, skills=("đất đai", "hộ tịch"))
    with scene.database.reading() as session:
        assert service.find_courier(session, scope=SYSTEM, courier_id=plain.id) == saved


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"name": " "}, {"T1001"}),
        ({"phone": "12"}, {"T1004"}),
        ({"capacity_items": 0}, {"T1007"}),
        ({"capacity_g": 10**9}, {"T1007"}),
        ({"shifts": ()}, {"T3003"}),
        ({"shifts": ((time(12), time(8)),)}, {"T3003"}),
        ({"shifts": ((time(7), time(12)), (time(11), time(17)))}, {"T3003"}),
        ({"name": "", "phone": "1", "capacity_items": 0, "shifts": ()}, {"T1001", "T1004", "T1007", "T3003"}),
        ({"skills": ("đất đai", " ")}, {"T1001"}),
        ({"skills": ("x" * 61,)}, {"T1008"}),
        ({"skills": ("đất\x00",)}, {"T1022"}),
        ({"skills": tuple(f"s{n}" for n in range(21))}, {"T1007"}),
        ({"reload_minutes": 121}, {"T1007"}),
        ({"overtime_until": time(18)}, {"T3022"}),
        ({"breaks": (rest("09:30", "09:00", 15),)}, {"T3021"}),
        ({"breaks": (rest("11:00", "11:20", 15),)}, {"T3021"}),
        ({"breaks": (rest("12:00", "12:30", 15),)}, {"T3021"}),
        ({"breaks": (rest("09:00", "09:30", 15), rest("09:40", "10:00", 5))}, {"T3021"}),
        ({"breaks": (rest("09:00", "09:30", 0),)}, {"T1007"}),
        (
            {"breaks": (rest("06:00", "06:30", 15),), "overtime_until": time(17), "reload_minutes": -1, "phone": "1"},
            {"T3021", "T3022", "T1007", "T1004"},
        ),
    ],
)
def test_a_wrong_courier_is_refused(scene: Scene, change: dict[str, Any], codes: set[str]) -> None:
    with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.save_courier(session, scope=SYSTEM, courier=replace(scene.couriers[0], **change))
    assert {p.code for p in refused.value.problems} == codes


def test_who_does_not_administer_the_province_does_not_save(scene: Scene) -> None:
    with scene.database.transaction() as session:
        for save in (
            lambda: service.save_office(session, scope=scene.dispatcher, office=scene.office),
            lambda: service.save_agency(session, scope=scene.dispatcher, agency=scene.agency),
            lambda: service.save_courier(session, scope=scene.dispatcher, courier=scene.couriers[2]),
        ):
            with pytest.raises(CodedError) as refused:
                save()
            assert refused.value.code == "C1000"


def test_agencies_have_a_code_of_their_own(scene: Scene) -> None:
    with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.save_agency(session, scope=SYSTEM, agency=replace(scene.agency, id=new_id()))
    assert refused.value.code == "T3001"
    with scene.database.reading() as session:
        assert service.list_agencies(session, scope=SYSTEM) == [scene.agency]

"""Reading: pages without gaps, filters inside the scope, the public page, the address queue."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.errors import CodedError
from core.scope import Scope
from geodata.model import LonLat, PointSource
from tests.tracking.office_scene import BINH_THANH, NOW, PROVINCE, SAI_GON, SYSTEM, UNCOVERED, Scene, item_id
from tracking import service
from tracking.model import EventKind, Item, Person, Status


def listed(scene: Scene, scope: Scope = SYSTEM, **filters: Any) -> list[UUID]:
    with scene.database.reading() as session:
        return [item.id for item in service.list_items(session, scope=scope, **filters).items]


def test_pages_give_every_item_once_by_due_date(scene: Scene) -> None:
    rows = [scene.row(due_on=date(2026, 11, 20) + timedelta(days=n % 3)) for n in range(11)]
    scene.accept(*rows)
    seen: list[Item] = []
    cursor, pages = None, 0
    with scene.database.reading() as session:
        while pages == 0 or cursor:
            page = service.list_items(session, scope=SYSTEM, limit=4, after=cursor)
            seen += page.items
            cursor, pages = page.next_cursor, pages + 1
        assert service.count_items(session, scope=SYSTEM) == 11
    assert pages == 3
    assert len({item.id for item in seen}) == 11
    assert [item.due_on for item in seen] == sorted(item.due_on for item in seen)


def test_a_full_last_page_has_no_next(scene: Scene) -> None:
    scene.ready(4)
    with scene.database.reading() as session:
        assert service.list_items(session, scope=SYSTEM, limit=4).next_cursor is None


@pytest.mark.parametrize("cursor", ["x", "AAAA", "MjAyNi0xMi0wMS94", "é"])
def test_a_cursor_that_is_not_ours_is_refused(scene: Scene, cursor: str) -> None:
    with scene.database.reading() as session, pytest.raises(CodedError) as refused:
        service.list_items(session, scope=SYSTEM, after=cursor)
    assert refused.value.code == "T3005"


def test_filters(scene: Scene) -> None:
    (early,) = scene.ready(due_on=date(2026, 11, 21))
    (out,) = scene.out(addressee=Person(name="Đặng Văn Ánh", phone="0987654321"))
    (there,) = scene.ready(address="Số 1, phường Bình Thạnh")
    courier = scene.couriers[0].id
    assert listed(scene, office_id=scene.other_office.id) == [there]
    assert listed(scene, status=Status.OUT) == [out]
    assert set(listed(scene, status=(Status.OUT, Status.READY), commune=SAI_GON)) == {early, out}
    assert listed(scene, due_before=date(2026, 11, 22)) == [early]
    assert listed(scene, courier_id=courier) == [out]
    assert listed(scene, q="anh DANG") == listed(scene, q="0987654") == [out]
    assert listed(scene, q=scene.item(there).item_code.lower()) == [there]
    assert listed(scene, q="100%") == listed(scene, q="_" * 5) == []
    with scene.database.reading() as session:
        assert service.status_counts(session, scope=SYSTEM) == {Status.READY: 2, Status.OUT: 1}
        assert service.count_items(session, scope=SYSTEM, q="ngoc", status=Status.READY) == 2


def test_what_is_beyond_the_scope_is_not_there(scene: Scene) -> None:
    (here,), (there,) = scene.ready(), scene.ready(address="Số 1, phường Bình Thạnh")
    (mine,) = scene.out()
    agency = Scope(province_code=PROVINCE, actor="key:a", agency_id=scene.agency.id)
    other_agency = Scope(province_code=PROVINCE, actor="key:b", agency_id=scene.office.id)
    assert set(listed(scene)) == set(listed(scene, agency)) == {here, there, mine}
    assert listed(scene, other_agency) == []
    assert set(listed(scene, scene.dispatcher)) == {here, mine}
    assert listed(scene, scene.courier_scope()) == [mine]
    for scope, key in ((scene.dispatcher, there), (scene.courier_scope(), here), (other_agency, mine)):
        with scene.database.reading() as session:
            for read in (service.find_item, service.item_history):
                with pytest.raises(CodedError) as refused:
                    read(session, scope=scope, item_id=key)
                assert (refused.value.code, refused.value.status) == ("C1000", 404)
            assert service.find_items(session, scope=scope, item_ids=[key]) == {}


def test_the_public_page_needs_both_factors_and_masks(scene: Scene) -> None:
    (answer,) = scene.accept(scene.row())
    code = answer.tracking_code or ""
    with scene.database.reading() as session:
        view = service.public_view(session, code.lower().replace("-", " "), "5678")
        for wrong_code, digits in ((code, "5679"), (code, ""), ("0000-0000-0000", "5678"), ("x", "5678")):
            with pytest.raises(CodedError) as refused:
                service.public_view(session, wrong_code, digits)
            assert (refused.value.code, refused.value.problems[0].values) == ("C1000", {"what": "item"})
    assert view.addressee_masked == "Nguyễn T*** B*** N***"
    assert "5678" not in view.phone_masked
    assert (view.status, view.office_name) == (Status.READY, "Bưu cục Sài Gòn")
    assert [event.kind for event in view.events] == [EventKind.RESULT_ACCEPTED, EventKind.ITEM_READY]


def test_without_a_phone_the_public_page_stays_shut(scene: Scene) -> None:
    (answer,) = scene.accept(scene.row(addressee=Person(name="An", phone="")))
    with scene.database.reading() as session, pytest.raises(CodedError):
        service.public_view(session, answer.tracking_code or "", "")


def test_a_person_decides_an_address(scene: Scene) -> None:
    (answer,) = scene.accept(scene.row(address="giữa phường Sài Gòn và phường Bình Thạnh"))
    key, pin = item_id(answer), LonLat(lon=106.71, lat=10.81)
    with scene.database.transaction() as session:
        item = service.resolve_address(
            session, scope=scene.dispatcher, item_id=key, commune_code=BINH_THANH, point=pin, now=NOW
        )
        assert service.count_address_queue(session, scope=SYSTEM) == 0
    assert (item.status, item.office_id, item.commune_code) == (Status.READY, scene.other_office.id, BINH_THANH)
    assert (item.point, item.point_source) == (pin, PointSource.GIVEN)
    assert item.address == "giữa phường Sài Gòn và phường Bình Thạnh"
    assert item.household_key
    with scene.database.reading() as session:
        last = service.item_history(session, scope=SYSTEM, item_id=key)[-1]
    assert (last.kind, last.actor) == (EventKind.ADDRESS_RESOLVED, "user:dispatcher")


def test_a_decision_must_be_possible(scene: Scene) -> None:
    (answer,) = scene.accept(scene.row(address="đâu đó"))
    (out,) = scene.out()
    abroad, pin = LonLat(lon=10.8, lat=106.7), LonLat(lon=106.71, lat=10.81)
    for key, commune, point, codes in (
        (item_id(answer), UNCOVERED, abroad, {"T2004", "T1012"}),
        (item_id(answer), "99999", pin, {"T2004"}),
        (out, SAI_GON, pin, {"T2001"}),
    ):
        with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
            service.resolve_address(session, scope=SYSTEM, item_id=key, commune_code=commune, point=point, now=NOW)
        assert {p.code for p in refused.value.problems} == codes

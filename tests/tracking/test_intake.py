"""Taking results in: what is created, unchanged, updated, rejected; and that one bad row never stops another."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import CodedError
from core.ids import is_valid_s10, new_id
from core.scope import Scope
from geodata.model import LonLat, PointSource
from tests.tracking.office_scene import (
    BINH_THANH,
    NOW,
    PROVINCE,
    RESOLVER,
    SAI_GON,
    SYSTEM,
    Scene,
    item_id,
    snapshot,
)
from tracking import service
from tracking.intake import BATCH_LIMIT
from tracking.intake_write import item_code_of
from tracking.model import EventKind, Person, ResultRow, Status


def test_a_good_row_becomes_a_ready_item_with_its_chain(scene: Scene) -> None:
    row = scene.row(weight_g=120, state_fee_vnd=50_000, postage_vnd=30_000)
    (answer,) = scene.accept(row)
    assert (answer.outcome, answer.problems, answer.warnings) == ("created", (), ())
    item = scene.item(item_id(answer))
    assert item.status is Status.READY
    assert (item.office_id, item.commune_code) == (scene.office.id, SAI_GON)
    assert (item.point_source, item.error_m) == (PointSource.COMMUNE, 900)
    assert (item.address, item.dossier_codes, item.cod_vnd) == (row.address, (row.dossier_code,), 80_000)
    assert is_valid_s10(item.item_code)
    with scene.database.reading() as session:
        events = service.item_history(session, scope=SYSTEM, item_id=item.id)
    assert [event.kind for event in events] == [EventKind.RESULT_ACCEPTED, EventKind.ITEM_READY]
    assert item.last_hash == events[-1].hash


def test_the_chain_holds_no_personal_data(scene: Scene) -> None:
    row = scene.row()
    (key,) = (item_id(answer) for answer in scene.accept(row))
    with scene.database.reading() as session:
        written = str(session.execute(text("SELECT string_agg(data::text, ' ') FROM events")).scalar_one())
    assert row.dossier_code in written
    for private in (row.addressee.name, row.addressee.phone, row.address, "Ngọc"):
        assert private not in written
    assert scene.item(key).addressee == row.addressee


def test_the_same_batch_twice_changes_nothing(scene: Scene) -> None:
    rows = [scene.row() for _ in range(5)]
    first = scene.accept(*rows)
    before = snapshot(scene)
    again = scene.accept(*rows, now=NOW + timedelta(hours=5))
    assert [answer.outcome for answer in again] == ["unchanged"] * 5
    assert [a.item_id for a in again] == [a.item_id for a in first]
    assert [a.tracking_code for a in again] == [a.tracking_code for a in first]
    assert snapshot(scene) == before


def test_a_row_written_differently_but_meaning_the_same_is_unchanged(scene: Scene) -> None:
    row = scene.row()
    scene.accept(row)
    other = replace(
        row,
        dossier_code=f" {row.dossier_code.lower().replace('-', ' – ')} ",
        addressee=Person(name="  Nguyễn  Thị Bích Ngọc", phone="+84 912 345 678"),
        ready_at=row.ready_at and row.ready_at.astimezone(),
    )
    assert [answer.outcome for answer in scene.accept(other)] == ["unchanged"]


def test_one_bad_row_does_not_stop_the_others(scene: Scene) -> None:
    rows = [scene.row(), scene.row(due_on=None, weight_g=0), scene.row()]
    answers = scene.accept(*rows)
    assert [answer.outcome for answer in answers] == ["created", "rejected", "created"]
    assert {p.code for p in answers[1].problems} == {"T1001", "T1007"}
    assert [answer.index for answer in answers] == [0, 1, 2]


def test_an_uncertain_address_waits_for_a_person(scene: Scene) -> None:
    row = scene.row(address="giữa phường Sài Gòn và phường Bình Thạnh")
    (answer,) = scene.accept(row)
    assert answer.outcome == "created"
    assert [w.code for w in answer.warnings] == ["T1019"]
    item = scene.item(item_id(answer))
    assert (item.status, item.commune_code, item.point) == (Status.ACCEPTED, None, None)
    with scene.database.reading() as session:
        (queued,) = service.address_queue(session, scope=SYSTEM)
        assert service.count_address_queue(session, scope=SYSTEM) == 1
    assert (queued.item.id, queued.text, queued.reason) == (item.id, row.address, "several")
    assert {candidate["commune_code"] for candidate in queued.candidates} == {SAI_GON, BINH_THANH}


def test_an_unknown_address_goes_to_the_submitting_office(scene: Scene) -> None:
    with scene.database.transaction() as session:
        (answer,) = service.accept_results(
            session,
            scope=SYSTEM,
            agency_id=scene.agency.id,
            rows=[scene.row(address="làng Plei Tăng")],
            resolver=RESOLVER,
            now=NOW,
            submitting_office_id=scene.other_office.id,
        )
    assert scene.item(item_id(answer)).office_id == scene.other_office.id


def test_a_commune_nobody_covers_needs_an_office(scene: Scene) -> None:
    nobody = scene.row(address="ấp 3, xã Bình Chánh")
    named = scene.row(address="ấp 3, xã Bình Chánh", office_code="717000")
    answers = scene.accept(nobody, named)
    assert [p.code for p in answers[0].problems] == ["T1013"]
    assert scene.item(item_id(answers[1])).office_id == scene.other_office.id


def test_the_commune_decides_the_office_even_when_another_is_named(scene: Scene) -> None:
    (answer,) = scene.accept(scene.row(office_code="717000"))
    assert scene.item(item_id(answer)).office_id == scene.office.id


def test_a_given_pin_stands(scene: Scene) -> None:
    pin = LonLat(lon=106.7001, lat=10.7766)
    (answer,) = scene.accept(scene.row(point=pin))
    item = scene.item(item_id(answer))
    assert (item.point, item.point_source, item.commune_code) == (pin, PointSource.GIVEN, SAI_GON)


def test_a_change_before_it_goes_out_is_written_as_an_event(scene: Scene) -> None:
    row = scene.row()
    (first,) = scene.accept(row)
    (answer,) = scene.accept(replace(row, due_on=date(2026, 11, 30), state_fee_vnd=20_000))
    assert (answer.outcome, answer.item_id) == ("updated", first.item_id)
    item = scene.item(item_id(answer))
    assert (item.due_on, item.state_fee_vnd, item.status) == (date(2026, 11, 30), 20_000, Status.READY)
    with scene.database.reading() as session:
        last = service.item_history(session, scope=SYSTEM, item_id=item.id)[-1]
    assert (last.kind, last.data["changed"]) == (EventKind.RESULT_UPDATED, ["due_on", "state_fee_vnd"])
    assert [a.outcome for a in scene.accept(row)] == ["updated"]


def test_a_changed_address_moves_the_item_to_its_office(scene: Scene) -> None:
    row = scene.row()
    scene.accept(row)
    (answer,) = scene.accept(replace(row, address="Số 1, phường Bình Thạnh"))
    item = scene.item(item_id(answer))
    assert (item.office_id, item.commune_code, item.status) == (scene.other_office.id, BINH_THANH, Status.READY)


def test_a_changed_address_takes_a_planned_item_off_its_plan(scene: Scene) -> None:
    row = scene.row()
    (first,) = scene.accept(row)
    scene.plan([item_id(first)])
    scene.accept(replace(row, address="không rõ"))
    item = scene.item(item_id(first))
    assert (item.status, item.plan_id, item.courier_id) == (Status.ACCEPTED, None, None)
    scene.accept(replace(row, address="Số 2, phường Sài Gòn"))
    assert scene.item(item.id).status is Status.READY
    with scene.database.reading() as session:
        assert service.address_queue(session, scope=SYSTEM) == []


def test_another_fee_leaves_a_planned_item_on_its_plan(scene: Scene) -> None:
    row = scene.row()
    (first,) = scene.accept(row)
    scene.plan([item_id(first)])
    scene.accept(replace(row, state_fee_vnd=1_000))
    assert scene.item(item_id(first)).status is Status.PLANNED


def test_what_has_gone_out_can_no_longer_be_changed(scene: Scene) -> None:
    row = scene.row()
    (first,) = scene.accept(row)
    scene.plan([item_id(first)])
    scene.take_out([item_id(first)])
    for moment in ("out", "handed back"):
        (answer,) = scene.accept(replace(row, weight_g=300))
        assert [p.code for p in answer.problems] == ["T1016"], moment
        if moment == "out":
            scene.hand_back([item_id(first)])
    assert scene.item(item_id(first)).weight_g == 50
    assert [a.outcome for a in scene.accept(row)] == ["unchanged"]


def test_doubles_inside_a_batch(scene: Scene) -> None:
    row, bad = scene.row(), scene.row(weight_g=0)
    answers = scene.accept(row, row, replace(row, weight_g=99), bad, bad)
    assert [a.outcome for a in answers] == ["created", "unchanged", "rejected", "rejected", "rejected"]
    assert answers[0].item_id == answers[1].item_id
    assert [p.code for p in answers[2].problems] == ["T1015"]
    assert [p.code for p in answers[4].problems] == ["T1007"]


def test_both_legs_of_a_dossier_are_two_items(scene: Scene) -> None:
    row = scene.row()
    answers = scene.accept(row, replace(row, leg="collect"))
    assert [a.outcome for a in answers] == ["created", "created"]
    assert answers[0].item_id != answers[1].item_id


def test_an_item_code_of_ones_own(scene: Scene) -> None:
    answers = scene.accept(
        scene.row(item_code="ra 123456785 vn"),
        scene.row(item_code="RA123456785VN"),
        scene.row(item_code="BP-00917"),
    )
    assert [a.outcome for a in answers] == ["created", "rejected", "created"]
    assert scene.item(item_id(answers[0])).item_code == "RA123456785VN"
    assert [p.code for p in answers[1].problems] == ["T1018"]
    assert [w.code for w in answers[2].warnings] == ["T1017"]
    (again,) = scene.accept(scene.row(item_code="RA123456785VN"))
    assert [p.code for p in again.problems] == ["T1018"]


def test_item_codes_are_valid_and_used_once_in_the_country() -> None:
    codes = [item_code_of(province, serial) for province in ("01", "79") for serial in (1, 2, 999_999, 1_000_000)]
    assert all(is_valid_s10(code) for code in codes)
    assert len(set(codes)) == len(codes)
    with pytest.raises(CodedError) as refused:
        item_code_of("79", 26_000_000)
    assert refused.value.code == "T1020"


def test_limits_of_a_batch_and_of_who_may_hand_in(scene: Scene) -> None:
    stranger = Scope(province_code=PROVINCE, actor="key:x", agency_id=new_id())
    with pytest.raises(CodedError) as refused:
        scene.accept(scene.row(), scope=stranger)
    assert refused.value.code == "C1000"
    with pytest.raises(CodedError) as refused:
        scene.accept(scene.row(), scope=scene.courier_scope())
    assert refused.value.code == "C1000"
    with pytest.raises(CodedError) as refused:
        scene.accept(*[scene.row()] * (BATCH_LIMIT + 1))
    assert (refused.value.code, refused.value.status) == ("T1000", 413)
    assert scene.accept() == []


def test_a_fault_after_the_events_leaves_nothing(scene: Scene) -> None:
    before = snapshot(scene)
    with pytest.raises(RuntimeError, match="power"):
        _accept_and_fail(scene)
    assert snapshot(scene) == before


def _accept_and_fail(scene: Scene) -> None:
    rows = [scene.row()]
    with scene.database.transaction() as session:
        service.accept_results(session, scope=SYSTEM, agency_id=scene.agency.id, rows=rows, resolver=RESOLVER, now=NOW)
        raise RuntimeError("power cut")


messy = st.builds(
    ResultRow,
    dossier_code=st.text(max_size=70),
    procedure=st.text(max_size=20),
    addressee=st.builds(Person, name=st.text(max_size=20), phone=st.text(max_size=14)),
    address=st.sampled_from(["phường Sài Gòn", "xã Bình Chánh", "", "\x00", "đâu đó"]) | st.text(max_size=20),
    due_on=st.none() | st.dates(),
    ready_at=st.none() | st.datetimes() | st.just(NOW),
    leg=st.sampled_from(["return", "collect", "x"]),
    office_code=st.none() | st.just("717000") | st.text(max_size=8),
    item_code=st.none() | st.text(max_size=45),
    weight_g=st.integers(),
    papers=st.integers(),
    point=st.none() | st.builds(LonLat, lon=st.floats(), lat=st.floats()),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(messy, max_size=6))
def test_whatever_comes_is_answered_and_good_rows_still_go_through(scene: Scene, rows: list[ResultRow]) -> None:
    good = scene.row()
    answers = scene.accept(*rows, good)
    assert len(answers) == len(rows) + 1
    assert answers[-1].outcome == "created"
    for answer in answers:
        assert (answer.outcome == "rejected") == bool(answer.problems) == (answer.item_id is None)
        for found in (*answer.problems, *answer.warnings):
            assert found.text("vi")
            assert found.text("en")


def test_provinces_do_not_see_each_other(scene: Scene) -> None:
    (key,) = scene.ready()
    elsewhere = replace(SYSTEM, province_code="01")
    with scene.database.reading() as session, pytest.raises(CodedError) as refused:
        service.find_item(session, scope=elsewhere, item_id=key)
    assert refused.value.code == "C1000"

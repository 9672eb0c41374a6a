"""Postage at the hand-in: the tariff of the day decides where the agency names no figure, and never refuses one."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.tracking.office_scene import BINH_THANH, DOOR, NOW, RESOLVER, SYSTEM, TODAY, Scene, delivery, item_id
from tracking import service, store_money
from tracking.model import EventKind, ResultRow, RowAnswer, Status
from tracking.money_values import Move
from tracking.postage import Rates, decided_late
from tracking.tariff import SHIPPED, Zone, shipped_tariff
from tracking.tariffs import import_tariff

# Amounts of the circular for 50 g and 120 g: beside the office's own commune, and in the province.
NEAR, NEAR_120, AWAY = 26_000, 27_000, 30_000


def _import(scene: Scene, valid_from: date = date(2026, 1, 1), *, near_vnd: int = NEAR) -> None:
    content = SHIPPED.read_text("utf-8").replace("2017-09-29", valid_from.isoformat())
    content = content.replace("same_district = 26_000", f"same_district = {near_vnd}", 1)
    with scene.database.transaction() as session:
        import_tariff(session, scope=SYSTEM, content=content, now=NOW)


def _accept(scene: Scene, row: ResultRow, *, at_office: bool = True, days: int = 0) -> RowAnswer:
    with scene.database.transaction() as session:
        (answer,) = service.accept_results(
            session,
            scope=SYSTEM,
            agency_id=scene.agency.id,
            rows=[row],
            resolver=RESOLVER,
            now=NOW + timedelta(days=days),
            submitting_office_id=scene.office.id if at_office else None,
        )
    return answer


def _told(scene: Scene, key: UUID) -> list[Any]:
    with scene.database.reading() as session:
        events = service.item_history(session, scope=SYSTEM, item_id=key)
    return [event.data.get("postage") for event in events if event.kind is not EventKind.ITEM_READY]


def _away(row: ResultRow) -> ResultRow:
    return replace(row, address="Số 3 Đinh Tiên Hoàng, phường Bình Thạnh, Thành phố Hồ Chí Minh")


def test_without_a_table_of_the_province_nothing_is_asked(scene: Scene) -> None:
    answer = _accept(scene, scene.row(reduction="king"))
    assert (answer.outcome, answer.warnings) == ("created", ())
    assert scene.item(item_id(answer)).postage_vnd == 0
    assert _told(scene, item_id(answer)) == [None]


def test_the_tariff_decides_by_weight_and_way_and_the_chain_says_which(scene: Scene) -> None:
    _import(scene)
    near, heavy, away, unknown = (
        _accept(scene, scene.row()),
        _accept(scene, scene.row(weight_g=120)),
        _accept(scene, _away(scene.row())),
        _accept(scene, _away(scene.row()), at_office=False),
    )
    asked = [scene.item(item_id(one)).postage_vnd for one in (near, heavy, away, unknown)]
    assert asked == [NEAR, NEAR_120, AWAY, NEAR], "where nobody knows the origin, no more than the least cap is asked"
    assert [one.warnings for one in (near, heavy, away, unknown)] == [()] * 4
    [told] = _told(scene, item_id(away))
    assert told == {
        "by": "tariff",
        "zone": "in_province",
        "full_vnd": AWAY,
        "percent_off": 0,
        "tariff_vnd": AWAY,
        "source": told["source"],
        "valid_from": "2026-01-01",
    }
    assert "22/2017" in told["source"]


@pytest.mark.parametrize(
    ("named", "paid", "off"),
    [("poor_household", NEAR // 2, 50), ("heroic_mother", 0, 100), ("Hộ nghèo", NEAR // 2, 50)],
)
def test_who_has_a_right_to_pay_less_does(scene: Scene, named: str, paid: int, off: int) -> None:
    _import(scene)
    key = item_id(_accept(scene, scene.row(reduction=named)))
    [told] = _told(scene, key)
    assert (scene.item(key).postage_vnd, told["percent_off"]) == (paid, off)
    assert named not in str(told), "why somebody pays less is nobody else's business"


def test_a_reduction_that_the_table_lacks_is_told_and_stops_no_other_row(scene: Scene) -> None:
    _import(scene)
    bad, good = scene.accept(scene.row(reduction="king"), scene.row())
    assert [one.code for one in bad.problems] == ["T7103"]
    assert good.outcome == "created"


@pytest.mark.parametrize(("figure", "flags"), [(NEAR, []), (0, ["T7104"]), (99_000, ["T7104"])])
def test_a_figure_of_the_agency_stands_and_a_difference_is_flagged(scene: Scene, figure: int, flags: list[str]) -> None:
    _import(scene)
    answer = _accept(scene, scene.row(postage_vnd=figure))
    assert (answer.outcome, [one.code for one in answer.warnings]) == ("created", flags)
    assert scene.item(item_id(answer)).postage_vnd == figure
    [told] = _told(scene, item_id(answer))
    assert (told["by"], told["tariff_vnd"]) == ("agency", NEAR)


def test_the_table_in_force_on_the_day_of_the_hand_in_counts_also_for_later_changes(scene: Scene) -> None:
    _import(scene)
    _import(scene, TODAY + timedelta(days=1), near_vnd=20_000)
    row = scene.row()
    key = item_id(_accept(scene, row))
    later = item_id(_accept(scene, scene.row(), days=1))
    assert (scene.item(key).postage_vnd, scene.item(later).postage_vnd) == (NEAR, 20_000)
    assert _accept(scene, row, days=2).outcome == "unchanged"
    assert _accept(scene, replace(row, weight_g=120), days=2).outcome == "updated"
    assert scene.item(key).postage_vnd == NEAR_120
    assert _accept(scene, replace(row, weight_g=120, due_on=date(2026, 12, 1)), days=2).outcome == "updated"
    assert scene.item(key).postage_vnd == NEAR_120
    assert _accept(scene, replace(row, weight_g=120, postage_vnd=0), days=2).outcome == "updated"
    assert scene.item(key).postage_vnd == 0, "a nought is a figure too"


def test_only_the_due_date_moves_once_the_paper_has_gone_out(scene: Scene) -> None:
    _import(scene)
    row = scene.row()
    key = item_id(_accept(scene, row))
    scene.plan([key])
    scene.take_out([key])
    assert _accept(scene, replace(row, due_on=date(2026, 12, 1))).outcome == "updated"
    item = scene.item(key)
    assert (item.postage_vnd, item.due_on, item.status) == (NEAR, date(2026, 12, 1), Status.OUT)


def test_rows_from_before_there_was_a_tariff_stay_unchanged(scene: Scene) -> None:
    row = scene.row(postage_vnd=0)
    _accept(scene, row)
    _import(scene)
    assert _accept(scene, row).outcome == "unchanged"
    assert _accept(scene, replace(row, postage_vnd=None)).outcome == "unchanged"


def test_an_address_that_waits_is_priced_when_a_person_has_decided(scene: Scene) -> None:
    _import(scene)
    open_row = scene.row(address="đầu xóm", reduction="poor_household")
    keys = [item_id(_accept(scene, one)) for one in (open_row, scene.row(address="đầu xóm", postage_vnd=5_000))]
    assert [scene.item(key).postage_vnd for key in keys] == [0, 5_000]
    for key in keys:
        with scene.database.transaction() as session:
            service.resolve_address(session, scope=SYSTEM, item_id=key, commune_code=BINH_THANH, point=DOOR, now=NOW)
    assert [scene.item(key).postage_vnd for key in keys] == [AWAY // 2, 5_000]
    assert [one and one["by"] for one in _told(scene, keys[0])][-1] == "tariff"


def test_half_a_dong_falls_to_the_citizen_whose_address_waited_too() -> None:
    tariff = shipped_tariff()
    odd = replace(tariff, tiers=(replace(tariff.tiers[0], vnd=dict.fromkeys(Zone, 30_001)),))
    rates = Rates(tariff=odd, province_code="79", origins=[BINH_THANH])
    paid, told = decided_late({"percent_off": 50}, weight_g=50, commune_code=BINH_THANH, rates=rates)
    assert (paid, told["full_vnd"], told["tariff_vnd"]) == (15_000, 30_001, 15_000)


def test_what_the_tariff_asked_falls_due_at_the_door(scene: Scene) -> None:
    _import(scene)
    key = item_id(_accept(scene, scene.row(state_fee_vnd=50_000)))
    scene.plan([key])
    scene.take_out([key])
    with scene.database.transaction() as session:
        service.record_proof(
            session, scope=scene.courier_scope(), proof=delivery(key, money_vnd=50_000 + NEAR), now=NOW
        )
        lines = store_money.entries_of_item(session, SYSTEM, key)
    due = {line.ledger.value: line.amount_vnd for line in lines if line.move is Move.DUE}
    assert due == {"state_fee": 50_000, "postage": NEAR}

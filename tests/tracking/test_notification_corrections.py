"""What citizens are told of deliveries that did not happen, and of dossiers that are fetched at home."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from tests.tracking.day_counters import collection_of
from tests.tracking.notification_scene import Provider, Telling, prove
from tests.tracking.office_scene import NOW, SYSTEM, TODAY, Scene, delivery, failure, item_id
from tracking import service
from tracking.holding import Correction, correct_event
from tracking.model import EventKind

pytestmark = pytest.mark.db
HOME = "Số 5 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"


def withdraw_delivery(scene: Scene, key: UUID, now: datetime) -> None:
    """The office says that the delivery did not happen."""
    with scene.database.transaction() as session:
        history = service.item_history(session, scope=SYSTEM, item_id=key)
        seq = next(one.seq for one in history if one.kind is EventKind.ITEM_DELIVERED)
        correct_event(session, scope=SYSTEM, item_id=key, seq=seq, what=Correction.NOT_HAPPENED, now=now)


@pytest.mark.parametrize("was_told", [True, False])
def test_a_delivery_that_is_withdrawn_is_corrected_once(telling: Telling, sms: Provider, was_told: bool) -> None:
    [item] = telling.scene.out(1)
    prove(telling.scene, delivery(item), NOW + timedelta(hours=1))
    telling.at = NOW + timedelta(hours=1)
    if was_told:
        telling.tell(timedelta(minutes=4))
    withdraw_delivery(telling.scene, item, telling.at)
    telling.tell(timedelta(minutes=4))
    code = telling.scene.item(item).dossier_codes[0]
    assert sms.kinds == (["delivered", "corrected"] if was_told else ["corrected"])
    assert f"Đính chính: kết quả hồ sơ {code} chưa được giao. Đang giữ tại Bưu cục Sài Gòn" in sms.texts[-1]
    telling.tell(timedelta(hours=1))
    assert len(sms.texts) == 1 + was_told


def test_a_correction_that_a_new_delivery_has_overtaken_is_not_told(telling: Telling, sms: Provider) -> None:
    [item] = telling.scene.out(1)
    at = telling.at = NOW + timedelta(hours=1)
    prove(telling.scene, delivery(item), at)
    telling.tell(timedelta(minutes=4))
    withdraw_delivery(telling.scene, item, telling.at)
    with telling.scene.database.transaction() as session:
        session.execute(text("UPDATE items SET status = 'delivered' WHERE id = :id"), {"id": item})
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == ["delivered"]


def fetched(scene: Scene) -> UUID:
    """A dossier to be fetched at home, in a courier's plan."""
    row = scene.row(leg="collect", address=HOME)
    key = item_id(scene.accept(row)[0])
    scene.plan([key])
    return key


def test_a_dossier_fetched_at_home_has_its_receipt(telling: Telling, sms: Provider) -> None:
    key = fetched(telling.scene)
    prove(telling.scene, collection_of(key, NOW + timedelta(hours=1)), NOW + timedelta(hours=1))
    telling.at = NOW + timedelta(hours=1)
    telling.tell(timedelta(minutes=4))
    code = telling.scene.item(key).dossier_codes[0]
    assert sms.kinds == ["collected"]
    assert f"Bưu tá đã nhận hồ sơ {code} lúc 09:00 20/11 để nộp cho cơ quan." in sms.texts[0]


def test_who_waits_with_a_dossier_is_told_once_that_the_courier_has_set_out(telling: Telling, sms: Provider) -> None:
    key, [brought] = fetched(telling.scene), telling.scene.planned()
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == [], "a plan is not yet a courier on the road"
    telling.window = (NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    telling.scene.take_out([brought])
    telling.scene.take_out([brought])
    telling.tell(timedelta(minutes=4))
    code = telling.scene.item(key).dossier_codes[0]
    text = f"Bưu tá đến 09:00-10:00 hôm nay nhận hồ sơ {code} tại nhà."
    assert [text in one for one in sms.texts].count(True) == 1, sms.texts
    assert sms.kinds == ["coming"] * 2


def test_who_is_added_after_the_courier_has_set_out_is_told_once(telling: Telling, sms: Provider) -> None:
    scene = telling.scene
    for courier in (0, 1):
        scene.take_out(scene.planned(1, courier), courier)
    telling.tell(timedelta(minutes=4))
    before = len(sms.texts)
    telling.window = (NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    key = item_id(scene.accept(scene.row(leg="collect", address=HOME))[0])
    for courier in (0, 1, 0):
        scene.plan([key], courier, now=telling.at)
        telling.tell(timedelta(minutes=4))
    scene.take_out([], now=telling.at)
    telling.tell(timedelta(minutes=4))
    code = scene.item(key).dossier_codes[0]
    assert sms.kinds[before:] == ["coming"], sms.texts
    assert f"Bưu tá đến 09:00-10:00 hôm nay nhận hồ sơ {code} tại nhà." in sms.texts[-1]


def test_a_courier_who_set_out_yesterday_is_not_announced_today(telling: Telling, sms: Provider) -> None:
    telling.scene.take_out(telling.scene.planned())
    telling.tell(timedelta(minutes=4))
    telling.at = NOW + timedelta(days=1)
    telling.window = (telling.at + timedelta(hours=1), telling.at + timedelta(hours=2))
    key = item_id(telling.scene.accept(telling.scene.row(leg="collect", address=HOME))[0])
    telling.scene.plan([key], now=telling.at)
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == ["coming"], "of the paper of yesterday alone"


def test_who_is_planned_for_another_day_is_announced_on_the_day_it_is_moved_to(telling: Telling, sms: Provider) -> None:
    scene = telling.scene
    scene.take_out(scene.planned())
    telling.tell(timedelta(minutes=4))
    telling.window = (NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    key = item_id(scene.accept(scene.row(leg="collect", address=HOME))[0])
    tomorrow = {"assignments": {key: scene.couriers[0].id}, "plan_id": uuid4(), "on": TODAY + timedelta(days=1)}
    with scene.database.transaction() as session:
        service.mark_planned(session, scope=SYSTEM, now=telling.at, **tomorrow)  # type: ignore[arg-type]
    telling.tell(timedelta(minutes=4))
    assert len(sms.texts) == 1
    scene.plan([key], now=telling.at)
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == ["coming"] * 2


def test_no_courier_is_announced_for_a_dossier_that_is_not_on_todays_route(telling: Telling, sms: Provider) -> None:
    fetched(telling.scene)
    telling.scene.take_out([])
    telling.window = None
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == []


def test_no_courier_is_announced_for_a_dossier_that_is_fetched_already(telling: Telling, sms: Provider) -> None:
    key = fetched(telling.scene)
    telling.window = (NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    telling.scene.take_out([])
    prove(telling.scene, collection_of(key, NOW + timedelta(minutes=2)), NOW + timedelta(minutes=2))
    telling.tell(timedelta(minutes=6))
    assert sms.kinds == ["collected"]


def test_one_that_could_not_be_fetched_is_told_apart_from_what_could_not_be_brought(
    telling: Telling, sms: Provider
) -> None:
    key, [brought] = fetched(telling.scene), telling.scene.out(1, address=HOME)
    telling.at = NOW + timedelta(hours=1)
    for one in (key, brought):
        prove(telling.scene, failure(one), telling.at)
    telling.tell(timedelta(minutes=4))
    fetch, bring = (telling.scene.item(one).dossier_codes[0] for one in (key, brought))
    failed = [said for said, kind in zip(sms.texts, sms.kinds, strict=True) if kind == "failed"]
    assert sorted(said.partition("https")[0] for said in failed) == [
        f"Bưu điện: Chưa nhận được hồ sơ {fetch} tại nhà. Bưu tá đến lại ngày 21/11. ",
        f"Bưu điện: Chưa phát được hồ sơ {bring}. Phát lại ngày 21/11. ",
    ]

"""What citizens are told, once, by the first channel that takes it; on a real database with a real provider."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.tracking.notification_scene import CONTACT_KEY, PHONE, Provider, Say, Telling, prove, providing
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, Scene, delivery, failure
from tracking import service
from tracking import store_notification_desk as desk_store
from tracking.model import NextAction
from tracking.notifications import contacts, desk
from tracking.notifications.dispatch import dispatch
from tracking.notifications.values import Kind, State

pytestmark = pytest.mark.db
HOME = "Số 5 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"


def test_a_day_is_told_step_by_step(telling: Telling, sms: Provider) -> None:
    telling.policy(channels=("sms",), ready_when="announced")
    [item] = telling.scene.ready(1, state_fee_vnd=20_000, postage_vnd=6_000)
    telling.tell()
    telling.scene.plan([item])
    telling.scene.take_out([item], now=telling.at)
    telling.window = (NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    telling.tell(timedelta(minutes=4))
    at = telling.at
    prove(telling.scene, replace(delivery(item), occurred_at=at, money_vnd=26_000), at)
    telling.tell(timedelta(minutes=4))
    code, track = telling.scene.item(item).dossier_codes[0], telling.scene.item(item).tracking_code.replace("-", "")
    assert sms.kinds == ["ready", "coming", "delivered"]
    ready, coming, delivered = sms.texts
    assert f"Kết quả hồ sơ {code} đã đến bưu điện" in ready
    assert f"Bưu tá đến 09:00-10:00 hôm nay phát kết quả hồ sơ {code}. Thu 26.000đ." in coming
    assert f"Đã phát kết quả hồ sơ {code} lúc 08:24 20/11." in delivered
    for one in sms.texts:
        assert f"https://buuta.example.vn/t/{track}" in one
        assert "Ngọc" not in one
        assert PHONE not in one
    assert {body["to"] for body in sms.bodies} == {PHONE}
    assert sms.headers[0]["authorization"] == "Bearer s3cret"
    assert telling.messages() == [("ready", "sent", None), ("coming", "sent", None), ("delivered", "sent", None)]


def test_nothing_is_decided_where_nothing_is_told(scene: Scene) -> None:
    telling = Telling(scene)
    scene.out(2)
    telling.policy(active=False)
    scene.out(2)
    assert telling.decisions() == 0


def test_a_paper_is_ready_when_the_post_has_it_unless_the_province_says_otherwise(
    telling: Telling, sms: Provider
) -> None:
    telling.scene.ready(1)
    telling.tell()
    assert sms.texts == []
    telling.policy(channels=("sms",), ready_when="announced")
    telling.scene.ready(1)
    telling.tell()
    assert sms.kinds == ["ready"]


def test_an_event_that_does_not_stand_tells_nothing(telling: Telling, sms: Provider) -> None:
    items = telling.scene.planned(1)
    scope, courier = telling.scene.courier_scope(), telling.scene.couriers[0].id
    with Session(telling.scene.database.engine) as session:
        service.take_out(session, scope=scope, courier_id=courier, item_ids=items, now=NOW)
        assert session.scalar(text("SELECT count(*) FROM notification_items")) == 1
        session.rollback()
    assert telling.decisions() == 0
    telling.tell()
    assert sms.texts == []


def test_several_results_of_one_household_are_one_message_and_of_two_people_two(
    telling: Telling, sms: Provider
) -> None:
    telling.scene.out(3, address=HOME)
    telling.scene.out(1, address=HOME, addressee=replace(telling.scene.row().addressee, phone="0987000111"))
    telling.tell(timedelta(minutes=4))
    assert sorted(body["to"] for body in sms.bodies) == [PHONE, "0987000111"]
    three = next(body["text"] for body in sms.bodies if body["to"] == PHONE)
    assert "và 2 hồ sơ khác" in three


def test_a_household_is_told_together_though_its_papers_lie_in_two_batches(
    telling: Telling, sms: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracking.notifications.dispatch.BATCH", 2)
    telling.scene.out(5, address=HOME)
    telling.tell(timedelta(minutes=4))
    [told] = sms.texts
    assert "và 4 hồ sơ khác" in told


def test_a_household_is_told_together_though_its_proofs_come_one_by_one(telling: Telling, sms: Provider) -> None:
    one, two = telling.scene.out(2, address=HOME)
    telling.tell(timedelta(minutes=4))
    at = NOW + timedelta(hours=1)
    prove(telling.scene, delivery(one), at)
    telling.at = at + timedelta(minutes=1)
    dispatch(telling.port, PROVINCE)
    assert sms.kinds == ["coming"]
    prove(telling.scene, delivery(two), telling.at)
    telling.tell(timedelta(minutes=3))
    assert sms.kinds == ["coming", "delivered"]
    assert "và 1 hồ sơ khác" in sms.texts[1]


def test_what_happens_again_in_the_same_round_is_not_told_again(telling: Telling, sms: Provider) -> None:
    items = telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    telling.scene.hand_back(items, now=telling.at)
    telling.scene.plan(items, now=telling.at)
    telling.scene.take_out(items, now=telling.at)
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == ["coming"]
    # The same proof uploaded twice is one event.
    proof = failure(items[0])
    for _ in range(2):
        prove(telling.scene, proof, NOW + timedelta(hours=1))
    telling.at = NOW + timedelta(hours=1)
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == ["coming", "failed"]
    # After the attempt it comes once more on the same day: that is news.
    telling.scene.hand_back(items, now=telling.at)
    telling.scene.plan(items, now=telling.at)
    telling.scene.take_out(items, now=telling.at)
    telling.tell(timedelta(minutes=4))
    assert sms.kinds == ["coming", "failed", "coming"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Phát lại ngày 21/11."),
        ({"action": NextAction.HOLD, "redelivery_on": None}, "Đang giữ tại Bưu cục Sài Gòn, mời đến nhận."),
        ({"action": NextAction.RETURN, "redelivery_on": None, "reason": "refused"}, "Đang chuyển trả cơ quan cấp."),
    ],
)
def test_a_failed_attempt_tells_what_is_next(
    telling: Telling, sms: Provider, changes: dict[str, Any], said: str
) -> None:
    [item] = telling.scene.out(1)
    prove(telling.scene, failure(item, **changes), NOW + timedelta(hours=1))
    telling.at = NOW + timedelta(hours=1)
    telling.tell(timedelta(minutes=4))
    [failed] = [body["text"] for body in sms.bodies if body["kind"] == "failed"]
    assert said in failed
    assert ("coming", "dropped", "old") in telling.messages()


def test_old_news_is_not_sent(telling: Telling, sms: Provider) -> None:
    [item] = telling.scene.out(1)
    prove(telling.scene, delivery(item), NOW + timedelta(hours=1))
    telling.at = NOW + timedelta(hours=30)
    dispatch(telling.port, PROVINCE)
    assert sms.texts == []
    assert [state for _, state, _ in telling.messages()] == ["dropped", "dropped"]


def test_the_window_that_is_over_is_not_told(telling: Telling, sms: Provider) -> None:
    telling.scene.out(1)
    telling.window = (NOW, NOW + timedelta(minutes=10))
    telling.tell(timedelta(minutes=11))
    assert telling.messages() == [("coming", "dropped", "old")]
    assert sms.texts == []


def test_at_night_messages_wait_and_are_dropped_when_they_grow_old(telling: Telling, sms: Provider) -> None:
    evening = NOW + timedelta(hours=13, minutes=30)  # 21:30
    coming, done = telling.scene.out(2)
    prove(telling.scene, replace(delivery(done), occurred_at=evening - timedelta(hours=1)), evening)
    telling.at = evening
    telling.tell(timedelta(minutes=30))
    assert sms.texts == []
    telling.at = NOW + timedelta(hours=23)  # 07:00
    dispatch(telling.port, PROVINCE)
    assert sms.kinds == ["delivered"]
    assert ("coming", "dropped", "old") in telling.messages()
    assert telling.scene.item(coming).status == "out"


def test_a_day_has_its_limit_and_the_rest_waits_for_the_next(telling: Telling, sms: Provider) -> None:
    telling.policy(channels=("sms",), ready_when="announced", daily_limit=2)
    for number in range(4):
        telling.scene.ready(1, address=f"{number + 70} Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh")
        telling.tell()
    assert len(sms.texts) == 2
    telling.at = NOW + timedelta(hours=23)  # 07:00 of the next day
    dispatch(telling.port, PROVINCE)
    assert len(sms.texts) == 4


def test_who_wants_none_gets_none_at_once_and_may_want_them_again(telling: Telling, sms: Provider) -> None:
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    token = sms.texts[0].rpartition("/n/")[2]
    # Decided, formed and held up: what waits already is honoured too.
    sms.plan = lambda _nth: Say(answer='{"CodeResult": "118"}')
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    with telling.scene.database.transaction() as session:
        contacts.consent_by_link(session, token, out=True, now=telling.at)
    sms.plan = lambda _nth: Say()
    telling.tell(timedelta(minutes=4))
    assert telling.messages()[1:] == [("coming", "dropped", "opted_out")]
    assert len(sms.texts) == 2
    with telling.scene.database.transaction() as session:
        contacts.consent_at_office(
            session, scope=SYSTEM, key=CONTACT_KEY, typed="+84 912 345 678", out=False, now=telling.at
        )
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    assert len(sms.texts) == 3


def test_a_link_of_nobody_and_a_contact_that_is_none_are_refused(scene: Scene) -> None:
    with scene.database.transaction() as session:
        with pytest.raises(Exception, match="T5505"):
            contacts.consent_by_link(session, "nobodys", out=True, now=NOW)
        with pytest.raises(Exception, match="T5504"):
            contacts.consent_at_office(session, scope=SYSTEM, key=CONTACT_KEY, typed="12", out=True, now=NOW)


def test_one_that_refuses_is_followed_by_the_next_and_one_in_doubt_by_none(scene: Scene, sms: Provider) -> None:
    telling = Telling(scene)
    with providing() as zalo:
        telling.channel("zalo", url=zalo.url)
        telling.channel("sms", url=sms.url)
        telling.policy(channels=("zalo", "sms"))
        zalo.plan = lambda _nth: Say(answer='{"CodeResult": "-124"}')
        scene.out(1)
        telling.tell(timedelta(minutes=4))
        assert (len(zalo.bodies), len(sms.bodies)) == (1, 1)
        assert telling.messages() == [("coming", "sent", None)]
        zalo.plan = lambda _nth: Say(cut=True)
        scene.out(1)
        telling.tell(timedelta(minutes=4))
        for _ in range(3):
            telling.tell(timedelta(hours=1))
        assert (len(zalo.bodies), len(sms.bodies)) == (2, 1)
        assert telling.messages()[1] == ("coming", "unsure", None)


def test_one_that_knows_repetitions_is_asked_again_with_the_same_id(scene: Scene, sms: Provider) -> None:
    telling = Telling(scene)
    telling.channel("sms", url=sms.url, knows_repetitions=True)
    telling.policy(channels=("sms",))
    sms.plan = lambda nth: Say(cut=True) if nth == 0 else Say()
    scene.out(1)
    telling.tell(timedelta(minutes=4))
    telling.tell(timedelta(minutes=2))
    assert len(sms.bodies) == 2
    assert len({body["id"] for body in sms.bodies}) == 1
    assert telling.messages() == [("coming", "sent", None)]


def test_what_nobody_takes_is_dead_and_can_be_tried_again(telling: Telling, sms: Provider) -> None:
    sms.plan = lambda _nth: Say(status=400, answer="no")
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    telling.tell()
    assert len(sms.bodies) == 1
    with telling.scene.database.reading() as session:
        [dead] = desk.list_messages(session, scope=SYSTEM, states=[State.DEAD])
        [count] = desk.count(session, scope=SYSTEM, start=NOW, end=NOW + timedelta(days=1))
    assert (dead.error, dead.refused_by, count.messages, count.kind) == ("HTTP 400", ("sms",), 1, Kind.COMING)
    sms.plan = lambda _nth: Say()
    with telling.scene.database.transaction() as session:
        desk.try_again(session, scope=SYSTEM, message_id=dead.id, now=telling.at)
    telling.tell()
    assert telling.messages() == [("coming", "sent", None)]
    with pytest.raises(Exception, match="T5506"), telling.scene.database.transaction() as session:
        desk.try_again(session, scope=SYSTEM, message_id=dead.id, now=telling.at)


def test_one_that_is_down_gets_few_tries_and_the_message_keeps(telling: Telling, sms: Provider) -> None:
    sms.plan = lambda _nth: Say(status=503)
    telling.scene.out(30, addressee=telling.scene.row().addressee)
    telling.policy(channels=("sms",), daily_limit=50)
    telling.tell(timedelta(minutes=4))
    assert len(sms.bodies) <= 8 + 6
    assert {state for _, state, _ in telling.messages()} == {"pending"}


def test_an_office_may_have_its_own_channels(telling: Telling, sms: Provider) -> None:
    with providing() as own:
        telling.channel("own", url=own.url)
        with telling.scene.database.transaction() as session:
            desk.save_office(session, scope=SYSTEM, office_id=telling.scene.office.id, channels=["own"])
        telling.scene.out(1)
        telling.tell(timedelta(minutes=4))
        assert (len(own.bodies), len(sms.bodies)) == (1, 0)


def test_texts_and_addresses_are_dropped_in_time(telling: Telling) -> None:
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    for days, left in ((29, 1), (31, 0)):
        with telling.scene.database.transaction() as session:
            desk_store.forget(session, now=NOW + timedelta(days=days))
            kept = session.scalar(text("SELECT count(*) FROM notifications WHERE address IS NOT NULL"))
        assert kept == left


def test_nobody_stands_in_a_table_but_where_it_is_dropped_in_time(telling: Telling) -> None:
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    with telling.scene.database.transaction() as session:
        desk_store.forget(session, now=NOW + timedelta(days=31))
        tables = ("notifications", "notification_items", "notification_contacts")
        rows = [str(row) for table in tables for row in session.execute(text(f"TABLE {table}"))]
    assert rows
    assert not any(PHONE in row or "Ngọc" in row for row in rows)


def test_short_messages_without_marks_are_a_setting(telling: Telling, sms: Provider) -> None:
    telling.policy(channels=("sms",), accents=False)
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    assert sms.texts[0].isascii()
    telling.policy(channels=("sms",), language="en")
    telling.scene.out(1)
    telling.tell(timedelta(minutes=4))
    assert "The courier comes" in sms.texts[1]


def test_what_cannot_work_is_refused_all_at_once(scene: Scene) -> None:
    telling = Telling(scene)
    with pytest.raises(Exception, match="T5501") as refused:
        telling.channel("sms", url="http://127.0.0.1/{address}", body={"x": "{nobody}"}, body_form="xml")
    assert {one.pointer for one in refused.value.problems} == {"url", "body", "body_form"}  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="T5501") as refused:
        telling.channel("mail", kind="smtp", host="a b", port=0, security="maybe", sender="nobody", ca="x")
    assert len(refused.value.problems) == 5  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="T5502"):
        telling.policy(channels=("nothing",))
    telling.channel("sms", url="http://127.0.0.1:1/")
    telling.policy(channels=("sms",), quiet_from=time(0), quiet_until=time(0))
    with pytest.raises(Exception, match="T5503"), scene.database.transaction() as session:
        desk.forget_channel(session, scope=SYSTEM, name="sms")

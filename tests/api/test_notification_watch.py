"""What the page of notifications asks for: days, papers, how channels do, tests of them; each by its right."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.runtime import WebOptions
from core.db import Database
from tests.api.house import House, build_house
from tests.api.test_notifications import PUBLIC, send, told
from tests.tracking.notification_scene import PHONE, SMS, Say, providing
from tests.tracking.office_scene import TODAY
from tracking.model import Person


@pytest.fixture
def near(database: Database, tmp_path: Path) -> House:
    """A server that may call this machine."""
    return build_house(database, tmp_path, lambda: WebOptions(data_dir=tmp_path, allow_private_webhooks=True))


def test_days_are_counted_one_by_one_with_papers_of_nobody(house: House) -> None:
    with providing() as sms:
        telling = told(house, sms.url)
        send(house, telling)
        house.scene.out(2)
        telling.policy(active=False)
        send(house, telling)
    manager = house.person("manager")
    days = {"day": TODAY.isoformat(), "until": (TODAY + timedelta(days=1)).isoformat()}
    counted = manager.get("/v1/notifications/counts", params=days).json()["counts"]
    found = {(one["day"], one["kind"], one["state"], one["reason"]): one["messages"] for one in counted}
    first = TODAY.isoformat()
    assert found == {(first, "coming", "sent", None): 1, (first, "coming", "dropped", "off"): 2}
    alone = manager.get("/v1/notifications/counts", params={"day": first}).json()["counts"]
    assert alone == [one for one in counted if one["day"] == first]
    later = {"day": (TODAY + timedelta(days=1)).isoformat(), "until": "2027-11-20"}
    assert manager.get("/v1/notifications/counts", params=later).json() == {"counts": []}
    nothing = house.person("dispatcher2").get("/v1/notifications/counts", params=days).json()
    assert nothing == {"counts": []}


def test_of_a_paper_it_is_found_what_was_told_when_and_by_which_channel(house: House) -> None:
    with providing() as sms:
        telling = told(house, sms.url)
        send(house, telling)
        [sent_of] = re.findall(r"hồ sơ (\S+)\.", sms.texts[0])
        [item_id] = house.scene.out(1)
        waiting = house.scene.item(item_id).dossier_codes[0]
        here, manager = house.person("dispatcher"), house.person("manager")
    for person in (here, manager):
        [paper] = person.post("/v1/notifications:search", json={"q": sent_of}).json()["items"]
        [entry] = [one for one in paper["told"] if one["kind"] == "coming"]
        assert (entry["message"]["state"], entry["message"]["channel"]) == ("sent", "sms")
        assert entry["message"]["dossier_codes"] == [sent_of]
        assert entry["message"]["settled_at"] is not None
        [other] = person.post("/v1/notifications:search", json={"q": waiting}).json()["items"]
        assert [one["message"] for one in other["told"] if one["kind"] == "coming"] == [None]
    # Who sees people unmasked finds their papers by phone; a manager must not find out a phone by trying.
    assert here.post("/v1/notifications:search", json={"q": PHONE}).json()["total"] == 2
    assert manager.post("/v1/notifications:search", json={"q": PHONE}).json() == {"items": [], "total": 0}
    assert house.person("dispatcher2").post("/v1/notifications:search", json={"q": sent_of}).json()["total"] == 0
    assert PHONE not in here.post("/v1/notifications:search", json={"q": PHONE}).text


@pytest.mark.parametrize("login", ["courier", "agency"])
def test_it_is_the_staffs_alone(house: House, login: str) -> None:
    person = house.person(login)
    assert person.post("/v1/notifications:search", json={"q": "H29.16"}).status_code == 403
    assert person.get("/v1/notifications/standing").status_code == 403


def test_several_states_come_in_one_list(house: House) -> None:
    with providing() as sms:
        sms.plan = lambda nth: Say(status=(400, 500)[nth])
        telling = told(house, sms.url)
        house.scene.out(1, addressee=Person(name="Lê Văn B", phone="0987654321"))
        send(house, telling)
        send(house, telling)
    listed = house.person("dispatcher").get("/v1/notifications", params={"state": ["dead", "unsure"]}).json()
    assert {one["state"] for one in listed["notifications"]} == {"dead", "unsure"}
    assert all(len(one["dossier_codes"]) == 1 for one in listed["notifications"])


def test_channels_are_switched_and_their_standing_is_told_without_their_settings(house: House) -> None:
    admin, manager = house.person("admin"), house.person("manager")
    with providing() as sms:
        telling = told(house, sms.url)
        send(house, telling)
        assert admin.post("/v1/notifications/channels/sms/disable").status_code == 204
        standing = manager.get("/v1/notifications/standing").json()
        [channel] = standing["channels"]
        assert (channel["name"], channel["kind"], channel["active"]) == ("sms", "http", False)
        assert channel["last_sent_at"] is not None
        assert (standing["waiting"], standing["opted_out"]) == (0, 0)
        assert sms.url not in manager.get("/v1/notifications/standing").text
        house.scene.out(1)
        assert manager.get("/v1/notifications/standing").json()["waiting"] == 1
        send(house, telling)
        assert telling.messages()[-1] == ("coming", "dropped", "no_channel")
        assert admin.post("/v1/notifications/channels/sms/enable").status_code == 204
        house.scene.out(1)
        send(house, telling)
        assert len(sms.texts) == 2
    admin.post("/v1/notifications/consent", json={"contact": PHONE, "opted_out": True})
    assert manager.get("/v1/notifications/standing").json()["opted_out"] == 1
    assert admin.post("/v1/notifications/channels/zalo/enable").json()["code"] == "C1000"
    for person in (manager, house.person("dispatcher")):
        assert person.post("/v1/notifications/channels/sms/disable").status_code == 403
        assert person.post("/v1/notifications/channels/sms/test", json={"contact": PHONE}).status_code == 403


def test_a_test_message_goes_at_once_and_leaves_nothing(near: House) -> None:
    admin = near.person("admin")

    def tried(contact: str = "0912 345 678") -> dict[str, Any]:
        answer: dict[str, Any] = admin.post("/v1/notifications/channels/sms/test", json={"contact": contact}).json()
        return answer

    with providing() as sms:
        config = SMS | {"url": sms.url}
        made = admin.put(
            "/v1/notifications/channels/sms",
            json={"kind": "http", "secret": "s3cret", "config": config, "active": False},
        )
        assert made.status_code == 200, made.text
        assert (tried()["result"], sms.bodies[0]["to"]) == ("sent", PHONE)
        assert sms.texts[0].startswith("[Thử] ")
        assert sms.headers[0]["authorization"] == "Bearer s3cret"
        # Its link to stop is true: it stops messages of who tries.
        path = "/n/" + sms.texts[0].rpartition("/n/")[2]
        meanwhile, told = near.person("admin"), []
        test = "/v1/notifications/channels/sms/test"

        def ask_again() -> None:
            told.append(meanwhile.post(test, json={"contact": PHONE}).json()["code"])

        sms.plan = lambda _nth: Say(status=400, before=ask_again)
        failed = tried()
        assert (failed["result"], failed["error"], told) == ("refused", "HTTP 400", ["T5009"])
        assert tried("ngoc@example.vn")["code"] == "T5504"
        near.stranger().post(path, data={"List-Unsubscribe": "One-Click"})
        assert tried()["code"] == "T5508"
        assert len(sms.texts) == 2
    assert admin.post("/v1/notifications/channels/zalo/test", json={"contact": PHONE}).json()["code"] == "C1000"
    with near.runtime.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM notifications")) == 0


def test_the_public_address_is_still_checked(house: House) -> None:
    admin = house.person("admin")
    admin.put("/v1/notifications/channels/sms", json=PUBLIC)
    with house.runtime.database.transaction() as session:
        session.execute(text('UPDATE notification_channels SET config = config || \'{"url": "http://127.0.0.1:9/"}\''))
    answer = admin.post("/v1/notifications/channels/sms/test", json={"contact": PHONE}).json()
    assert (answer["result"], answer["error"]) == ("later", "T5001")

"""Notifications by HTTP: who may set and see what, the link in a message, the page's figures."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.api.house import House
from tests.tracking.notification_scene import SMS, Say, Telling, providing
from tests.tracking.office_scene import NOW, PROVINCE
from tracking.notifications.claiming import Port
from tracking.notifications.dispatch import dispatch
from tracking.notifications.samples import samples
from tracking.notifications.segments import segments_of

PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text(encoding="utf-8")
PUBLIC = {"kind": "http", "secret": "s3cret", "config": SMS | {"url": "https://sms.example.vn/send"}}


def test_an_administrator_sets_it_and_nobody_reads_the_secret(house: House) -> None:
    admin = house.person("admin")
    refused = admin.put("/v1/notifications/policy", json={"active": True, "channels": ["sms"]})
    assert refused.json()["code"] == "T5502"
    made = admin.put("/v1/notifications/channels/sms", json=PUBLIC)
    assert made.json()["has_secret"]
    assert "s3cret" not in made.text + admin.get("/v1/notifications/channels").text
    # Set again without a secret, it keeps the one it has.
    again = admin.put("/v1/notifications/channels/sms", json={"kind": "http", "config": PUBLIC["config"]})
    assert again.json()["has_secret"]
    policy = admin.put("/v1/notifications/policy", json={"active": True, "channels": ["sms"], "quiet_from": "20:00"})
    assert policy.json()["quiet_from"] == "20:00:00"
    office = house.scene.office.id
    own = admin.put(f"/v1/notifications/offices/{office}", json={"channels": ["sms"]})
    assert own.json()["offices"] == [{"office_id": str(office), "channels": ["sms"]}]
    assert admin.delete("/v1/notifications/channels/sms").json()["code"] == "T5503"
    admin.put(f"/v1/notifications/offices/{office}", json={"channels": None})
    admin.put("/v1/notifications/policy", json={"active": False})
    assert admin.delete("/v1/notifications/channels/sms").status_code == 204


def test_a_secret_is_taken_away_for_good_and_the_channel_stays(house: House) -> None:
    admin, path = house.person("admin"), "/v1/notifications/channels/sms/secret"
    assert admin.delete(path).json()["code"] == "C1000"
    admin.put("/v1/notifications/channels/sms", json=PUBLIC)
    assert house.person("dispatcher").delete(path).status_code == 403
    assert [admin.delete(path).status_code for _ in range(2)] == [204, 204]
    [left] = admin.get("/v1/notifications/channels").json()["channels"]
    assert (left["name"], left["has_secret"], left["config"]) == ("sms", False, PUBLIC["config"])
    again = admin.put("/v1/notifications/channels/sms", json={"kind": "http", "config": PUBLIC["config"]})
    assert not again.json()["has_secret"]


@pytest.mark.parametrize("login", ["dispatcher", "manager", "courier", "agency"])
def test_nobody_else_sets_it(house: House, login: str) -> None:
    person = house.person(login)
    assert person.put("/v1/notifications/policy", json={"active": True}).status_code == 403
    assert person.put("/v1/notifications/channels/sms", json=PUBLIC).status_code == 403
    assert person.get("/v1/notifications/channels").status_code == 403


def test_what_is_wrong_with_a_channel_is_told_all_at_once(house: House) -> None:
    private = PUBLIC | {"config": {"url": "http://127.0.0.1/", "body": {"a": "{b}"}, "phone_form": "9"}}
    answer = house.person("admin").put("/v1/notifications/channels/sms", json=private).json()
    assert {error["code"] for error in answer["errors"]} == {"T5001", "T5501"}
    assert len(answer["errors"]) == 4


def told(house: House, url: str) -> Telling:
    """A paper in a courier's hands of which somebody was told."""
    telling = Telling(house.scene)
    telling.channel("sms", url=url)
    telling.policy(channels=("sms",))
    house.scene.out(1)
    return telling


def send(house: House, telling: Telling) -> None:
    """The sender runs, with the server's own key of people."""
    telling.at += timedelta(minutes=4)
    house.clock.shows = telling.at
    port: Port = telling.port
    values = {name: getattr(port, name) for name in Port.__dataclass_fields__}
    dispatch(Port(**values | {"contact_key": house.runtime.identity_key}), PROVINCE)


def test_by_the_link_messages_stop_and_come_again(house: House) -> None:
    with providing() as sms:
        telling = told(house, sms.url)
        send(house, telling)
        path = "/n/" + sms.texts[0].rpartition("/n/")[2]
        citizen = house.stranger()
        # A program that looks at links changes nothing.
        assert "Dừng nhận tin" in citizen.get(path).text
        assert "Stop messages" in citizen.get(f"{path}?lang=en").text
        # As a mail program does it (RFC 8058).
        stopped = citizen.post(path, data={"List-Unsubscribe": "One-Click"})
        assert "không nhận tin nữa" in stopped.text
        house.scene.out(1)
        send(house, telling)
        assert len(sms.texts) == 1
        assert "đang nhận tin" in citizen.post(path, data={"again": "1"}).text
        house.scene.out(1)
        send(house, telling)
        assert len(sms.texts) == 2
        office = house.person("dispatcher")
        said = office.post("/v1/notifications/consent", json={"contact": "0912 345 678", "opted_out": True})
        assert said.json() == {"opted_out": True}
        assert "không nhận tin nữa" in citizen.get(path).text
        with house.runtime.database.reading() as session:
            [(by, hashed)] = session.execute(text("SELECT opted_out_by, contact_hash FROM notification_contacts")).all()
        assert by.startswith("user:")
        assert re.fullmatch(r"[0-9a-f]{64}", hashed)


def test_a_link_of_nobody_and_a_contact_that_is_none(house: House) -> None:
    answer = house.stranger().get("/n/nobodys")
    assert answer.status_code == 404
    assert "T5505" in answer.text
    wrong = house.person("dispatcher").post("/v1/notifications/consent", json={"contact": "12x", "opted_out": True})
    assert wrong.json()["code"] == "T5504"


def test_an_office_sees_its_own_counts_and_dead_letters(house: House) -> None:
    with providing() as sms:
        sms.plan = lambda _nth: Say(status=400)
        telling = told(house, sms.url)
        send(house, telling)
    here, there = house.person("dispatcher"), house.person("dispatcher2")
    [count] = here.get("/v1/notifications/counts").json()["counts"]
    assert (count["kind"], count["channel"], count["messages"]) == ("coming", "sms", 1)
    assert there.get("/v1/notifications/counts").json()["counts"] == []
    send(house, telling)
    [dead] = here.get("/v1/notifications").json()["notifications"]
    assert (dead["state"], dead["error"], dead["refused_by"]) == ("dead", "HTTP 400", ["sms"])
    assert "0912345678" not in here.get("/v1/notifications").text
    assert there.get("/v1/notifications").json()["notifications"] == []
    assert there.post(f"/v1/notifications/{dead['id']}/retry").status_code == 404
    assert here.post(f"/v1/notifications/{dead['id']}/retry").status_code == 204
    assert here.post(f"/v1/notifications/{dead['id']}/retry").json()["code"] == "T5506"
    assert telling.at > NOW


def test_the_samples_and_the_page_tell_the_same_sizes(house: House) -> None:
    listed = house.person("manager").get("/v1/notifications/samples").json()["samples"]
    assert len(listed) == 21
    sizes: dict[str, list[str]] = {}
    for kind, _, _, words in samples():
        sizes.setdefault(kind.value, []).append(str(segments_of(words).parts))
    table = PAGE.partition("<!-- samples -->")[2].partition("<!-- /samples -->")[0]
    rows = dict(re.findall(r"\| `(\w+)` \| (.+) \|", table))
    assert {kind: parts.split(" | ") for kind, parts in rows.items()} == sizes

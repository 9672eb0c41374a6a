"""The counter through the door: lists, codes, differences, transfers, ends of rounds, and who may do what."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from core.ids import new_id
from tests.api.house import House


def desk(house: House, kind: str, party: UUID) -> dict[str, Any]:
    return {"kind": kind, "office_id": str(house.scene.office.id), "party_id": str(party)}


def test_a_list_is_scanned_and_handed_over_once(house: House) -> None:
    scene = house.scene
    keys = [str(key) for key in scene.planned(2)]
    dispatcher, here = house.person("dispatcher"), desk(house, "take_out", scene.couriers[0].id)
    listed = dispatcher.get("/v1/handovers/list", params=here).json()["items"]
    assert {one["id"] for one in listed} == set(keys)
    found = dispatcher.post("/v1/handovers:find", json=here | {"code": listed[0]["item_code"]})
    assert found.json()["id"] == listed[0]["id"]
    unknown = dispatcher.post("/v1/handovers:find", json=here | {"code": "RA000000019VN"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "T2402")
    act = here | {"item_ids": keys, "missing": [keys[1]], "seal": "A-1"}
    differs = dispatcher.post("/v1/handovers", json=act)
    assert (differs.status_code, differs.json()["code"]) == (409, "T2007")
    confirmed = act | {"confirmed": True}
    once = {"Idempotency-Key": "ho-1"}
    done = dispatcher.post("/v1/handovers", json=confirmed, headers=once)
    assert done.status_code == 200, done.text
    again = dispatcher.post("/v1/handovers", json=confirmed, headers=once)
    assert again.json() == done.json()
    assert (done.json()["counted"], done.json()["listed"], done.json()["item_ids"]) == (1, 2, [keys[0]])
    [incident] = dispatcher.get("/v1/incidents").json()["incidents"]
    assert incident["id"] == done.json()["incident_id"]
    assert incident["missing"] == [keys[1]]
    assert incident["courier_name"] == "Trần Văn An"
    assert house.person("dispatcher2").get("/v1/incidents").json() == {"incidents": []}
    [kept] = dispatcher.get("/v1/handovers", params={"office_id": here["office_id"]}).json()["handovers"]
    assert kept == done.json()
    path = f"/v1/incidents/{incident['id']}:decide"
    assert house.person("courier").post(path, json={"state": "closed", "explanation": "x"}).status_code == 403
    closed = dispatcher.post(path, json={"state": "closed", "explanation": "Tìm thấy trong tủ"})
    assert (closed.json()["state"], closed.json()["explanation"]) == ("closed", "Tìm thấy trong tủ")
    assert len(dispatcher.get("/v1/incidents", params={"closed": True}).json()["incidents"]) == 1


def test_the_seal_of_a_bag_is_asked_again_and_told_only_afterwards(house: House) -> None:
    scene = house.scene
    (key,) = scene.ready()
    here, there = str(scene.office.id), str(scene.other_office.id)
    admin = house.person("admin")
    list_ = {"item_ids": [str(key)]}
    received = list_ | {"kind": "from_agency", "office_id": there, "party_id": str(scene.agency.id)}
    assert admin.post("/v1/handovers", json=received).status_code == 200
    bag = list_ | {"kind": "bag", "office_id": there, "party_id": here}
    assert admin.post("/v1/handovers", json=bag).json()["code"] == "T2408"
    assert admin.post("/v1/handovers", json=bag | {"seal": "NP-0417"}).json()["seal"] == "NP-0417"
    detail, listed = f"/v1/items/{key}", {"office_id": there}
    assert "NP-0417" not in admin.get(detail).text + admin.get("/v1/handovers", params=listed).text
    opened = list_ | {"kind": "arrive", "office_id": here, "party_id": there, "seal": "NP-0471"}
    differs = admin.post("/v1/handovers", json=opened)
    assert (differs.status_code, differs.json()["code"]) == (409, "T2407")
    assert "NP-0417" not in differs.text
    done = admin.post("/v1/handovers", json=opened | {"confirmed": True})
    assert done.json()["item_ids"] == [str(key)], done.text
    [incident] = admin.get("/v1/incidents").json()["incidents"]
    assert (incident["id"], incident["kind"]) == (done.json()["incident_id"], "seal_differs")
    assert (incident["seal_expected"], incident["seal_found"]) == ("NP-0417", "NP-0471")
    assert "NP-0417" in admin.get(detail).text


def test_a_transfer_is_asked_on_one_phone_and_approved_at_the_desk(house: House) -> None:
    scene = house.scene
    (key,) = scene.out()
    courier = house.person("courier")
    [peer] = courier.get("/v1/courier/colleagues").json()["couriers"]
    assert peer == {"id": str(scene.couriers[1].id), "name": "Lê Thị Bình"}
    path = f"/v1/transfers/{new_id()}"
    wish = {"from_courier_id": str(scene.couriers[0].id), "to_courier_id": peer["id"], "item_ids": [str(key)]}
    asked = courier.put(path, json=wish)
    assert asked.json()["state"] == "asked", asked.text
    assert courier.put(path, json=wish).json() == asked.json()
    assert (asked.json()["to_name"], asked.json()["asked_by_me"]) == ("Lê Thị Bình", True)
    assert courier.post(f"{path}:decide", json={"state": "approved"}).json()["code"] == "T2421"
    [waiting] = house.person("dispatcher").get("/v1/transfers").json()["transfers"]
    assert (waiting["from_name"], waiting["asked_by_me"]) == ("Trần Văn An", False)
    assert house.person("dispatcher2").get("/v1/transfers").json() == {"transfers": []}
    approved = house.person("dispatcher").post(f"{path}:decide", json={"state": "approved"})
    assert approved.json()["state"] == "approved", approved.text
    assert scene.item(key).holder_courier_id == scene.couriers[1].id


def test_a_round_is_balanced_on_the_phone_and_closed_at_the_counter(house: House) -> None:
    scene = house.scene
    (key,) = scene.out()
    mine = f"/v1/couriers/{scene.couriers[0].id}/round"
    balance = house.person("courier").get(mine).json()
    assert ([one["id"] for one in balance["items"]], balance["cash_due_vnd"]) == ([str(key)], 0)
    assert house.person("courier2").get(mine).status_code == 404
    counted = {"item_ids": [str(key)], "papers_counted": 1, "cash_counted_vnd": 5000}
    own = house.person("courier").post(f"{mine}:close", json=counted | {"confirmed": True})
    assert (own.status_code, own.json()["code"]) == (403, "A1004"), "nobody books his own cash as handed in"
    days = house.person("dispatcher").get("/v1/money/couriers").json()["days"]
    assert not any(day["settlements"] for day in days)
    differs = house.person("dispatcher").post(f"{mine}:close", json=counted)
    assert [one["code"] for one in differs.json()["errors"]] == ["T2431", "T2432"]
    closed = house.person("dispatcher").post(f"{mine}:close", json=counted | {"confirmed": True})
    assert closed.status_code == 200, closed.text
    assert len(closed.json()["incident_ids"]) == 2
    assert closed.json()["handover"]["item_ids"] == [str(key)]


def test_what_lies_at_the_office_is_decided_there(house: House) -> None:
    scene = house.scene
    held, forwarded = scene.ready(2)
    dispatcher = house.person("dispatcher")
    assert dispatcher.post(f"/v1/items/{held}:decide", json={"action": "hold"}).json()["status"] == "held"
    invited = dispatcher.post(f"/v1/items/{held}:invite").json()
    assert (invited["invitations"], invited["invited_on"]) == (1, "2026-11-20")
    house.clock.advance(timedelta(days=3))
    house.clients.clear()
    dispatcher = house.person("dispatcher")
    assert dispatcher.post(f"/v1/items/{held}:invite").json()["code"] == "T2410"
    early = dispatcher.post(f"/v1/items/{held}:decide", json={"action": "return"})
    assert (early.status_code, early.json()["code"]) == (409, "T2411")
    sent = dispatcher.post(f"/v1/items/{forwarded}:forward", json={"to_office_id": str(scene.other_office.id)})
    assert (sent.json()["status"], sent.json()["to_office_id"]) == ("forwarded", str(scene.other_office.id))
    assert dispatcher.post(f"/v1/items/{held}:report", json={"what": "lost"}).json()["status"] == "lost"
    assert dispatcher.post(f"/v1/items/{held}:report", json={"what": "found"}).json()["status"] == "held"
    assert dispatcher.post(f"/v1/items/{held}:report", json={"what": "damaged"}).json()["status"] == "held"
    seq = dispatcher.get(f"/v1/items/{held}").json()["item"]["event_seq"]
    noted = dispatcher.post(f"/v1/items/{held}:correct", json={"seq": 1, "what": "wrong_time"})
    assert noted.json()["event_seq"] == seq + 1
    for doing in ("decide", "invite", "forward", "report", "correct"):
        assert house.person("courier").post(f"/v1/items/{held}:{doing}", json={}).status_code in {403, 422}
        assert house.person("manager").post(f"/v1/items/{held}:invite").status_code == 403


def test_every_office_is_known_by_name_to_whoever_sends_bags(house: House) -> None:
    names = house.person("dispatcher").get("/v1/office-names").json()["offices"]
    assert [one["name"] for one in names] == ["Bưu cục Sài Gòn", "Bưu cục Bình Thạnh"]
    assert house.person("agency").get("/v1/office-names").status_code == 403


def test_rules_are_set_by_an_administrator_and_reach_the_phone(house: House) -> None:
    rule = {"procedure": "Cấp giấy chứng nhận quyền sử dụng đất", "identity": True, "otp": "required"}
    assert house.person("dispatcher").put("/v1/procedure-rules", json=rule).status_code == 403
    saved = house.person("admin").put("/v1/procedure-rules", json=rule)
    assert (saved.status_code, saved.json()["otp"]) == (200, "required"), saved.text
    (key,) = house.scene.out()
    today = house.person("courier").get("/v1/courier/today").json()
    assert today["rules"][str(key)]["identity"] is True
    proof = {
        "item_id": str(key),
        "outcome": "delivered",
        "recipient_name": "Nguyễn Thị Bích Ngọc",
        "relation": "self",
        "occurred_at": house.clock().isoformat(),
    }
    asked = house.person("courier").post(f"/v1/proofs/{new_id()}:check", json=proof).json()
    assert [one["code"] for one in asked["problems"]] == ["T2504", "T2506"]
    done = house.person("courier").put(f"/v1/proofs/{new_id()}", json=proof)
    assert {"identity_missing", "otp_missing"} <= set(done.json()["flags"])
    rules = house.person("manager").get("/v1/procedure-rules").json()["rules"]
    assert [one["procedure"] for one in rules] == [rule["procedure"]]
    assert house.person("admin").delete(f"/v1/procedure-rules/{rules[0]['id']}").status_code == 204


def test_a_deed_that_is_sent_twice_is_written_once(house: House) -> None:
    [item_id] = house.scene.ready(1)
    dispatcher, key = house.person("dispatcher"), {"Idempotency-Key": "damaged-1"}
    path = f"/v1/items/{item_id}:report"
    answers = [dispatcher.post(path, json={"what": "damaged"}, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replay"] == "true"
    history = dispatcher.get(f"/v1/items/{item_id}").json()["history"]
    assert [event["kind"] for event in history].count("item_damaged") == 1
    assert dispatcher.post(path, json={"what": "lost"}, headers=key).json()["code"] == "A1110"

"""The order interface of today's dossier systems: spoken as their own client speaks it, over real HTTP."""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import new_id
from tests.api.house import House
from tests.api.serving import listening
from tests.tracking.office_scene import NOW, SYSTEM, delivery, failure
from tracking import service
from tracking.holding import Correction
from tracking.model import Item, NextAction, Status
from tracking.opencps.order import flat, order_of

START = "0" * 24


def order(number: str = "H29.16-261120-0001", **changes: Any) -> dict[str, Any]:
    """An order as the client library of the post writes it: every field, nulls too."""
    return {
        "CustomerCode": "CC01",
        "OrderNumber": number,
        "CODAmount": 0.0,
        "SenderProvince": 70,
        "SenderDistrict": 7000,
        "SenderAddress": "Số 63 Lý Tự Trọng",
        "SenderName": "Sở Nông nghiệp và Môi trường",
        "SenderEmail": None,
        "SenderTel": "02838290000",
        "SenderDesc": "Chuyển phát hồ sơ khách hàng",
        "Description": None,
        "ReceiverName": "Nguyễn Thị Bích Ngọc",
        "ReceiverAddress": "Số 1 Lê Lợi, phường Sài Gòn",
        "ReceiverTel": "0912345678",
        "ReceiverProvince": 70,
        "ReceiverDistrict": 7100,
        "ReceiverEmail": None,
        **changes,
    }


class Client:
    """The other side, as VietOpenCPS speaks: a token by Basic, an order by POST, cancel and tracking by GET."""

    def __init__(self, base: str, key: str) -> None:
        self._http = httpx.Client(base_url=f"{base}/v1/opencps", timeout=60)
        basic = base64.b64encode(f"H29.16:{key}".encode()).decode()
        token = self._http.post(
            "/token", content="grant_type=client_credentials", headers={"Authorization": f"Basic {basic}"}
        ).json()
        self._http.headers["Authorization"] = f"{token['token_type']} {token['access_token']}"

    def post(self, content: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post("/orders", json=content)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def cancel(self, number: str) -> str:
        answer = self._http.get("/orders/cancel", params={"CustomerCode": "CC01", "OrderNumber": number})
        status: str = answer.json()["Status"]
        return status

    def page(self, last_id: str = START, size: int = 50) -> list[dict[str, Any]]:
        answer = self._http.get("/tracking", params={"pagesize": size, "lastId": last_id}).json()
        assert answer["_returned"] == len((answer["_embedded"] or {"rh:doc": []})["rh:doc"])
        return answer["_embedded"]["rh:doc"] if answer["_embedded"] else []

    def find(self, number: str, size: int) -> int | None:
        """Their own way: pages from the start until one names the order, its last word there is the state."""
        last_id = START
        for _ in range(100):
            docs = self.page(last_id, size)
            if not docs:
                return None
            if codes := [doc["StatusCode"] for doc in docs if doc["OrderNumber"] == number]:
                return int(codes[-1])
            last_id = docs[-1]["_id"]["$oid"]
        pytest.fail("their client would read for ever")


@pytest.fixture
def client(house: House) -> Iterator[Client]:
    key = house.system().headers["Authorization"].removeprefix("Bearer ")
    with listening(house.app) as base:
        yield Client(base, key)


def items(house: House) -> list[Item]:
    with house.runtime.database.reading() as session:
        return list(service.list_items(session, scope=SYSTEM, limit=200).items)


def prove(house: House, key: UUID, *, is_delivered: bool = True) -> None:
    """The courier stood at the door."""
    scene = house.scene
    proof = delivery(key) if is_delivered else failure(key)
    with house.runtime.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=2))


def test_an_order_is_taken_once_however_often_it_is_sent(house: House, client: Client) -> None:
    first = client.post(order(CODAmount=50_000.0))
    assert first["Status"] == "100"
    house.clock.advance(timedelta(hours=5))
    again = client.post(order(CODAmount=50_000.0))
    assert (again["Status"], again["ItemCode"]) == ("101", first["ItemCode"])
    [item] = items(house)
    assert (item.status, item.item_code, item.state_fee_vnd) == (Status.READY, first["ItemCode"], 50_000)
    # By the post's own standard: two working days after Friday the 20th; the 24th is the Day of Culture.
    assert item.due_on.isoformat() == "2026-11-25"


def test_twelve_at_once_make_one_item(house: House, client: Client) -> None:
    with ThreadPoolExecutor(12) as many:
        answers = list(many.map(lambda _: client.post(order())["Status"], range(12)))
    assert sorted(answers) == ["100"] + ["101"] * 11
    assert len(items(house)) == 1


def test_a_collection_under_ever_new_numbers_is_one_collection(house: House, client: Client) -> None:
    home = {"SenderName": "Trần Văn Bảy", "SenderAddress": "Số 9, phường Sài Gòn", "SenderTel": "0987000111"}
    numbers = ["H29.16-261120-0007__0.4711", "H29.16-261120-0007__0.0815"]
    assert [client.post(order(number, **home))["Status"] for number in numbers] == ["100", "101"]
    [item] = items(house)
    assert (item.leg, item.addressee.name, item.dossier_codes) == ("collect", "Trần Văn Bảy", ("H29.16-261120-0007",))
    assert client.post(order("H29.16-261120-0007"))["Status"] == "100"
    assert sorted(one.leg for one in items(house)) == ["collect", "return"]


def test_what_is_wrong_is_said_all_at_once_and_nothing_is_taken(house: House, client: Client) -> None:
    answer = client.post(order(ReceiverName="", ReceiverAddress=None, ReceiverTel="12"))
    assert (answer["Status"], {one["code"] for one in answer["Errors"]}) == ("T1001", {"T1001", "T1004"})
    assert client.post(order(CODAmount="năm mươi nghìn"))["Status"] == "T1106"
    both = client.post(order(CODAmount="năm mươi nghìn", ReceiverTel="12"))["Errors"]
    assert {one["code"] for one in both} == {"T1106", "T1004"}
    assert items(house) == []


def test_cancel_ends_what_the_post_never_had_and_calls_back_what_it_has(house: House, client: Client) -> None:
    for number in ("H29.16-261120-0001", "H29.16-261120-0002", "H29.16-261120-0003"):
        client.post(order(number))
    by_code = {item.dossier_codes[0][-1]: item.id for item in items(house)}
    house.scene.plan([by_code["2"], by_code["3"]])
    house.scene.take_out([by_code["2"], by_code["3"]])
    prove(house, by_code["3"])
    assert [client.cancel(f"H29.16-261120-000{n}") for n in "12349"] == ["100", "100", "T1024", "T1023", "T1023"]
    assert [client.cancel(f"H29.16-261120-000{n}") for n in "12"] == ["101", "101"]
    assert [house.scene.item(by_code[n]).status.value for n in "123"] == ["withdrawn", "out", "delivered"]
    assert client.post(order("H29.16-261120-0001"))["Status"] == "101"
    assert house.scene.item(by_code["1"]).status is Status.READY


def test_an_order_after_the_return_is_a_new_item_and_its_repeat_is_none(house: House, client: Client) -> None:
    client.post(order())
    [old] = items(house)
    with house.runtime.database.transaction() as session:
        service.decide_next(session, scope=SYSTEM, item_id=old.id, action=NextAction.RETURN, now=NOW)
        service.record_returned(session, scope=SYSTEM, item_id=old.id, receiver="Bộ phận một cửa", now=NOW)
    house.clock.advance(timedelta(days=4))
    assert [client.post(order())["Status"] for _ in range(3)] == ["100", "101", "101"]
    new = next(item for item in items(house) if item.id != old.id)
    assert (len(items(house)), new.status, new.due_on > old.due_on) == (2, Status.READY, True)
    assert client.find("H29.16-261120-0001", size=50) == 1


def test_reading_on_from_the_last_id_misses_nothing_and_ends(house: House, client: Client) -> None:
    numbers = [f"H29.16-261120-{n:04d}" for n in range(7)]
    for number in numbers:
        client.post(order(number))
    seen, last_id = [], START
    while docs := client.page(last_id, size=3):
        seen += [doc["OrderNumber"] for doc in docs]
        last_id = docs[-1]["_id"]["$oid"]
    assert seen == numbers
    key = next(item.id for item in items(house) if item.dossier_codes == (numbers[2],))
    house.scene.plan([key])
    house.scene.take_out([key])
    [changed] = client.page(last_id)
    assert (changed["OrderNumber"], changed["StatusCode"]) == (numbers[2], 2)
    assert changed["EventTime"] == "2026-11-20T08:00:00+07:00"


def test_their_client_which_always_reads_from_the_start_sees_the_present_state(house: House, client: Client) -> None:
    numbers = [f"H29.16-261120-{n:04d}" for n in range(8)]
    for number in numbers:
        client.post(order(number))
    keys = {item.dossier_codes[0]: item.id for item in items(house)}
    house.scene.plan(list(keys.values()))
    house.scene.take_out(list(keys.values()))
    prove(house, keys[numbers[0]])
    prove(house, keys[numbers[1]], is_delivered=False)
    assert [client.find(number, size=2) for number in numbers[:3]] == [4, 1, 2]
    assert client.find("H29.16-261120-9999", size=2) is None


def test_delivered_is_never_taken_back(house: House, client: Client) -> None:
    client.post(order())
    [item] = items(house)
    house.scene.plan([item.id])
    house.scene.take_out([item.id])
    prove(house, item.id)
    with house.runtime.database.transaction() as session:
        history = service.item_history(session, scope=SYSTEM, item_id=item.id)
        wrong = next(event.seq for event in history if event.kind.value == "item_delivered")
        what = Correction.NOT_HAPPENED
        service.correct_event(
            session, scope=house.scene.dispatcher, item_id=item.id, seq=wrong, what=what, now=house.clock()
        )
    assert house.scene.item(item.id).status is Status.HELD
    assert client.find("H29.16-261120-0001", size=50) == 4


def test_only_an_agencys_key_may_and_only_its_own_orders_are_seen(house: House, client: Client) -> None:
    client.post(order())
    stranger = house.stranger()
    assert stranger.post("/v1/opencps/orders", json=order()).json()["code"] == "A1001"
    assert stranger.post("/v1/opencps/token").json()["code"] == "A1001"
    basic = base64.b64encode(b"x:buuta_nobody").decode()
    refused = stranger.post("/v1/opencps/token", headers={"Authorization": f"Basic {basic}"})
    assert refused.json()["code"] == "A1001"
    # A browser that is signed in must not be led to a GET that writes.
    assert house.person("agency").get("/v1/opencps/orders/cancel?OrderNumber=1").json()["code"] == "A1004"
    assert house.person("admin").get("/v1/opencps/tracking").json()["code"] == "A1004"
    theirs = house.system(house.other_agency.id)
    assert theirs.get("/v1/opencps/tracking").json()["_embedded"] is None
    assert theirs.get("/v1/opencps/orders/cancel?OrderNumber=H29.16-261120-0001").json()["Status"] == "T1023"
    assert theirs.get("/v1/opencps/tracking?lastId=xyz").json()["code"] == "T5004"


FLAT = {"orderNumber": "D1", "codAmount": "12000", "receiverName": "A", "receiverTel": "0912345678"}
NESTED = {"OrderNumber": "D1", "CODAmount": 12000, "Receiver": {"Name": "A", "Tel": "0912345678"}}


def test_one_order_written_in_three_ways_is_one_order(house: House) -> None:
    place = "Số 2, phường Sài Gòn"
    system = house.system()
    ways: list[dict[str, Any]] = [
        {"json": FLAT | {"receiverAddress": place}},
        {"json": {**NESTED, "Receiver": {**NESTED["Receiver"], "Address": place}}},  # type: ignore[dict-item]
        {"data": FLAT | {"receiverAddress": place, "FlagConfig": "2"}},
    ]
    answers = [system.post("/v1/opencps/orders", **way).json() for way in ways]
    assert [one["Status"] for one in answers] == ["100", "101", "101"]
    for one in answers[1:]:
        warned = [warning["detail"].rstrip(".") for warning in one["Warnings"]]
        assert one["Message"] == ". ".join(["Yêu cầu đã có", *warned])


def test_a_number_that_no_database_could_keep_is_refused_or_unknown(house: House) -> None:
    system, number = house.system(), "D\x001"
    ordered = system.post("/v1/opencps/orders", json=FLAT | {"orderNumber": number, "receiverAddress": "Số 2"}).json()
    assert "T1022" in {problem["code"] for problem in ordered["Errors"]}
    for path in ("orders/cancel", "tracking"):
        told = system.get(f"/v1/opencps/{path}", params={"OrderNumber": number})
        unknown = system.get(f"/v1/opencps/{path}", params={"OrderNumber": "D2"})
        assert (told.status_code, unknown.status_code) in {(404, 404), (200, 200)}, told.text


@pytest.mark.parametrize(
    ("flag", "is_kept"), [(2, True), ("2", True), (2.0, True), (None, True), (1, False), ("x", False)]
)
def test_a_wish_to_bring_the_paper_is_answered_by_a_warning(house: House, flag: object, is_kept: bool) -> None:
    """`FlagConfig` 2 is what is done anyway; any other order is taken in too, and its system told what is done."""
    answer = house.system().post("/v1/opencps/orders", json=order(FlagConfig=flag)).json()
    assert answer["Status"] == "100"
    codes = [one["code"] for one in answer["Warnings"]]
    assert ("T1026" in codes) != is_kept
    assert ("FlagConfig" in answer["Message"]) != is_kept
    assert len(items(house)) == 1


def test_what_should_be_looked_at_is_a_warning_in_the_dialect_too(house: House) -> None:
    answer = house.system().post("/v1/opencps/orders", json=order("D1")).json()
    assert (answer["Status"], "T1003" in [one["code"] for one in answer["Warnings"]]) == ("100", True)


def test_names_of_district_and_province_complete_an_address_codes_do_not() -> None:
    named = {"ReceiverAddress": "Số 2 Lê Lợi", "ReceiverDistrict": "phường Sài Gòn", "ReceiverProvince": "79"}
    assert order_of(named).address == "Số 2 Lê Lợi, phường Sài Gòn"
    assert order_of(named | {"ReceiverAddress": "Số 2, Phuong Sai Gon"}).address == "Số 2, Phuong Sai Gon"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
NAMES = st.sampled_from(["OrderNumber", "CODAmount", "Receiver", "receiverName", "ReceiverAddress", "Sender", "x"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.dictionaries(NAMES, JSON, max_size=6))
def test_whatever_is_sent_is_answered(house: House, content: dict[str, Any]) -> None:
    try:
        answer = house_system(house).post("/v1/opencps/orders", json=content)
    except ValueError:  # NaN is no JSON
        assert all(isinstance(value, str) for value in flat(content).values())
        return
    assert answer.status_code == 200, answer.text
    assert answer.json()["Status"] not in {"100", "101"} or content["OrderNumber"]


def house_system(house: House) -> Any:
    """One key for all examples."""
    if "key" not in house.clients:
        house.clients["key"] = house.system()
    return house.clients["key"]


def test_ids_of_other_agencies_do_not_leak(house: House) -> None:
    assert house.system(new_id()).get("/v1/opencps/tracking").json()["_returned"] == 0

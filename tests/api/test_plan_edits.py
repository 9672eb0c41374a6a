"""Edits of a plan by plain HTTP: what screens send, what they get, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from core.ids import new_id
from geodata.straight_line import StraightLine
from routing.run import Workshop
from tests.api.house import House
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW
from tracking.model import Window

Told = dict[str, Any]


@pytest.fixture
def office(house: House) -> Planning:
    """Planning in the house."""
    return Planning(
        scene=house.scene, shop=Workshop(database=house.runtime.database, travel=StraightLine(), clock=house.clock)
    )


class Screen:
    """A plan as a screen has it."""

    def __init__(self, house: House, plan_id: object) -> None:
        self.house, self.path = house, f"/v1/plans/{plan_id}"
        self.first, self.second = (str(courier.id) for courier in house.scene.couriers[:2])

    def plan(self) -> Told:
        told: Told = self.house.person("dispatcher").get(self.path).json()
        return told

    def order(self, courier: str, number: int = 0) -> list[str]:
        routes = [route for route in self.plan()["routes"] if route["courier_id"] == courier]
        return [stop["visit_id"] for route in routes for stop in route["stops"] if stop["round"] == number]

    def post(self, what: str, content: Any = None, who: str = "dispatcher", **headers: str) -> Any:
        return self.house.person(who).post(f"{self.path}/{what}", json=content, headers=headers)

    def edit(self, version: int | None = None, what: str = "edits", who: str = "dispatcher", **command: Any) -> Any:
        allow = command.pop("allow", [])
        given = self.plan()["version"] if version is None else version
        return self.post(what, {"version": given, "command": command, "allow": allow}, who)

    def done(self, **command: Any) -> Told:
        """An edit that is taken, after a preview that says the same."""
        seen = self.plan()
        told = self.edit(what="edits:preview", **command)
        assert told.status_code == 200, told.text
        assert self.plan() == seen
        answer = self.edit(**command)
        assert answer.status_code == 200, answer.text
        made: Told = answer.json()
        assert made == {**told.json(), "version": seen["version"] + 1}
        after = self.plan()
        assert after["version"] == made["version"]
        assert made["difference"]["total"] == after["cost"]["total"] - seen["cost"]["total"]
        times = {stop["visit_id"]: stop["arrival_at"] for route in after["routes"] for stop in route["stops"]}
        assert {one["visit_id"]: one["arrival_at"] for one in made["times"]}.items() <= times.items()
        return made


@pytest.fixture
def screen(house: House, office: Planning) -> Screen:
    """A draft of twelve doors and two couriers."""
    office.items(12)
    return Screen(house, office.draft().head.id)


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json()["errors"]]


def test_every_kind_of_edit_and_the_way_back(screen: Screen) -> None:
    mine, theirs = screen.order(screen.first), screen.order(screen.second)
    start = screen.plan()
    screen.done(kind="move", visit_ids=[mine[0]], courier_id=screen.second, round=0, position=0)
    assert (screen.order(screen.first), screen.order(screen.second)) == (mine[1:], [mine[0], *theirs])
    screen.done(kind="reorder", courier_id=screen.first, round=0, visit_ids=mine[:0:-1])
    assert screen.order(screen.first) == mine[:0:-1]
    screen.done(kind="swap", courier_id=screen.first, other_id=screen.second)
    assert screen.order(screen.second) == mine[:0:-1]
    screen.done(kind="split", courier_id=screen.first, round=0, position=1, to_courier_id=screen.first, to_round=1)
    assert screen.order(screen.first, 1) == theirs
    screen.done(kind="drop", visit_ids=[theirs[0]])
    [left] = screen.plan()["unplanned"]
    assert (left["visit_id"], left["reasons"][0]["code"]) == (theirs[0], "R4301")
    screen.done(kind="insert", visit_ids=[theirs[0]])
    assert screen.plan()["unplanned"] == []
    screen.done(kind="lock", visit_ids=[mine[1]], in_round=True)
    locked = {s["visit_id"]: s["locked"] for r in screen.plan()["routes"] for s in r["stops"] if s["locked"]}
    assert locked == {mine[1]: "round"}
    has = screen.first if mine[1] in screen.order(screen.first) else screen.second
    other = screen.second if has == screen.first else screen.first
    wrong = screen.edit(kind="move", visit_ids=[mine[1], "nobody"], courier_id=other)
    assert codes(wrong) == ["R4003", "R4014"]
    screen.done(kind="unlock", visit_ids=[mine[1]])
    edited = screen.plan()
    for _ in range(8):
        assert screen.post("undo").status_code == 200
    assert (screen.order(screen.first), screen.order(screen.second)) == (mine, theirs)
    assert screen.plan()["cost"] == start["cost"]
    assert codes(screen.post("undo")) == ["R4103"]
    for _ in range(8):
        assert screen.post("redo").status_code == 200
    assert screen.plan()["cost"] == edited["cost"]
    assert codes(screen.post("redo")) == ["R4104"]
    history = screen.house.person("manager").get(f"{screen.path}/versions").json()
    assert [one["kind"] for one in history["versions"]] == ["redo"] * 8 + ["undo"] * 8 + ["edit"] * 8
    said = [one["command"] for one in history["versions"][16:]]
    assert said == ["unlock", "lock", "insert", "drop", "split", "swap", "reorder", "move"]
    assert {one["made_by"] for one in history["versions"]} == {"Người dispatcher"}


def test_an_edit_on_an_older_version_is_carried_over_or_refused(screen: Screen) -> None:
    mine, theirs = screen.order(screen.first), screen.order(screen.second)
    seen = screen.plan()["version"]
    screen.done(kind="reorder", courier_id=screen.first, round=0, visit_ids=mine[::-1])
    meets = screen.edit(seen, kind="move", visit_ids=[mine[0]], courier_id=screen.second)
    assert (meets.status_code, meets.json()["code"]) == (409, "R4101")
    assert meets.json()["errors"][0]["pointer"] == "/version"
    other = screen.edit(seen, kind="reorder", courier_id=screen.second, round=0, visit_ids=theirs[::-1])
    assert other.status_code == 200, other.text
    assert (other.json()["overtaken"], other.json()["version"]) == ([seen + 1], seen + 2)
    assert (screen.order(screen.first), screen.order(screen.second)) == (mine[::-1], theirs[::-1])
    ahead = screen.edit(99, kind="drop", visit_ids=[mine[0]])
    assert (ahead.status_code, ahead.json()["code"]) == (409, "R4102")


def test_the_same_edit_sent_twice_has_one_effect(screen: Screen) -> None:
    content = {"version": 1, "command": {"kind": "drop", "visit_ids": screen.order(screen.first)[:1]}}
    key = {"Idempotency-Key": str(new_id())}
    once, again = screen.post("edits", content, **key), screen.post("edits", content, **key)
    assert once.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert screen.plan()["version"] == once.json()["version"]
    undo = {"Idempotency-Key": str(new_id())}
    assert screen.post("undo", **undo).json() == screen.post("undo", **undo).json()
    assert len(screen.house.person("dispatcher").get(f"{screen.path}/versions").json()["versions"]) == 2


@pytest.mark.parametrize("what", ["edits", "edits:preview", "undo", "redo", "replan"])
def test_who_may_change_a_plan(screen: Screen, what: str) -> None:
    stop = screen.order(screen.first)[0]
    content: Any = {"version": 1, "command": {"kind": "drop", "visit_ids": [stop]}} if "edits" in what else {}
    for login, status in (("manager", 403), ("courier", 403), ("agency", 403), ("dispatcher2", 404)):
        answer = screen.post(what, content, login)
        assert answer.status_code == status, f"{login}: {answer.text}"
    assert screen.house.stranger().post(f"{screen.path}/{what}", json=content).status_code == 401
    forged = screen.house.person("admin").post(
        f"{screen.path}/{what}", json=content, headers={"X-CSRF-Token": "forged"}
    )
    assert forged.json()["code"] == "A1005"
    assert screen.plan()["version"] == 1
    assert screen.house.person("dispatcher2").get(f"{screen.path}/versions").status_code == 404


def test_all_that_is_wrong_with_an_edit_at_once(screen: Screen) -> None:
    bad: list[tuple[Told, int]] = [
        ({"version": 0, "command": {"kind": "lock", "visit_ids": []}}, 2),
        ({"version": 1, "command": {"kind": "move", "visit_ids": ["x"]}, "allow": ["all"]}, 2),
        ({"version": 1, "command": {"kind": "teleport"}}, 1),
        ({"command": {"kind": "drop", "visit_ids": ["x"], "why": "?"}}, 2),
    ]
    for content, mistakes in bad:
        answer = screen.post("edits", content)
        assert answer.status_code == 422, answer.text
        assert len(answer.json()["errors"]) == mistakes, answer.text
    unknown = screen.edit(kind="drop", visit_ids=["nobody", "nowhere"])
    assert codes(unknown) == ["R4003", "R4003"]
    assert codes(screen.edit(kind="move", visit_ids=["nobody"], courier_id=str(new_id()), round=7)) == [
        "R4003",
        "R4004",
    ]
    assert codes(screen.edit(kind="insert", item_ids=[str(new_id())])) == ["C1000"]
    stop = screen.order(screen.first)[0]
    assert codes(screen.edit(kind="insert", visit_ids=[stop])) == ["R4007"]
    assert codes(screen.edit(kind="unlock", visit_ids=[stop])) == ["R4010"]
    assert screen.plan()["version"] == 1


def test_broken_rules_are_all_told_and_may_be_set_aside(house: House, office: Planning) -> None:
    for n in range(3):
        start = NOW + timedelta(hours=n)
        office.items(1, window=Window(start_at=start, end_at=start + timedelta(minutes=30)))
    screen = Screen(house, office.draft().head.id)
    screen.edit(kind="move", visit_ids=screen.order(screen.second), courier_id=screen.first)
    order = screen.order(screen.first)
    assert len(order) == 3
    backwards: Told = {"kind": "reorder", "courier_id": screen.first, "round": 0, "visit_ids": order[::-1]}
    told = screen.edit(what="edits:preview", **backwards).json()
    assert [one["code"] for one in told["broken"]] == ["R4201", "R4201"]
    assert {one["override"] for one in told["broken"]} == {"window"}
    refused = screen.edit(**backwards)
    assert (refused.status_code, codes(refused)) == (409, ["R4201", "R4201"])
    assert all(one["detail"] and one["detail_en"] for one in refused.json()["errors"])
    done = screen.edit(allow=["window"], **backwards)
    assert done.status_code == 200, done.text
    late = [stop["visit_id"] for route in screen.plan()["routes"] for stop in route["stops"] if stop["late_allowed"]]
    assert sorted(late) == sorted(order[:2])


def test_an_urgent_item_and_a_published_plan(screen: Screen, office: Planning) -> None:
    screen.post("publish", {"version": 1})
    [item] = office.items(1, weight_g=70)
    answer = screen.edit(kind="insert", item_ids=[str(item)])
    assert answer.status_code == 200, answer.text
    [route] = answer.json()["routes"]
    assert str(screen.house.scene.item(item).courier_id) == route["courier_id"]
    assert screen.house.scene.item(item).status.value == "planned"
    visit = next(s["visit_id"] for r in screen.plan()["routes"] for s in r["stops"] if s["items"][0]["id"] == str(item))
    screen.edit(kind="drop", visit_ids=[visit])
    assert screen.house.scene.item(item).status.value == "ready"
    there = "Số 1 Nơ Trang Long, phường Bình Thạnh, Thành phố Hồ Chí Minh"
    [elsewhere] = screen.house.scene.ready(1, address=there)
    assert codes(screen.edit(kind="insert", item_ids=[str(elsewhere)])) == ["C1000"]


def test_a_replan_is_asked_for_once_and_becomes_a_version(screen: Screen, office: Planning) -> None:
    screen.post("publish", {"version": 1})
    version = screen.plan()["version"]
    asked = screen.post("replan", {"absent": [screen.second], "seconds": 1})
    assert asked.status_code == 202, asked.text
    again = screen.post("replan", {})
    assert (again.json()["plan_id"], again.json()["created"]) == (asked.json()["plan_id"], False)
    office.run(asked.json()["plan_id"])
    assert screen.order(screen.second) == []
    assert screen.plan()["version"] == version + 1
    screen.post("undo")
    assert screen.order(screen.second)
    wrong = screen.post("replan", {"seconds": 100, "absent": ["x"]}).json()
    assert {one["pointer"] for one in wrong["errors"]} == {"/seconds", "/absent/0"}

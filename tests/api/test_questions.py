"""What is asked of a plan before it is changed, through the doors. Edits previewed by hand are the oracle."""

import threading
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
import structlog

from api.errors import SOLVER_BUSY
from api.solve_pool import SolvePool
from core.ids import new_id
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from routing import errors_edits
from routing.model import PlanParams
from routing.run import Workshop
from tests.api.house import House
from tests.api.serving import listening
from tests.routing.planning_scene import QUICK, Planning
from tests.tracking.office_scene import DOOR, NOW
from tracking.model import Window


@pytest.fixture
def planning(house: House) -> Planning:
    """What is planned in the house."""
    shop = Workshop(database=house.runtime.database, travel=StraightLine(), clock=house.clock)
    return Planning(scene=house.scene, shop=shop)


def made(planning: Planning, params: PlanParams = QUICK) -> str:
    """A draft's address."""
    plan_id = planning.request(params)
    planning.run(plan_id)
    return f"/v1/plans/{plan_id}"


def what_if(house: House, path: str, who: str = "dispatcher", **asked: Any) -> httpx.Response:
    answer: httpx.Response = house.person(who).post(f"{path}/what-if", json={"seconds": 3, **asked})
    return answer


def preview(house: House, path: str, **command: Any) -> dict[str, Any]:
    answer = house.person("dispatcher").post(f"{path}/edits:preview", json={"version": 1, "command": command})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture(autouse=True)
def _ended(house: House) -> Any:
    yield
    house.app.state.asking.close()


def test_each_turn_costs_what_the_edit_would(house: House, planning: Planning) -> None:
    planning.items(7)
    planning.items(1, window=Window(start_at=NOW + timedelta(hours=1), end_at=NOW + timedelta(hours=1.5)))
    path = made(planning, replace(QUICK, absent=frozenset({house.scene.couriers[1].id})))
    [route] = house.person("dispatcher").get(path).json()["routes"]
    told = house.person("manager").get(f"{path}/routes/{route['courier_id']}/order")
    assert told.status_code == 200, told.text
    turns = told.json()["turns"]
    by_round: dict[int, list[str]] = {}
    for stop in route["stops"]:
        by_round.setdefault(stop["round"], []).append(stop["visit_id"])
    pairs = [(a, b) for order in by_round.values() for a, b in pairwise(order)]
    assert [(turn["visit_id"], turn["next_id"]) for turn in turns] == pairs
    broken = 0
    for turn in turns:
        number, order = next((n, o) for n, o in by_round.items() if turn["visit_id"] in o)
        at = order.index(turn["visit_id"])
        order = [*order[:at], order[at + 1], order[at], *order[at + 2 :]]
        edit = preview(house, path, kind="reorder", courier_id=route["courier_id"], round=number, visit_ids=order)
        assert [one["code"] for one in turn["broken"]] == [one["code"] for one in edit["broken"]]
        assert turn["difference"] == (None if edit["broken"] else edit["difference"])
        broken += bool(edit["broken"])
    assert broken < len(turns)


def test_a_turn_that_misses_an_appointment_says_so(house: House, planning: Planning) -> None:
    for n in range(2):
        window = Window(start_at=NOW + timedelta(hours=n + 0.5), end_at=NOW + timedelta(hours=n + 1))
        planning.items(1, point=LonLat(lon=DOOR.lon + 0.01, lat=DOOR.lat + 0.01 * n), window=window)
    path = made(planning, replace(QUICK, absent=frozenset({house.scene.couriers[1].id})))
    courier = house.scene.couriers[0].id
    [turn] = house.person("dispatcher").get(f"{path}/routes/{courier}/order").json()["turns"]
    assert turn["difference"] is None
    assert {one["code"] for one in turn["broken"]} == {errors_edits.WINDOW_MISSED.code}
    assert {one["override"] for one in turn["broken"]} == {"window"}


def test_one_fewer_costs_no_more_than_handing_his_stops_over(house: House, planning: Planning) -> None:
    planning.items(8)
    path = made(planning, PlanParams(iterations=300))
    plan = house.person("dispatcher").get(path).json()
    gone, stays = plan["routes"]
    by_hand = preview(
        house,
        path,
        kind="move",
        visit_ids=[stop["visit_id"] for stop in gone["stops"]],
        courier_id=stays["courier_id"],
    )
    assert by_hand["broken"] == []
    told = what_if(house, path, change="one_fewer", courier_id=gone["courier_id"])
    assert told.status_code == 200, told.text
    effect = told.json()
    assert (effect["courier_id"], effect["courier_name"]) == (gone["courier_id"], gone["courier_name"])
    assert (effect["visits"], effect["required_left"], effect["version"]) == (0, 0, 1)
    assert effect["difference"]["total"] == sum(effect["difference"]["terms"].values())
    assert 0 <= effect["difference"]["total"] <= by_hand["difference"]["total"] - effect["anew"]["total"]
    assert effect["anew"]["total"] <= 0


def test_one_more_serves_whom_two_could_not(house: House, planning: Planning) -> None:
    """Three doors 9 km apart and more, all promised for the same half hour, and two couriers."""
    same = Window(start_at=NOW + timedelta(hours=1), end_at=NOW + timedelta(hours=1.5))
    for lon, lat in ((0.06, 0.0), (-0.06, 0.0), (0.0, 0.06)):
        planning.items(1, point=LonLat(lon=DOOR.lon + lon, lat=DOOR.lat + lat), window=same)
    path = made(planning)
    assert house.person("dispatcher").get(path).json()["unplanned_items"] == 1
    effect = what_if(house, path, who="manager", change="one_more").json()
    assert (effect["visits"], effect["required_left"], effect["courier_id"]) == (1, -1, None)
    assert effect["difference"]["total"] < 0
    assert effect["difference"]["terms"]["unserved"] < -100_000
    assert house.person("dispatcher").get(path).json()["version"] == 1


def test_nobody_named_is_the_least_busy(house: House, planning: Planning) -> None:
    planning.items(5)
    path = made(planning)
    plan = house.person("dispatcher").get(path).json()
    effect = what_if(house, path, change="one_fewer").json()
    least = min(plan["routes"], key=lambda route: route["travel_s"] + route["service_s"])
    assert effect["courier_id"] == least["courier_id"]


def test_who_may_ask(house: House, planning: Planning) -> None:
    planning.items(3)
    path = made(planning)
    courier = house.scene.couriers[0].id
    for login, status in (("dispatcher2", 404), ("courier", 403), ("agency", 403)):
        assert what_if(house, path, who=login, change="one_more").status_code == status
        assert house.person(login).get(f"{path}/routes/{courier}/order").status_code == status
    for login in ("admin", "manager", "dispatcher"):
        assert house.person(login).get(f"{path}/routes/{new_id()}/order").status_code == 404
    assert house.stranger().post(f"{path}/what-if", json={"change": "one_more"}).status_code == 401


def test_what_cannot_be_asked(house: House, planning: Planning) -> None:
    planning.items(2)
    path = made(planning)
    assert what_if(house, path, change="one_fewer", courier_id=str(new_id())).status_code == 404
    wrong = what_if(house, path, change="two_more", seconds=60).json()
    assert {one["pointer"] for one in wrong["errors"]} == {"/change", "/seconds"}
    nobody = made(planning, replace(QUICK, absent=frozenset(one.id for one in house.scene.couriers)))
    assert what_if(house, nobody, change="one_more").json()["code"] == errors_edits.NO_CREW.code
    replaced = what_if(house, path, change="one_more")
    assert (replaced.status_code, replaced.json()["code"]) == (409, errors_edits.NOT_EDITABLE.code)
    # What it was can still be told.
    stops = house.person("dispatcher").get(path).json()["routes"][0]
    assert house.person("dispatcher").get(f"{path}/routes/{stops['courier_id']}/order").status_code == 200
    waiting = f"/v1/plans/{planning.request()}"
    assert what_if(house, waiting, change="one_more").json()["code"] == errors_edits.NOT_EDITABLE.code
    unmade = house.person("dispatcher").get(f"{waiting}/routes/{house.scene.couriers[0].id}/order")
    assert unmade.json()["code"] == errors_edits.NOT_KEPT.code


def test_too_many_questions_are_told_to_come_back(house: House, planning: Planning) -> None:
    planning.items(2)
    path = made(planning)
    house.app.state.asking = SolvePool(osrm_url=None, data_dir=house.runtime.options.data_dir, processes=1, waiting=-1)
    busy = what_if(house, path, change="one_more")
    assert (busy.status_code, busy.json()["code"]) == (429, SOLVER_BUSY.code)


def test_a_search_that_dies_is_an_incident(house: House, planning: Planning, monkeypatch: pytest.MonkeyPatch) -> None:
    planning.items(2)
    path = made(planning)
    pool: SolvePool = house.app.state.asking
    monkeypatch.setattr("api.solve_pool._PATIENCE_S", 0.0)
    client = house.stranger(raise_server_exceptions=False)
    client.cookies, client.headers = house.person("dispatcher").cookies, house.person("dispatcher").headers
    dead = client.post(f"{path}/what-if", json={"change": "one_more"})
    assert (dead.status_code, dead.json()["code"]) == (500, "A1900")
    assert pool.pids() == []


def test_a_search_that_breaks_down_is_told_by_its_place(
    house: House, planning: Planning, monkeypatch: pytest.MonkeyPatch
) -> None:
    planning.items(2)
    path = made(planning)
    monkeypatch.setattr("routing.questions.question_bytes", lambda _: b"no question")
    with structlog.testing.capture_logs() as logged:
        answer = what_if(house, path, change="one_more")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (500, "A1900")
    [line] = [one for one in logged if one["event"] == "incident"]
    assert line["incident"] == told["incident"]
    assert line["route"].endswith("/plans/{plan_id}/what-if")
    assert any("read_question" in place for place in line["at"])


def test_the_server_answers_others_meanwhile(house: House, planning: Planning) -> None:
    planning.items(12)
    path = made(planning)
    person = house.person("dispatcher")
    with listening(house.app) as url, httpx.Client(base_url=url, cookies=dict(person.cookies), timeout=60) as client:
        client.headers["X-CSRF-Token"] = person.headers["X-CSRF-Token"]
        pool: SolvePool = house.app.state.asking
        answers: list[httpx.Response] = []
        asking = threading.Thread(
            target=lambda: answers.append(
                httpx.post(
                    f"{url}{path}/what-if",
                    json={"change": "one_more", "seconds": 3},
                    headers=client.headers,
                    cookies=dict(person.cookies),
                    timeout=60,
                )
            )
        )
        asking.start()
        seen = 0
        while asking.is_alive():
            assert client.get("/v1/plans").status_code == 200
            seen += bool(pool.pids())
        asking.join()
    assert answers[0].status_code == 200, answers[0].text
    assert seen > 0

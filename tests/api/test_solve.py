"""VROOM's JSON over a real server: real clients, many at once, some who leave, solvers that die."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import openrouteservice
import psutil
import pytest
from openrouteservice.optimization import Job, Shipment, ShipmentStep, Vehicle

from api.errors import INCIDENT, SOLVER_BUSY
from api.solve_pipe import Task
from api.solve_pool import SolvePool, Ticket
from core.errors import CodedError
from tests.api.house import House
from tests.api.serving import listening

pytestmark = pytest.mark.db

Json = dict[str, Any]
EXAMPLES = Path(__file__).parents[1] / "data" / "vroom"
PATIENCE_S = 60.0
DURATIONS = [[0, 2104, 197, 1299], [2103, 0, 2255, 3152], [197, 2256, 0, 1102], [1299, 3153, 1102, 0]]


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition, not for a time."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.02)


def example(name: str) -> Json:
    loaded: Json = json.loads((EXAMPLES / f"{name}.json").read_text())
    return loaded


def large(seconds: float) -> Json:
    """A request that searches as long as it may."""
    spots = [(n * 37 % 101, n * 53 % 97) for n in range(60)]
    rows = [[abs(a - c) * 9 + abs(b - d) * 11 for c, d in spots] for a, b in spots]
    return {
        "vehicles": [{"id": n, "start_index": 0, "end_index": 0, "capacity": [12]} for n in range(6)],
        "jobs": [{"id": n, "location_index": n, "delivery": [1]} for n in range(1, 60)],
        "matrices": {"car": {"durations": rows}},
        "options": {"l": seconds},
    }


@pytest.fixture
def server(house: House) -> Iterator[str]:
    """Address of a server over the house."""
    with listening(house.app) as url:
        yield url


@pytest.fixture
def key(house: House) -> str:
    """What a dossier system sends to show who it is."""
    return str(house.system().headers["Authorization"])


@pytest.fixture
def client(server: str, key: str) -> Iterator[httpx.Client]:
    """A caller by key."""
    headers = {"Authorization": key}
    with httpx.Client(base_url=server, headers=headers, timeout=PATIENCE_S, trust_env=False) as client:
        yield client


def test_a_published_client_talks_to_the_server_as_to_any_other(server: str, key: str) -> None:
    """The client of openrouteservice sends VROOM's JSON and asks for `/optimization`."""
    ours = openrouteservice.Client(key=key, base_url=f"{server}/v1")
    told = ours.optimization(
        jobs=[Job(id=1414, location_index=1, service=300, amount=[1]), Job(id=1515, location_index=2, amount=[1])],
        vehicles=[Vehicle(id=0, start_index=0, end_index=3, capacity=[2])],
        matrix=DURATIONS,
    )
    assert told["summary"]["cost"] == example("example_2_sol")["summary"]["cost"]
    assert [step.get("id") for step in told["routes"][0]["steps"]] == [None, 1414, 1515, None]
    spots = {1: [106.70, 10.77], 2: [106.71, 10.78], 3: [106.72, 10.76]}
    shipment = Shipment(
        pickup=ShipmentStep(id=1, location=spots[1], service=60),
        delivery=ShipmentStep(id=2, location=spots[2], time_windows=[[0, 7200]]),
        amount=[1],
        # The client asks for them all.
        skills=[],
        priority=0,
    )
    told = ours.optimization(
        vehicles=[
            Vehicle(id=7, profile="driving-car", start=spots[3], end=spots[3], capacity=[1], time_window=[0, 9000])
        ],
        shipments=[shipment],
        geometry=True,
    )
    assert [step["type"] for step in told["routes"][0]["steps"]] == ["start", "pickup", "delivery", "end"]
    line = openrouteservice.convert.decode_polyline(told["routes"][0]["geometry"])["coordinates"]
    assert line[0] == pytest.approx(spots[3])


def test_that_client_reads_what_is_wrong(server: str, key: str) -> None:
    ours = openrouteservice.Client(key=key, base_url=f"{server}/v1")
    with pytest.raises(openrouteservice.exceptions.ApiError) as refused:
        ours.optimization(jobs=[Job(id=1, location_index=9)], vehicles=[Vehicle(id=0, start_index=0)], matrix=DURATIONS)
    assert (refused.value.status, refused.value.message["code"]) == (400, 2)
    assert "R5105" in refused.value.message["error"]


@pytest.mark.parametrize("login", ["admin", "dispatcher"])
def test_planners_solve_from_the_browser(house: House, login: str) -> None:
    answer = house.person(login).post("/v1/solve", json=example("example_2"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["summary"]["cost"] == 5461
    house.app.state.solving.close()


@pytest.mark.parametrize("login", ["courier", "manager"])
def test_others_do_not(house: House, login: str) -> None:
    assert house.person(login).post("/v1/solve", json=example("example_2")).status_code == 403


def test_a_stranger_does_not(house: House) -> None:
    assert house.stranger().post("/v1/solve", json=example("example_2")).status_code == 401


def test_the_server_answers_others_meanwhile(client: httpx.Client) -> None:
    answers: list[httpx.Response] = []
    solving = threading.Thread(target=lambda: answers.append(client.post("/v1/solve", json=large(4))))
    solving.start()
    slowest = 0.0
    while solving.is_alive():
        began = time.monotonic()
        assert client.get("/v1/clock").status_code == 200
        slowest = max(slowest, time.monotonic() - began)
    solving.join()
    assert answers[0].status_code == 200, answers[0].text
    assert answers[0].json()["summary"]["unassigned"] == 0
    # Far below the search; the machine may be busy.
    assert slowest < 2.0


def test_who_leaves_ends_the_solving(house: House, server: str, key: str) -> None:
    pool: SolvePool = house.app.state.solving
    body = json.dumps(large(60)).encode()
    address = urlsplit(server)
    with socket.create_connection((address.hostname, address.port)) as caller:
        head = (
            f"POST /v1/solve HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: {key}\r\nContent-Length: {len(body)}"
        )
        caller.sendall(head.encode() + b"\r\nContent-Type: application/json\r\n\r\n" + body)
        until(lambda: bool(pool.pids()), "nothing was solved")
        [pid] = pool.pids()
        # The engine in its own process as well.
        until(lambda: bool(psutil.Process(pid).children()), "no engine was started")
        engines = psutil.Process(pid).children()
    until(lambda: not psutil.pid_exists(pid), "the solver went on for nobody")
    until(lambda: not any(engine.is_running() for engine in engines), "the engine went on for nobody")
    assert pool.pids() == []


def test_a_solver_that_dies_is_an_incident_and_the_next_request_is_served(house: House, client: httpx.Client) -> None:
    pool: SolvePool = house.app.state.solving
    answers: list[httpx.Response] = []
    solving = threading.Thread(target=lambda: answers.append(client.post("/v1/solve", json=large(60))))
    solving.start()
    until(lambda: bool(pool.pids()), "nothing was solved")
    solver = psutil.Process(pool.pids()[0])
    until(lambda: bool(solver.children()), "no engine was started")
    engines = solver.children()
    solver.kill()
    solving.join(PATIENCE_S)
    told = answers[0].json()
    assert (answers[0].status_code, told["code"], told["errors"][0]["code"]) == (500, 1, INCIDENT.code)
    until(lambda: not any(engine.is_running() for engine in engines), "the engine went on for nobody")
    assert client.post("/v1/solve", json=example("example_2")).status_code == 200


def test_the_processes_end_with_the_server(house: House, key: str) -> None:
    with listening(house.app) as url:
        answer = httpx.post(f"{url}/v1/solve", json=example("example_2"), headers={"Authorization": key}, timeout=60)
        assert answer.status_code == 200, answer.text
        pids = house.app.state.solving.pids()
        assert pids
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_process_serves_one_request_after_the_other(house: House, client: httpx.Client) -> None:
    pids = set()
    for _ in range(3):
        assert client.post("/v1/solve", json=example("example_2")).status_code == 200
        pids.update(house.app.state.solving.pids())
    assert len(pids) == 1


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[SolvePool]:
    """A pool with room for one, and one who waits."""
    pool = SolvePool(osrm_url=None, data_dir=tmp_path, processes=1, waiting=1)
    yield pool
    pool.close()


def test_too_many_are_told_to_come_back(narrow: SolvePool) -> None:
    first, second = narrow.submit(Task.SOLVE, json.dumps(large(30)).encode()), narrow.submit(Task.SOLVE, b"{}")
    with pytest.raises(CodedError) as refused:
        narrow.submit(Task.SOLVE, b"{}")
    assert refused.value.code == SOLVER_BUSY.code
    # Who waits in vain leaves the queue; then there is room again, and the process of the first is free for others.
    first.cancel()
    assert answered(second) == 400
    assert answered(narrow.submit(Task.SOLVE, json.dumps(example("example_2")).encode())) == 200


def test_a_process_that_died_while_it_waited_serves_nobody(narrow: SolvePool) -> None:
    body = json.dumps(example("example_2")).encode()
    assert answered(narrow.submit(Task.SOLVE, body)) == 200
    [before] = narrow.pids()
    psutil.Process(before).kill()
    until(lambda: psutil.Process(before).status() == psutil.STATUS_ZOMBIE, "it lives on")
    assert answered(narrow.submit(Task.SOLVE, body)) == 200
    assert before not in narrow.pids()


def test_a_caller_who_leaves_as_the_answer_comes_harms_no_other(
    narrow: SolvePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is killed between its whole answer and its return to the pool."""
    body = json.dumps(example("example_2")).encode()
    ended = Ticket.end

    def left_just_before(ticket: Ticket) -> None:
        ticket.cancel()
        ended(ticket)

    monkeypatch.setattr(Ticket, "end", left_just_before)
    first = narrow.submit(Task.SOLVE, body)
    assert answered(first) == 200
    monkeypatch.undo()
    assert answered(narrow.submit(Task.SOLVE, body)) == 200


def test_who_leaves_while_waiting_is_never_solved(narrow: SolvePool) -> None:
    first, second = narrow.submit(Task.SOLVE, json.dumps(large(0.5)).encode()), narrow.submit(Task.SOLVE, b"{}")
    second.cancel()
    assert second.future is not None
    assert second.future.cancelled()
    assert answered(first) == 200


def answered(ticket: Ticket) -> int:
    assert ticket.future is not None
    return ticket.future.result(timeout=PATIENCE_S).status


def test_the_busy_server_answers_in_vrooms_form(house: House, client: httpx.Client, tmp_path: Path) -> None:
    house.app.state.solving.close()
    house.app.state.solving = SolvePool(osrm_url=None, data_dir=tmp_path, processes=1, waiting=-1)
    answer = client.post("/v1/solve", json=example("example_2"))
    assert (answer.status_code, answer.json()["code"]) == (429, 1)
    assert answer.headers["Retry-After"]
    assert answer.json()["errors"][0]["code"] == SOLVER_BUSY.code


def test_a_body_beyond_the_limit_is_refused_unread(client: httpx.Client) -> None:
    answer = client.post("/v1/solve", content=b"x" * 33_000_000)
    assert answer.status_code == 413

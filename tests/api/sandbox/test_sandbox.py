"""The sandbox: verifies, applies once, keeps order, fails as it is told, sends results, shows a page."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.commands.sandbox import sandbox
from api.runtime import WebOptions
from api.sandbox.errors import KEY_MISSING, SERVER_REFUSED
from api.sandbox.faults import Fault
from api.sandbox.link import Link
from api.sandbox.messages import Dossier, signed
from api.sandbox.server import Sandbox
from core.clock import utc_now
from core.db import Database
from core.errors import CodedError
from tests.api.house import House, build_house
from tests.api.serving import listening
from tests.tracking.office_scene import PROVINCE, SYSTEM
from tracking.feedback.drain import Deliverer, drain
from tracking.feedback.endpoints import list_endpoints
from tracking.feedback.secrets import new_secret
from tracking.feedback.trial import TEST_CODE, TEST_TYPE
from tracking.feedback.webhook import SigningKeys
from tracking.store_endpoints import EndpointKey

SECRET = new_secret()


@pytest.fixture
def place() -> Iterator[Sandbox]:
    made = Sandbox(secret=SECRET, silent_s=5.0, slow_s=0.05)
    made.faults.share = 1.0
    made.start()
    yield made
    made.stop()


def _tell(place: Sandbox, event: Mapping[str, object], *, patience_s: float = 10.0) -> int | None:
    """The status answered; None when nothing came."""
    message = signed(event, SigningKeys(secrets=[place.secret or SECRET]), now=utc_now())
    with suppress(httpx.TransportError):
        return httpx.post(
            place.url, content=message.body, headers=message.headers, timeout=patience_s, trust_env=False
        ).status_code
    return None


FAULTS = {
    Fault.ERROR: (500, 0),
    Fault.TIMEOUT: (None, 1),
    Fault.SLOW: (204, 1),
    Fault.RESET: (None, 1),
    Fault.OVERTAKEN: (None, 1),
    Fault.DOWN: (None, 0),
}


SILENT = {Fault.TIMEOUT, Fault.OVERTAKEN}


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_met_once_and_then_the_event_counts_once(place: Sandbox, fault: Fault) -> None:
    event = Dossier().event(1, now=utc_now())
    place.faults.switch(fault)
    status, applied = FAULTS[fault]
    assert _tell(place, event, patience_s=1.0 if fault in SILENT else 10.0) == status
    assert place.dossiers.counts["applied"] == applied
    assert place.dossiers.counts["faults"] == 1
    if fault is Fault.DOWN:
        assert _tell(place, event) is None, "down is down until it is switched off"
        place.faults.switch(fault)
    assert _tell(place, event) == 204
    assert (place.dossiers.counts["applied"], place.dossiers.counts["repeated"]) == (1, applied)


def test_an_acceptance_is_overtaken_by_that_of_a_later_try(place: Sandbox) -> None:
    event = Dossier().event(1, now=utc_now())
    place.faults.switch(Fault.OVERTAKEN)
    with ThreadPoolExecutor(1) as lane:
        early = lane.submit(_tell, place, event)
        deadline = time.monotonic() + 10
        while not place.dossiers.counts["applied"]:
            assert time.monotonic() < deadline
        assert not early.done(), "it has its effect and no answer"
        assert _tell(place, event) == 204
        assert early.result(10) == 204
    assert place.withheld.overtaken == 1
    assert (place.dossiers.counts["applied"], place.dossiers.counts["repeated"]) == (1, 1)


def test_a_late_event_takes_its_place_and_moves_nothing_back(place: Sandbox) -> None:
    dossier, now = Dossier(), utc_now()
    for sequence, status in ((3, "delivered"), (1, "ready"), (2, "out")):
        assert _tell(place, dossier.event(sequence, now=now, status=status)) == 204
    assert [event["data"]["status"] for event in place.dossiers.chain(dossier.code)] == ["ready", "out", "delivered"]
    assert place.dossiers.returned() == 1
    assert place.dossiers.counts["out_of_order"] == 2


def test_a_test_event_is_answered_and_shown_but_is_no_dossier(place: Sandbox) -> None:
    event = Dossier(TEST_CODE).event(1, now=utc_now(), status="ready") | {"type": TEST_TYPE}
    assert _tell(place, event) == 204
    assert place.dossiers.events == {}
    page = httpx.get(place.page_url, trust_env=False).text
    assert "tin thử, không ghi" in page
    place.faults.switch(Fault.ERROR)
    assert _tell(place, event | {"id": "another"}) == 500


def test_what_is_signed_but_no_event_is_refused_and_breaks_nothing(place: Sandbox) -> None:
    for wrong in ({"id": "1"}, {"id": "2", "data": []}, Dossier().event(1, now=utc_now()) | {"sequence": 1}):
        assert _tell(place, wrong) == 400
    place.secret = None
    assert _tell(place, Dossier().event(1, now=utc_now())) == 401
    assert place.dossiers.events == {}


def test_the_page_shows_both_languages_and_its_buttons_work(place: Sandbox) -> None:
    dossier = Dossier("H29.16-261120-0001<b>")
    why = {"reason": "absent", "action": "redeliver"}
    failed = dossier.event(1, now=utc_now(), status="attempt_failed")
    _tell(place, failed | {"data": failed["data"] | why})
    sent: list[int] = []
    place.send = sent.append
    with httpx.Client(base_url=place.page_url, trust_env=False) as browser:
        vietnamese, english = browser.get("/").text, browser.get("/?lang=en").text
        assert "Phát chưa thành công" in vietnamese
        assert "Attempt failed" in english
        assert "người nhận vắng nhà → Bưu tá sẽ phát lại" in vietnamese
        assert "nobody was at home" in english
        assert "0001<b>" not in vietnamese
        token = re.search(r'name="token" value="([^"]+)"', vietnamese)
        assert token
        assert browser.post("/faults", data={"fault": "slow"}).status_code == 403, "no token, no click"
        assert browser.post("/faults", data={"fault": "slow", "token": token[1]}).status_code == 303
        assert browser.post("/send", data={"count": "20", "token": token[1]}).status_code == 303
        assert browser.post("/faults", data={"fault": "none", "token": token[1]}).status_code == 404
        assert 'aria-pressed="true">Trả lời chậm: bật' in browser.get("/").text
        state = browser.get("/state.json").json()
        assert browser.get("/dossiers/H29.16-261120-0001%3Cb%3E").status_code == 200
        assert browser.get("/dossiers/nobody").status_code == 404
    assert sent == [20]
    assert state["faults"] == ["slow"]
    assert state["dossiers"][dossier.code]["sequence"] == "0000000001"


def test_a_running_sandbox_ends_at_once_even_amid_silence(place: Sandbox) -> None:
    place.faults.switch(Fault.TIMEOUT)
    _tell(place, Dossier().event(1, now=utc_now()), patience_s=0.5)
    started = utc_now()
    place.stop()
    assert (utc_now() - started).total_seconds() < 2


def test_the_link_refuses_in_the_servers_words(house: House) -> None:
    with listening(house.app) as server:
        link = Link(server, "buuta_wrong")
        with pytest.raises(CodedError) as refused:
            link.register("http://127.0.0.1:1/hooks")
    assert refused.value.code == SERVER_REFUSED.code
    assert "401" in refused.value.problems[0].text("en")


def test_results_go_out_and_their_statuses_come_back(database: Database, tmp_path: Path) -> None:
    """The command as an integrator runs it: it sets its own endpoint, sends, and gets what happened."""
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    house = build_house(database, tmp_path, lambda: options)
    house.clock.shows = utc_now()
    key = house.system().headers["Authorization"].removeprefix("Bearer ")
    command = [sys.executable, "-m", "api.cli", "sandbox", "--port", "0", "--send", "5", "--json"]
    with listening(house.app) as server:
        arguments = [*command, "--server", server, "--key", key]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            assert said["sent"]["rejected"] == 0
            assert said["sent"]["created"] == 5
            _deliver(house, database)
            state = httpx.get(f"{said['page']}state.json", trust_env=False).json()
            assert len(state["dossiers"]) == 5
            assert state["counts"]["applied"] >= 5
            assert "refused" not in state["counts"]
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0


def _deliver(house: House, database: Database) -> None:
    with database.reading() as session:
        [endpoint] = list_endpoints(session, scope=SYSTEM)
    worker = Deliverer(database=database, box=house.runtime.secrets, clock=utc_now, allow_private=True)
    drained = drain(worker, EndpointKey(PROVINCE, endpoint.id))
    assert drained.failed == 0


def test_a_server_without_a_key_is_asked_about() -> None:
    done = CliRunner().invoke(sandbox, ["--server", "http://127.0.0.1:1"])
    assert done.exit_code == 3
    assert KEY_MISSING.code in done.stderr

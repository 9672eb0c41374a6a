"""The integrators' page says what is: its Python example runs against our own messages, its JSON has our fields."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from core.clock import utc_now
from tests.tracking.feedback_scene import Parcel, happened
from tracking.feedback.cloudevents import TYPES, body_of
from tracking.feedback.schedule import SCHEDULE_S
from tracking.feedback.secrets import new_secret
from tracking.feedback.webhook import Signer, SigningKeys
from tracking.model import EventKind

PAGE = (Path(__file__).parents[2] / "docs" / "feedback.md").read_text(encoding="utf-8")
ITEM = Parcel(agency_id=uuid4(), dossier_codes=("H29.16-261120-0001",))
SECRET = new_secret()

Receive = Callable[[str, dict[str, str], bytes, set[str], dict[str, Any]], int]


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def receive() -> Receive:
    """The page's own function."""
    space: dict[str, Any] = {}
    exec(compile(_block("python"), "docs/feedback.md", "exec"), space)  # noqa: S102  our own page
    function: Receive = space["receive"]
    return function


def _message(sequence: int, kind: EventKind) -> tuple[dict[str, str], bytes]:
    event = happened(kind, item=ITEM)
    body = body_of(event, ITEM, ITEM.dossier_codes[0], sequence=sequence, delivered=kind is EventKind.ITEM_DELIVERED)
    text = json.dumps(body)
    return Signer(SigningKeys(secrets=[SECRET])).headers(body["id"], text, now=utc_now()), text.encode()


def test_the_example_applies_once_and_never_goes_back(receive: Receive) -> None:
    out, delivered = _message(1, EventKind.ITEM_OUT), _message(2, EventKind.ITEM_DELIVERED)
    seen: set[str] = set()
    dossiers: dict[str, Any] = {}
    for headers, body in (delivered, out, delivered):
        assert receive(SECRET, headers, body, seen, dossiers) == 204
    assert len(seen) == 2
    assert dossiers[ITEM.dossier_codes[0]]["portal_status"] == 10


def test_the_example_refuses_what_is_not_ours(receive: Receive) -> None:
    headers, body = _message(1, EventKind.ITEM_OUT)
    assert receive(new_secret(), headers, body, set(), {}) == 401
    assert receive(SECRET, headers, body.replace(b"out", b"off"), set(), {}) == 401


def test_the_page_shows_every_field_type_and_wait() -> None:
    shown = json.loads(_block("json"))
    _, raw = _message(1, EventKind.ATTEMPT_FAILED)
    ours = json.loads(raw)
    assert (list(shown), list(shown["data"])) == (list(ours), list(ours["data"]))
    for kind in set(TYPES.values()):
        assert f"`{kind.removeprefix('vn.buuta.item.')}`" in PAGE
    waits = ["5 s", "5 min", "30 min", "2 h", "5 h", "10 h", "14 h", "20 h", "24 h"]
    assert ", ".join(waits) in PAGE
    units = {"s": 1, "min": 60, "h": 3600}
    assert tuple(int(n) * units[unit] for n, unit in (wait.split() for wait in waits)) == SCHEDULE_S[1:]

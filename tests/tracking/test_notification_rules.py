"""The rules of notifications, by properties: quiet hours, old news, sizes of short messages, templates, ends."""

import random
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodedError
from tests.tracking.notification_scene import SMS
from tracking.feedback.sender import Answer
from tracking.model import GENESIS_HASH, Item, Person, Status
from tracking.notifications.channels import check_channel
from tracking.notifications.claiming import RETRIES_S, end_of
from tracking.notifications.contacts import contact_hash, email_of, hash_of_typed
from tracking.notifications.rules import is_news, is_quiet, next_day, opens_at
from tracking.notifications.segments import segments_of
from tracking.notifications.template import PLACEHOLDERS, body_of, outcome_of
from tracking.notifications.values import (
    Facts,
    Kind,
    Letter,
    Outcome,
    Place,
    Policy,
    Result,
    State,
    Told,
    Words,
)
from tracking.notifications.words import words_of
from tracking.store_notifications import Message

WALL = ZoneInfo("Asia/Ho_Chi_Minh")
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
clocks = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
moments = st.integers(0, 366 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


def item(status: Status = Status.OUT, **changes: Any) -> Item:
    plain: dict[str, Any] = dict.fromkeys(Item.__dataclass_fields__)
    plain |= {
        "province_code": "79",
        "id": uuid4(),
        "tracking_code": "7Q2M-4KXP-9D0T",
        "leg": "return",
        "pauses": (),
        "invitations": 0,
    }
    plain |= {
        "dossier_codes": ("H29.16-261120-0001",),
        "addressee": Person(name="Nguyễn Thị Bích Ngọc", phone="0912345678"),
    }
    plain |= {"status": status, "state_fee_vnd": 0, "postage_vnd": 0, "last_hash": GENESIS_HASH}
    return Item(**plain | changes)


@given(clocks, clocks, moments)
def test_quiet_hours_are_a_walk_round_the_clock(first: time, last: time, now: datetime) -> None:
    # The oracle walks from minute to minute, and so over midnight, instead of comparing bounds.
    here = now.astimezone(WALL)
    hours, clock = set(), first
    while clock != last:
        hours.add(clock)
        at = datetime.combine(date(2026, 1, 1), clock) + MINUTE
        clock = at.time()
    assert is_quiet(Policy(quiet_from=first, quiet_until=last), now) == (time(here.hour, here.minute) in hours)


@given(clocks, clocks, moments)
def test_it_opens_at_the_first_moment_that_is_not_quiet(first: time, last: time, now: datetime) -> None:
    policy = Policy(quiet_from=first, quiet_until=last)
    opens = opens_at(policy, now)
    assert not is_quiet(policy, opens)
    assert timedelta() <= opens - now < timedelta(days=1)
    if opens > now:
        assert is_quiet(policy, now)
        assert is_quiet(policy, opens - timedelta(microseconds=1))
    tomorrow = next_day(policy, now)
    assert tomorrow.astimezone(WALL).date() > now.astimezone(WALL).date()
    assert not is_quiet(policy, tomorrow)


@given(st.sampled_from(Kind), st.sampled_from(Status), st.timedeltas(timedelta(), timedelta(days=5)))
def test_news_is_what_still_holds(kind: Kind, status: Status, age: timedelta) -> None:
    told = Told(item=item(status, last_attempt_at=AT if kind is Kind.FAILED else None), happened_at=AT)
    now = AT + age
    if is_news(kind, told, None, now):
        assert age <= timedelta(days=3)
        assert not (kind is Kind.READY and status in (Status.DELIVERED, Status.OUT, Status.RETURNED, Status.WITHDRAWN))
        assert not (kind is Kind.COMING and (status is not Status.OUT or age > timedelta(hours=15)))
        assert not (kind is Kind.DELIVERED and status is not Status.DELIVERED)
        assert not (kind is Kind.FAILED and status in (Status.DELIVERED, Status.OUT, Status.RETURNED))


@given(st.timedeltas(timedelta(hours=-1), timedelta(hours=3)))
def test_the_window_ends_the_news_that_somebody_comes(past: timedelta) -> None:
    window = (AT, AT + timedelta(hours=1))
    told = Told(item=item(), happened_at=AT)
    assert is_news(Kind.COMING, told, window, AT + past) == (past < timedelta(hours=1))


def test_an_attempt_after_the_one_told_of_makes_it_old() -> None:
    told = Told(item=item(Status.HELD, last_attempt_at=AT + MINUTE), happened_at=AT)
    assert not is_news(Kind.FAILED, told, None, AT + 2 * MINUTE)


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        # An escape and its character stay together: 76 of them and a rest of one in each part.
        ("€" * 153, "GSM-7", 306, 3),
        ("ộ" * 70, "UCS-2", 70, 1),
        ("ộ" * 71, "UCS-2", 71, 2),
        ("ộ" * 135, "UCS-2", 135, 3),
        ("à", "GSM-7", 1, 1),
        ("ạ", "UCS-2", 1, 1),
    ],
)
def test_sizes_of_short_messages(text: str, alphabet: str, units: int, parts: int) -> None:
    found = segments_of(text)
    assert (found.alphabet, found.units, found.parts) == (alphabet, units, parts)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", Kind)
def test_words_are_short_and_name_nobody(kind: Kind, language: Any) -> None:
    status = {Kind.FAILED: Status.HELD, Kind.COMING: Status.OUT}.get(kind, Status.READY)
    told = Told(item=item(status, state_fee_vnd=30_000, last_attempt_at=AT), happened_at=AT)
    facts = Facts(
        kind=kind,
        told=(told,),
        office=Place(name="Bưu cục Sài Gòn", address="2 Công xã Paris", phone="02838221677"),
        track_url="https://buuta.example.vn/t/7Q2M4KXP9D0T",
        stop_url="https://buuta.example.vn/n/AbCdEfGhIjKl",
        window=(AT, AT + timedelta(hours=1)),
        stays_until=date(2026, 11, 25) if kind is Kind.INVITED else None,
    )
    plain, marked = words_of(facts, language, accents=False), words_of(facts, language)
    assert segments_of(plain.short).alphabet == "GSM-7"
    assert segments_of(plain.short).parts <= 2
    assert segments_of(marked.short).parts <= 4
    for text in (plain.short, marked.short, marked.long, marked.subject):
        assert "0912345678" not in text
        assert "Ngọc" not in text
    assert facts.track_url in marked.short
    assert facts.stop_url in marked.long
    assert facts.stop_url in marked.short
    assert "Nguyễn T*** B*** N***" in marked.long


def letter(**fields: str) -> Letter:
    words = Words(subject="s", short="t", long="l", fields={"text": "t", "dossiers": "d"} | fields)
    return Letter(message_id=uuid4(), kind=Kind.READY, to="0912345678", words=words, stop_url="x", language="vi")


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_filled_in_stays_inside_its_text(text: str, secret: str) -> None:
    config = SMS | {"body": {"to": "{address}", "deep": [{"text": "<{text}>"}]}, "phone_form": "84"}
    body, _ = body_of(config, letter(text=text.encode("utf-8", "ignore").decode()), secret)
    assert orjson.loads(body) == {
        "to": "84912345678",
        "deep": [{"text": f"<{text.encode('utf-8', 'ignore').decode()}>"}],
    }


def test_what_was_filled_in_is_not_filled_again() -> None:
    body, headers = body_of(SMS, letter(text="{secret} {address}"), "s3cret")
    assert orjson.loads(body)["text"] == "{secret} {address}"
    assert headers["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (Answer(status=200, body=b'{"CodeResult":"100"}'), Result.SENT),
        (Answer(status=200, body=b'{"CodeResult":100}'), Result.SENT),
        (Answer(status=200, body=b'{"CodeResult":"118"}'), Result.LATER),
        (Answer(status=200, body=b'{"CodeResult":"99"}'), Result.REFUSED),
        (Answer(status=200, body=b"<html>"), Result.UNSURE),
        (Answer(status=200, body=b"{}"), Result.UNSURE),
        (Answer(status=400), Result.REFUSED),
        (Answer(status=302), Result.REFUSED),
        (Answer(status=429), Result.LATER),
        (Answer(status=503), Result.LATER),
        (Answer(status=500), Result.UNSURE),
        (Answer(status=504), Result.UNSURE),
        (Answer(status=None, error="ConnectError"), Result.LATER),
        (Answer(status=None, error="ReadTimeout"), Result.UNSURE),
        (Answer(status=None, error="RemoteProtocolError"), Result.UNSURE),
    ],
)
def test_what_an_answer_means(answer: Answer, result: Result) -> None:
    assert outcome_of(SMS, answer).result is result


def message(**changes: Any) -> Message:
    plain = Message(
        id=uuid4(), kind=Kind.READY, person_hash="h", office_id=uuid4(), state=State.SENDING, channel="a",
        refused_by=(), attempts=0, perhaps=False, created_at=AT,
    )  # fmt: skip
    return replace(plain, **changes)


@given(st.lists(st.sampled_from(Result), min_size=1, max_size=30), st.booleans())
def test_no_course_of_answers_sends_twice(results: list[Result], safe: bool) -> None:
    """Whatever comes: after an answer in doubt no other channel is asked, and the same one only where that is safe."""
    now, current, doubt = AT, message(), False
    for n, result in enumerate(results):
        end = end_of(current, Outcome(result=result), safe=safe, now=now, rng=random.Random(n))
        doubt = doubt or result is Result.UNSURE
        assert end.next_at >= now
        assert end.perhaps == doubt
        if end.state is not State.PENDING:
            assert end.state is (State.SENT if result is Result.SENT else State.UNSURE)
            return
        assert not (doubt and not safe)
        assert not (doubt and end.refused_by != current.refused_by)
        assert result is not Result.SENT
        waits = result is not Result.REFUSED and end.refused_by == current.refused_by
        assert not waits or end.next_at - now >= timedelta(seconds=RETRIES_S[0])
        now, current = end.next_at, replace(current, attempts=end.attempts, refused_by=end.refused_by, perhaps=doubt)


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, set()),
        ({"url": "http://10.0.0.1/x"}, {"url"}),
        ({"url": "https://sms.example.vn/send?to={address}"}, {"url"}),
        ({"headers": {"X-To": "{address}"}}, {"headers"}),
        ({"headers": {"X Y": "z", "A": "b\r\nc"}}, {"headers"}),
        ({"body": {"to": "{address}", "template": "{template}"}}, {"templates"}),
        ({"body": {"text": "{text}"}}, {"body"}),
        ({"body": {"to": "{address}", "n": 5, "text": "{text}"}, "body_form": "form"}, {"body"}),
        ({"phone_form": "0084", "to": "fax"}, {"phone_form", "to"}),
        ({"headers": [], "templates": 5, "success": "100"}, {"headers", "templates", "success"}),
        ({"success": {"field": 1}}, {"success"}),
        ({"success": {"values": [100]}}, {"success"}),
        ({"success": {"again": "118"}}, {"success"}),
    ],
)
def test_templates_are_checked_whole(changes: dict[str, Any], pointers: set[str]) -> None:
    config = SMS | {"url": "https://sms.example.vn/send"} | changes
    with pytest.raises(CodedError) if pointers else nullcontext() as refused:
        check_channel("http", config, allow_private=False)
    found = {one.pointer for one in refused.value.problems} if refused else set()
    assert found == pointers


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, set()),
        ({"host": "a b", "port": 0, "sender": "x"}, {"host", "port", "sender"}),
        ({"port": None, "security": "ssl", "user": 5}, {"port", "security", "user"}),
        ({"security": "none"}, {"security"}),
        ({"ca": "no PEM"}, {"ca"}),
        ({"ca": "không phải PEM"}, {"ca"}),
    ],
)
def test_mail_servers_are_checked_whole(changes: dict[str, Any], pointers: set[str]) -> None:
    config = {"host": "mail.example.vn", "port": 587, "security": "starttls", "sender": "a@example.vn"} | changes
    with pytest.raises(CodedError) if pointers else nullcontext() as refused:
        check_channel("smtp", config, allow_private=False)
    found = {one.pointer for one in refused.value.problems} if refused else set()
    assert found == pointers


def test_every_placeholder_is_filled() -> None:
    told = Told(item=item(), happened_at=AT)
    facts = Facts(kind=Kind.COMING, told=(told,), office=Place(name="B"), track_url="t", stop_url="s")
    words = words_of(facts, "vi")
    config = SMS | {"body": {name: f"{{{name}}}" for name in PLACEHOLDERS}}
    body, _ = body_of(config, replace(letter(), words=words), "x")
    assert not any("{" in value for value in orjson.loads(body).values())


@pytest.mark.parametrize("typed", ["0912 345 678", "+84912345678", "84912345678", "0912.345.678"])
def test_one_phone_is_one_person_however_it_is_typed(typed: str) -> None:
    assert hash_of_typed(b"k", typed) == contact_hash(b"k", "0912345678")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  An.Nguyen@Example.VN ", "an.nguyen@example.vn"),
        ("", ""),
        ("an@", None),
        ("an@b", None),
        ("a b@c.vn", None),
        ("an@c.vn\r\nBcc: x@y.vn", None),
        ("a..b@c.vn", None),
        ("x" * 250 + "@c.vn", None),
    ],
)
def test_mail_addresses(typed: str, kept: str | None) -> None:
    assert email_of(typed) == kept

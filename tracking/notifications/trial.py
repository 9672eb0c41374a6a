"""A test message: sent at once by one channel to who sets it up, so that the provider's answer is seen."""

import time
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import aware
from core.db import try_lock
from core.errors import NOT_FOUND, fail
from core.ids import new_id
from core.scope import Scope
from tracking import fields
from tracking import store_notification_settings as settings
from tracking.feedback.errors import TRIAL_RUNS
from tracking.feedback.secrets import SecretBox
from tracking.notifications.channels import reaches, send
from tracking.notifications.contacts import contact_hash, email_of, fresh_token
from tracking.notifications.errors import BAD_CONTACT, WANTS_NONE
from tracking.notifications.samples import sample_words
from tracking.notifications.values import Kind, Language, Letter, Policy, Result, Words
from tracking.offices import may_administer
from tracking.store_notification_settings import Channel

_IDLE_LIMIT_S = 60  # above the slowest answer
_MARK = {"vi": ("[Thử] ", "[Thu] "), "en": ("[Test] ", "[Test] ")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was sent and what the channel made of it; `error` names no person."""

    result: Result
    error: str | None
    took_ms: int
    words: str


def send_test(
    session: Session,
    *,
    scope: Scope,
    name: str,
    typed: str,
    box: SecretBox,
    key: bytes,
    base_url: str,
    allow_private: bool,
    now: datetime,
) -> Trial:
    """Send a made-up `ready` to a phone or mail address, also by a channel that is off; no message is kept of it.

    Quiet hours do not hold it back: somebody waits for it. `key` keys the hashes of people.

    Raises:
        CodedError: C1000 for who may not or when there is none, T5504 for what the channel cannot reach, T5508,
            T5009 while another test waits.
    """
    may_administer(scope, "channel")
    channel = settings.channels(session, scope.province_code).get(name)
    if channel is None:
        raise fail(NOT_FOUND, what="channel")
    # The caller's connection waits with it: a province has one such wait at a time, however slow the provider.
    if not try_lock(session, f"trial:{scope.province_code}:channels", idle_limit_s=_IDLE_LIMIT_S):
        raise fail(TRIAL_RUNS)
    to = _address(channel, typed)
    hashed = contact_hash(key, to)
    if settings.opted_out(session, scope.province_code, [hashed]):
        raise fail(WANTS_NONE, pointer="contact")
    token = settings.token_of(session, scope.province_code, hashed, fresh_token())
    policy = settings.policy(session, scope.province_code) or Policy()
    words = _words(policy, base_url, stop_url=f"{base_url}/n/{token}")
    letter = Letter(
        message_id=new_id(aware(now)),
        kind=Kind.READY,
        to=to,
        words=words,
        stop_url=words.fields["stop"],
        language=policy.language,
    )
    started = time.monotonic()
    outcome = send(channel, letter, box=box, allow_private=allow_private, now=aware(now))
    return Trial(
        result=outcome.result,
        error=outcome.error,
        took_ms=round((time.monotonic() - started) * 1000),
        words=words.short if reaches(channel) == "phone" else words.long,
    )


def _address(channel: Channel, typed: str) -> str:
    address = email_of(typed) if reaches(channel) == "email" else fields.phone(typed)
    if not address:
        raise fail(BAD_CONTACT, pointer="contact")
    return address


def _words(policy: Policy, base_url: str, *, stop_url: str) -> Words:
    language: Language = policy.language
    words = sample_words(Kind.READY, language, accents=policy.accents, track_url=f"{base_url}/t", stop_url=stop_url)
    mark = _MARK[language][0]
    short = _MARK[language][not policy.accents] + words.short
    return replace(
        words,
        subject=mark + words.subject,
        short=short,
        long=f"{mark}\n{words.long}",
        fields=words.fields | {"text": short},
    )

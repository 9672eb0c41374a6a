"""Channels: what may be set, and sending one letter by one of them."""

import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from core.errors import CodedError, Problem, problem, refuse
from tracking.feedback.guard import check_url, locate
from tracking.feedback.secrets import SecretBox
from tracking.feedback.sender import Sender
from tracking.notifications.contacts import email_of
from tracking.notifications.errors import BAD_CHANNEL
from tracking.notifications.smtp import send_mail
from tracking.notifications.template import body_of, outcome_of, template_mistakes
from tracking.notifications.values import Letter, Outcome, Result
from tracking.store_notification_settings import Channel

Reached = Literal["phone", "email"]
_SECURITIES = ("starttls", "tls", "none")


def check_channel(kind: str, config: Mapping[str, Any], *, allow_private: bool) -> None:
    """Refuse what could not be sent by.

    Raises:
        CodedError: T5501 for each thing wrong, T5001 for a URL that cannot be used.
    """
    refuse(list(_smtp_mistakes(config, allow_private) if kind == "smtp" else _http_mistakes(config, allow_private)))


def reaches(channel: Channel) -> Reached:
    """Which address of a person a channel needs."""
    return "email" if channel.kind == "smtp" or channel.config.get("to") == "email" else "phone"


def knows_repetitions(channel: Channel) -> bool:
    """Whether the provider takes the same message id only once, so that a message may be sent again when in doubt."""
    return channel.kind == "http" and bool(channel.config.get("knows_repetitions"))


def send(channel: Channel, letter: Letter, *, box: SecretBox, allow_private: bool, now: datetime) -> Outcome:
    """Send one letter; what is set wrongly here sends nothing and is tried again later."""
    try:
        secret = box.open(channel.secret) if channel.secret else ""
        if channel.kind == "smtp":
            return send_mail(channel.config, secret, letter, allow_private=allow_private, now=now)
        body, headers = body_of(channel.config, letter, secret)
        target = locate(str(channel.config["url"]), allow_private=allow_private)
    except CodedError as refused:
        return Outcome(result=Result.LATER, error=refused.code)
    # A connection of its own: on a kept one it would not be known whether a broken request was read.
    with Sender(target, connections=1) as sender:
        return outcome_of(channel.config, sender.send(body, headers))


def _http_mistakes(config: Mapping[str, Any], allow_private: bool) -> Iterator[Problem]:
    try:
        check_url(str(config.get("url", "")), allow_private=allow_private)
    except CodedError as wrong:
        yield from wrong.problems
    if config.get("to", "phone") not in ("phone", "email"):
        yield _bad("to", "phải là phone hoặc email", "it must be phone or email")
    yield from template_mistakes(config)


def _smtp_mistakes(config: Mapping[str, Any], allow_private: bool) -> Iterator[Problem]:
    host, port = config.get("host"), config.get("port")
    if not isinstance(host, str) or not host or not host.isascii() or any(c in host for c in " /@:\r\n"):
        yield _bad("host", "phải là tên máy chủ", "it must be a host name")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:
        yield _bad("port", "phải từ 1 đến 65535", "it must be from 1 to 65535")
    if config.get("security") not in _SECURITIES:
        yield _bad("security", "phải là starttls, tls hoặc none", "it must be starttls, tls or none")
    elif config["security"] == "none" and not allow_private:
        yield _bad("security", "phải mã hóa khi ra Internet", "mail must be encrypted on the open internet")
    if not email_of(str(config.get("sender", ""))):
        yield _bad("sender", "phải là địa chỉ thư", "it must be a mail address")
    if not isinstance(config.get("user", ""), str):
        yield _bad("user", "phải là chữ", "it must be a text")
    if config.get("ca"):
        try:
            # What holds other letters than ASCII is a TypeError.
            ssl.create_default_context(cadata=str(config["ca"]))
        except (ssl.SSLError, ValueError, TypeError):
            yield _bad("ca", "không phải chứng chỉ PEM", "it is no PEM certificate")


def _bad(field: str, why: str, why_en: str) -> Problem:
    return problem(BAD_CHANNEL, pointer=field, field=field, why=why, why_en=why_en)

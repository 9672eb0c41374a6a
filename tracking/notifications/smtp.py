"""Letters over SMTP, one connection each, so that it is known whether one was taken."""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from tracking.feedback.guard import Target, locate
from tracking.notifications.values import Letter, Outcome, Result

_ANSWER_S = 15.0


class _Pinned(smtplib.SMTP):
    """Connects to the address that was checked; the certificate must be the name's."""

    def __init__(self, target: Target, context: ssl.SSLContext | None) -> None:
        self._target, self._tls = target, context
        super().__init__(target.host, target.port, local_hostname="localhost", timeout=_ANSWER_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002  smtplib's hook
        plain = socket.create_connection((self._target.address, self._target.port), timeout)
        return plain if self._tls is None else self._tls.wrap_socket(plain, server_hostname=self._target.host)


def send_mail(config: Mapping[str, Any], secret: str, letter: Letter, *, allow_private: bool, now: datetime) -> Outcome:
    """Send one letter; raises T5001-T5003 for a server that may not be called, nothing for what it or the network does.

    Until the text was handed over nothing was sent; when no answer came after it, it may have been taken.
    """
    try:
        # The same check as for webhooks: a mail server's name is looked at as if it were a URL's.
        target = locate(f"https://{config['host']}:{config['port']}/", allow_private=allow_private)
        smtp = _open(config, secret, target)
    except (OSError, smtplib.SMTPException) as broken:
        return Outcome(result=Result.LATER, error=_name(broken))
    try:
        return _hand_over(smtp, str(config["sender"]), letter, _mail(config, letter, now))
    finally:
        smtp.close()


def _open(config: Mapping[str, Any], secret: str, target: Target) -> smtplib.SMTP:
    context = None
    if config["security"] != "none":
        context = ssl.create_default_context(cadata=config.get("ca") or None)
    smtp = _Pinned(target, context if config["security"] == "tls" else None)
    try:
        if config["security"] == "starttls":
            smtp.starttls(context=context)
        if config.get("user"):
            smtp.login(str(config["user"]), secret)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _hand_over(smtp: smtplib.SMTP, sender: str, letter: Letter, mail: bytes) -> Outcome:
    try:
        smtp.ehlo_or_helo_if_needed()
        for code, said in (smtp.mail(sender), smtp.rcpt(letter.to)):
            if code >= 300:
                return _said(code, said)
    except (OSError, smtplib.SMTPException) as broken:
        return Outcome(result=Result.LATER, error=_name(broken))
    try:
        code, said = smtp.data(mail)
    except smtplib.SMTPDataError as refused:
        return _said(refused.smtp_code, b"")
    except (OSError, smtplib.SMTPException) as broken:
        return Outcome(result=Result.UNSURE, error=_name(broken))
    return Outcome(result=Result.SENT) if 200 <= code < 300 else _said(code, said)


def _said(code: int, _: bytes) -> Outcome:
    """A refusal: for good or for now (RFC 5321, 4.2.1). What the server wrote beside it may name the person."""
    return Outcome(result=Result.REFUSED if code >= 500 else Result.LATER, error=f"SMTP {code}")


def _mail(config: Mapping[str, Any], letter: Letter, now: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = str(config["sender"]), letter.to, letter.words.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.message_id}@{str(config['sender']).partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = letter.language
    mail["List-Unsubscribe"] = f"<{letter.stop_url}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.words.long, cte="quoted-printable")
    return mail.as_bytes()


def _name(broken: Exception) -> str:
    return type(broken).__name__

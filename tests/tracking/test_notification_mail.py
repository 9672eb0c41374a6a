"""Letters to a real mail server: encrypted, signed in, refused, broken off."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import text

from core.ports import free_port
from tests.tracking.notification_scene import CONTACT_KEY, PHONE, Telling, providing
from tests.tracking.office_scene import SYSTEM, Scene
from tracking.notifications.contacts import consent_at_office

pytestmark = pytest.mark.db
MAIL = "ngoc@example.vn"


@dataclass
class Post:
    """What a mail server took, and what it answers; `breaks_off`: the connection ends where the answer should be."""

    letters: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    rcpt: str = "250 OK"
    data: str = "250 OK"
    breaks_off: bool = False

    async def handle_RCPT(  # noqa: N802  the name the server calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  the same
        self.letters.append(cast("bytes", envelope.content))
        self.to += envelope.rcpt_tos
        if self.breaks_off:
            assert server.transport is not None
            server.transport.close()
        return self.data

    def sign_in(self, _server: object, _session: object, _envelope: object, _how: str, given: object) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.users.append(given.login.decode())
        return AuthResult(success=given.password == b"s3cret")

    def letter(self) -> EmailMessage:
        return message_from_bytes(self.letters[-1], policy=default)


@contextmanager
def mail_server(authority: trustme.CA) -> Iterator[tuple[Post, dict[str, Any]]]:
    """A mail server that takes letters only encrypted and from who has signed in, and the channel that knows it."""
    post, context = Post(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    port = free_port()
    controller = Controller(
        post, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, authenticator=post.sign_in,
        auth_required=True,
    )  # fmt: skip
    controller.start()
    try:
        config = {"host": "127.0.0.1", "port": port, "security": "starttls", "sender": "tin@buuta.example.vn"}
        yield post, config | {"user": "buuta", "ca": authority.cert_pem.bytes().decode()}
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def out_with_mail(scene: Scene) -> None:
    """A paper in a courier's hands whose addressee has a mail address."""
    scene.out(1, email=MAIL)


def test_a_letter_arrives_whole(scene: Scene, authority: trustme.CA) -> None:
    telling = Telling(scene)
    with mail_server(authority) as (post, config):
        telling.channel("mail", kind="smtp", **config)
        telling.policy(channels=("mail",))
        out_with_mail(scene)
        telling.tell(timedelta(minutes=4))
        assert (post.to, post.users) == ([MAIL], ["buuta"])
        letter = post.letter()
        body = letter.get_body()
        assert body is not None
        words = body.get_content()
        assert letter["Subject"].startswith("Bưu tá đến hôm nay: H29.16-")
        assert "Kính gửi Nguyễn T*** B*** N***," in words
        assert "Bưu tá đến hôm nay 20/11 phát kết quả hồ sơ" in words
        assert letter["List-Unsubscribe"].strip("<>") in words.replace("\r\n", "\n")
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter["Message-ID"].endswith("@buuta.example.vn>")
        assert letter["Auto-Submitted"] == "auto-generated"
    assert telling.messages() == [("coming", "sent", None)]


def test_who_has_no_mail_address_is_told_by_the_next_channel(scene: Scene, authority: trustme.CA) -> None:
    telling = Telling(scene)
    with mail_server(authority) as (post, config), providing() as sms:
        telling.channel("mail", kind="smtp", **config)
        telling.channel("sms", url=sms.url)
        telling.policy(channels=("mail", "sms"))
        scene.out(1)
        telling.tell(timedelta(minutes=4))
        assert (post.to, len(sms.bodies)) == ([], 1)
        # One that is refused for good goes on to the next too.
        post.rcpt = "550 no such user"
        out_with_mail(scene)
        telling.tell(timedelta(minutes=4))
        assert (post.to, len(sms.bodies)) == ([], 2)


@pytest.mark.parametrize("order", [("sms", "mail"), ("mail", "sms")])
@pytest.mark.parametrize("stopped", [PHONE, MAIL])
def test_a_no_by_phone_or_mail_is_a_no_to_every_channel(
    scene: Scene, authority: trustme.CA, order: tuple[str, str], stopped: str
) -> None:
    telling = Telling(scene)

    def says(*, out: bool) -> None:
        with scene.database.transaction() as session:
            consent_at_office(session, scope=SYSTEM, key=CONTACT_KEY, typed=stopped, out=out, now=telling.at)

    with mail_server(authority) as (post, config), providing() as sms:
        telling.channel("mail", kind="smtp", **config)
        telling.channel("sms", url=sms.url)
        telling.policy(channels=order)
        says(out=True)
        out_with_mail(scene)
        telling.tell(timedelta(minutes=4))
        assert (post.to, sms.bodies) == ([], [])
        assert telling.messages() == [("coming", "dropped", "opted_out")]
        says(out=False)
        out_with_mail(scene)
        telling.tell(timedelta(minutes=4))
        assert (len(post.to), len(sms.bodies)) == ((0, 1) if order[0] == "sms" else (1, 0))


def test_one_that_is_refused_for_now_comes_later_once(scene: Scene, authority: trustme.CA) -> None:
    telling = Telling(scene)
    with mail_server(authority) as (post, config):
        telling.channel("mail", kind="smtp", **config)
        telling.policy(channels=("mail",))
        post.rcpt = "451 greylisted"
        out_with_mail(scene)
        telling.tell(timedelta(minutes=4))
        assert telling.messages() == [("coming", "pending", None)]
        post.rcpt = "250 OK"
        telling.tell(timedelta(minutes=2))
        telling.tell()
        assert post.to == [MAIL]


def test_one_whose_answer_is_lost_is_not_sent_again(scene: Scene, authority: trustme.CA) -> None:
    telling = Telling(scene)
    with mail_server(authority) as (post, config):
        telling.channel("mail", kind="smtp", **config)
        telling.policy(channels=("mail",))
        post.breaks_off = True
        out_with_mail(scene)
        telling.tell(timedelta(minutes=4))
        post.breaks_off = False
        telling.tell()
        assert len(post.letters) == 1
    assert telling.messages() == [("coming", "unsure", None)]


@pytest.mark.parametrize("wrong", [{"secret": "guessed"}, {"ca": None}, {"port": 1}])
def test_what_is_set_wrongly_sends_nothing_and_the_message_keeps(
    scene: Scene, authority: trustme.CA, wrong: dict[str, Any]
) -> None:
    telling = Telling(scene)
    with mail_server(authority) as (post, config):
        telling.channel("mail", kind="smtp", **(config | wrong))
        telling.policy(channels=("mail",))
        out_with_mail(scene)
        telling.tell(timedelta(minutes=4))
        assert post.letters == []
    assert telling.messages() == [("coming", "pending", None)]


def test_a_wrong_mail_address_is_a_warning_and_a_new_one_replaces_the_old(scene: Scene) -> None:
    row = scene.row(email="ngoc@")
    [answer] = scene.accept(row)
    assert (answer.outcome, [one.code for one in answer.warnings]) == ("created", ["T5507"])
    # Without one, the row is the one it was before there were mail addresses.
    assert scene.accept(replace(row, email=""))[0].outcome == "unchanged"
    for email, kept in ((" NGOC@example.vn", [MAIL]), ("", [])):
        assert scene.accept(replace(row, email=email))[0].outcome == "updated"
        with scene.database.reading() as session:
            assert list(session.scalars(text("SELECT email FROM notification_emails"))) == kept

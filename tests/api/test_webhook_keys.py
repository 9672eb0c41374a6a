"""Our messages checked by programs that are not ours, with keys from the published address and nothing else of ours."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi.testclient import TestClient
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError as Refused
from svix.webhooks import Webhook as SvixWebhook

from api.runtime import WebOptions
from core.clock import utc_now
from core.db import Database
from tests.api.house import House, build_house
from tests.tracking.feedback_receiver import Letter, Receiver, receiving
from tests.tracking.office_scene import PROVINCE
from tracking.feedback.drain import Deliverer, drain
from tracking.store_endpoints import EndpointKey


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A server that may send to this machine, at the present time: receivers look at the time of a signature."""
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    built = build_house(database, tmp_path, lambda: options)
    built.clock.shows = utc_now()
    return built


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


class Link:
    """An agency's system that set its endpoint by HTTP, and what it gets there."""

    def __init__(self, house: House, receiver: Receiver) -> None:
        self.house, self.receiver, self.system = house, receiver, house.system()
        self.made = self.system.post("/v1/endpoints", json={"url": receiver.url}).json()
        receiver.secrets[:] = [self.made["secret"]]

    @property
    def endpoint(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.system.get("/v1/endpoints").json()["endpoints"]
        return found[0]

    def rotate(self, **headers: str) -> str:
        """New keys; the new secret."""
        answer = self.system.post(f"/v1/endpoints/{self.endpoint['id']}/rotate", headers=headers)
        assert answer.status_code == 200, answer.text
        secret: str = answer.json()["secret"]
        return secret

    def letter(self) -> Letter:
        """The newest message, after something has happened."""
        self.house.scene.ready(1)
        runtime = self.house.runtime
        deliverer = Deliverer(database=runtime.database, box=runtime.secrets, clock=utc_now, allow_private=True)
        assert drain(deliverer, EndpointKey(PROVINCE, UUID(self.endpoint["id"]))).failed == 0
        return self.receiver.letters[-1]


def published(stranger: TestClient, path: str) -> list[Ed25519PublicKey]:
    """The keys as anybody reads them, by the JWK's own members."""
    answer = stranger.get(path)
    assert answer.headers["content-type"] == "application/jwk-set+json"
    keys = answer.json()["keys"]
    assert {(one["kty"], one["crv"], one["alg"]) for one in keys} <= {("OKP", "Ed25519", "EdDSA")}
    return [Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(one["x"] + "=")) for one in keys]


def is_signed_by(key: Ed25519PublicKey, letter: Letter) -> bool:
    """Whether one of the `v1a` signatures is the key's, by the words of Standard Webhooks 1.0.0."""
    headers, body = letter
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    found = [one.removeprefix("v1a,") for one in headers["webhook-signature"].split() if one.startswith("v1a,")]
    for signature in found:
        try:
            key.verify(base64.b64decode(signature), content)
        except InvalidSignature:
            continue
        return True
    return False


def test_other_peoples_programs_verify_and_read_what_we_send(house: House, receiver: Receiver) -> None:
    link = Link(house, receiver)
    headers, body = letter = link.letter()
    Webhook(link.made["secret"]).verify(body, headers)
    SvixWebhook(link.made["secret"]).verify(body, headers)
    [key] = published(house.stranger(), link.endpoint["keys_path"])
    assert is_signed_by(key, letter)
    event = from_structured_event(HTTPMessage(headers=headers, body=body), JSONFormat())
    assert (event.get_id(), event.get_source()) == (headers["webhook-id"], f"urn:buuta:province:{PROVINCE}")


def test_a_changed_body_a_foreign_key_and_a_foreign_secret_are_seen(house: House, receiver: Receiver) -> None:
    link = Link(house, receiver)
    headers, body = link.letter()
    changed = body.replace(b'"portal_status":9', b'"portal_status":10')
    assert changed != body
    [key] = published(house.stranger(), link.endpoint["keys_path"])
    assert not is_signed_by(key, (headers, changed))
    for verify in (Webhook(link.made["secret"]).verify, SvixWebhook(link.made["secret"]).verify):
        with pytest.raises(Refused):
            verify(changed, headers)
    with receiving() as other:
        theirs = house.system(house.other_agency.id).post("/v1/endpoints", json={"url": other.url}).json()
        [foreign] = published(house.stranger(), theirs["endpoint"]["keys_path"])
        assert not is_signed_by(foreign, (headers, body))


def test_both_kinds_of_key_turn_together_and_the_old_ones_end(house: House, receiver: Receiver) -> None:
    link = Link(house, receiver)
    path = link.endpoint["keys_path"]
    [old] = published(house.stranger(), path)
    old_secret, new_secret = link.made["secret"], link.rotate()
    new, still = published(house.stranger(), path)
    assert still.public_bytes_raw() == old.public_bytes_raw()
    headers, body = letter = link.letter()
    for secret in (old_secret, new_secret):
        Webhook(secret).verify(body, headers)
        SvixWebhook(secret).verify(body, headers)
    assert is_signed_by(old, letter)
    assert is_signed_by(new, letter)
    house.clock.advance(timedelta(hours=25))
    [only] = published(house.stranger(), path)
    assert only.public_bytes_raw() == new.public_bytes_raw()


def test_a_rotation_whose_answer_was_lost_costs_the_receiver_nothing(house: House, receiver: Receiver) -> None:
    link = Link(house, receiver)
    path = link.endpoint["keys_path"]
    [old] = published(house.stranger(), path)
    lost = link.rotate()
    [nobodys, _] = published(house.stranger(), path)
    house.clock.advance(timedelta(minutes=1))
    got = link.rotate()
    headers, body = letter = link.letter()
    for secret in (link.made["secret"], got):
        Webhook(secret).verify(body, headers)
    with pytest.raises(Refused):
        Webhook(lost).verify(body, headers)
    assert is_signed_by(old, letter)
    assert not is_signed_by(nobodys, letter)
    new, still = published(house.stranger(), path)
    assert still.public_bytes_raw() == old.public_bytes_raw()
    house.clock.advance(timedelta(hours=25))
    final = link.rotate()
    assert {one.public_bytes_raw() for one in published(house.stranger(), path)} >= {new.public_bytes_raw()}
    assert final != got


def test_a_repeated_call_for_keys_is_answered_with_the_same_secret_and_none_is_kept_in_clear(
    house: House, receiver: Receiver
) -> None:
    link = Link(house, receiver)
    once = {"Idempotency-Key": "turn-1"}
    first = link.rotate(**once)
    assert link.rotate(**once) == first
    assert len(published(house.stranger(), link.endpoint["keys_path"])) == 2
    with receiving() as other:
        made, again = (
            link.system.post("/v1/endpoints", json={"url": other.url}, headers={"Idempotency-Key": "set-1"})
            for _ in range(2)
        )
        assert made.json() == again.json()
        assert made.json()["secret"].startswith("whsec_")
        assert again.headers["Idempotent-Replay"] == "true"
    with house.runtime.database.reading() as session:
        kept = " ".join(session.scalars(text("SELECT answer::text FROM repeats")))
    assert kept.count("closed") == 2
    assert "whsec_" not in kept


def test_what_is_published_is_the_public_half_alone(house: House, receiver: Receiver) -> None:
    link = Link(house, receiver)
    stranger = house.stranger()
    answer = stranger.get(link.endpoint["keys_path"])
    assert json.loads(answer.text)["keys"][0]["whpk"] == link.endpoint["public_key"]
    assert "max-age" in answer.headers["cache-control"]
    assert "whsk_" not in answer.text + link.system.get("/v1/endpoints").text
    assert set(answer.json()["keys"][0]) == {"kty", "crv", "x", "kid", "use", "alg", "whpk"}
    nobody = stranger.get(f"/.well-known/webhook-keys/{PROVINCE}/0198f1c0-0000-7000-8000-000000000000")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "C1000")
    elsewhere = stranger.get(link.endpoint["keys_path"].replace(f"/{PROVINCE}/", "/01/"))
    assert elsewhere.status_code == 404

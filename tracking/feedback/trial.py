"""A test event: signed like every other, sent at once and once, so that whoever sets up a receiver sees its answer."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from core.clock import aware
from core.db import try_lock
from core.errors import NOT_FOUND, fail
from core.ids import new_id
from core.scope import Scope
from tracking import store_endpoints
from tracking.feedback.cloudevents import PORTAL_WITH_POST, source_of
from tracking.feedback.errors import OTHER_KIND, TRIAL_RUNS
from tracking.feedback.guard import locate
from tracking.feedback.secrets import SecretBox
from tracking.feedback.sender import Sender
from tracking.feedback.webhook import Signer, SigningKeys
from tracking.store_endpoints import EndpointKey

TEST_TYPE = "vn.buuta.test"
TEST_CODE = "BUUTA-TEST"
_ANSWER_S = 5.0  # a person waits for it
_IDLE_LIMIT_S = 60  # above the slowest answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was sent and what came back; `status` None when nothing came, and `error` says why."""

    id: UUID
    accepted: bool
    status: int | None
    error: str | None
    took_ms: int
    headers: dict[str, str]
    body: dict[str, Any]


def send_test(
    session: Session, *, scope: Scope, endpoint_id: UUID, box: SecretBox, allow_private: bool, now: datetime
) -> Trial:
    """Send a test event to an endpoint, also to a disabled one; nothing is kept of it and no attempt is counted.

    Raises:
        CodedError: C1000 out of reach, T5008 for one that takes no events, T5009 while another test waits, T5002
            or T5003 for an address that may not be or cannot be sent to.
    """
    endpoint = store_endpoints.endpoint(session, scope=scope, endpoint_id=endpoint_id)
    if endpoint is None:
        raise fail(NOT_FOUND, what=f"endpoint {endpoint_id}")
    if endpoint.kind != "webhook":
        raise fail(OTHER_KIND)
    # The caller's connection waits with it: an agency has one such wait at a time, however slow its receiver.
    if not try_lock(session, f"trial:{scope.province_code}:{endpoint.agency_id}", idle_limit_s=_IDLE_LIMIT_S):
        raise fail(TRIAL_RUNS)
    target = locate(endpoint.url, allow_private=allow_private)
    body = _body(scope.province_code, aware(now))
    text = orjson.dumps(body).decode()
    headers = _signer(session, EndpointKey(scope.province_code, endpoint.id), box).headers(body["id"], text, now=now)
    started = time.monotonic()
    with Sender(target, connections=1, answer_s=_ANSWER_S) as sender:
        answer = sender.send(text, headers)
    return Trial(
        id=UUID(body["id"]),
        accepted=answer.accepted,
        status=answer.status,
        error=answer.error,
        took_ms=round((time.monotonic() - started) * 1000),
        headers=headers,
        body=body,
    )


def _signer(session: Session, key: EndpointKey, box: SecretBox) -> Signer:
    """The new keys alone: a receiver that only knows the old ones should be told so."""
    closed = store_endpoints.keys_of(session, key)
    private = [closed.signing_key] if closed.signing_key is not None else []
    return Signer(SigningKeys(secrets=[box.open(closed.secret)], private_keys=[box.open(one) for one in private]))


def _body(province_code: str, now: datetime) -> dict[str, Any]:
    """In the shape of a true event, of a dossier that is none: receivers need no case of their own for it."""
    at = now.isoformat().replace("+00:00", "Z")
    return {
        "specversion": "1.0",
        "id": str(new_id(now)),
        "source": source_of(province_code),
        "type": TEST_TYPE,
        "subject": TEST_CODE,
        "time": at,
        "recordedtime": at,
        "sequence": "0000000001",
        "datacontenttype": "application/json",
        "data": {
            "dossier_code": TEST_CODE,
            "item_code": TEST_CODE,
            "tracking_code": None,
            "status": "ready",
            "portal_status": PORTAL_WITH_POST,
            "superseded": False,
            "reason": None,
            "action": None,
            "redelivery_on": None,
            "due_on": None,
        },
    }

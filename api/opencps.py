"""The order interface at the door: its fields from query, form or JSON, its keys, its answers."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

import orjson
from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.auth import KEY_SCHEME, Credential, identify, sha256
from api.deps import Allow, raw_body
from api.errors import BAD_JSON, SIGNED_OUT
from api.hub import chosen
from api.identity import Identity
from api.presenters.results import problem_out
from api.roles import Role
from api.schemas.opencps import Embedded, OrderRecord, OrderResult, TrackingOut
from api.value_words import broken_at
from core.clock import VIETNAM
from core.errors import Problem, fail
from tracking.feedback.errors import BAD_CURSOR
from tracking.opencps import orders
from tracking.opencps.order import flat
from tracking.opencps.words import status_of
from tracking.withdrawal import WithdrawalAnswer

ACCEPTED, ALREADY_THERE = "100", "101"
_MESSAGES = {
    "created": (ACCEPTED, "Đã tiếp nhận yêu cầu"),
    "unchanged": (ALREADY_THERE, "Yêu cầu đã có"),
    "updated": (ALREADY_THERE, "Yêu cầu đã có, đã cập nhật"),
    "withdrawn": (ACCEPTED, "Đã hủy yêu cầu"),
    "recalled": (ACCEPTED, "Bưu điện đang giữ giấy tờ và sẽ chuyển lại cơ quan"),
}
# Ids are those of a document database there: 24 hex digits, the first page after all zeros.
_ID_DIGITS = 24


async def fields_in(request: Request, data: Annotated[bytes, Depends(raw_body)]) -> dict[str, object]:
    """What was sent, query and body together. Raises A1103 for a body that is no JSON object."""
    sent: dict[str, object] = dict(request.query_params)
    if not data.strip():
        return sent
    if "form-urlencoded" in request.headers.get("content-type", ""):
        return sent | dict(parse_qsl(data.decode(errors="replace"), max_num_fields=100))
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as broken:
        raise fail(BAD_JSON, pointer="", reason=str(broken), reason_vi=broken_at(str(broken))) from None
    if not isinstance(body, dict):
        raise fail(BAD_JSON, pointer="", reason="not an object", reason_vi="không phải một đối tượng")
    return sent | body


# By a key alone: a signed-in person has no CSRF guard at a GET that writes.
System = Annotated[Identity, Depends(Allow(frozenset({Role.AGENCY, Role.HUB}), only="keys"), scope="function")]


def acting_in(session: Session, caller: Identity, content: Mapping[str, object]) -> tuple[Identity, UUID]:
    """Who acts for which agency: a hub for the one in `govAgencyCode`, a system of one agency for its own.

    Raises:
        CodedError: C1000 when a hub names none of its agencies.
    """
    code = flat(content).get("govagencycode", "").strip() if caller.role is Role.HUB else None
    return chosen(session, caller, agency_id=None, code=code)


def credential_in(request: Request) -> str:
    """The key in `Basic` (as the secret) or `Bearer`. Raises A1001 when there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            raise fail(SIGNED_OUT) from None
    if not value.startswith(KEY_SCHEME):
        raise fail(SIGNED_OUT)
    return value


def check_key(session: Session, secret: str, *, now: datetime) -> None:
    """Raises A1001 for a key that nobody has."""
    if identify(session, [Credential("key", sha256(secret))], now=now) == [None]:
        raise fail(SIGNED_OUT)


def result_of_order(answer: orders.OrderAnswer) -> OrderResult:
    """ "100", "101" or our code, with everything that is wrong."""
    return _result(answer.outcome, answer.problems, answer.item_code, answer.warnings)


def result_of_cancel(answer: WithdrawalAnswer) -> OrderResult:
    """The same for a cancellation."""
    return _result(answer.outcome, answer.problems, None)


def page_out(session: Session, caller: Identity, content: Mapping[str, object]) -> TrackingOut:
    """A page of orders. Raises T5004 for a `lastId` that is none of ours."""
    fields = flat(content)
    acting, _ = acting_in(session, caller, content)
    size = _whole(fields.get("pagesize", ""), otherwise=orders.PAGE_LIMIT)
    page = orders.track_orders(
        session,
        scope=acting.scope,
        after=_position(fields.get("lastid", "")),
        order_number=fields.get("ordernumber") or None,
        limit=size,
    )
    records = [_record(one, fields.get("customercode")) for one in page.rows]
    return TrackingOut(
        size=size,
        total_pages=-(-page.orders // size),
        returned=len(records),
        embedded=Embedded(docs=records) if records else None,
    )


def _result(
    outcome: str, problems: tuple[Problem, ...], item_code: str | None, warnings: tuple[Problem, ...] = ()
) -> OrderResult:
    if problems:
        return OrderResult(
            Status=problems[0].code, Message=problems[0].text("vi"), Errors=[problem_out(one) for one in problems]
        )
    status, message = _MESSAGES[outcome]
    return OrderResult(
        Status=status,
        # Systems that know no warnings keep the message in their log.
        Message=". ".join([message, *(one.text("vi").rstrip(".") for one in warnings)]),
        ItemCode=item_code,
        Warnings=[problem_out(one) for one in warnings],
    )


def _record(one: orders.Tracked, customer_code: str | None) -> OrderRecord:
    data = one.body["data"]
    code, message = status_of(data)
    at = datetime.fromisoformat(one.body["time"]).astimezone(VIETNAM)
    return OrderRecord(
        id={"$oid": f"{one.position:0{_ID_DIGITS}x}"},
        CustomerCode=customer_code,
        OrderNumber=data["dossier_code"],
        EventTime=at.isoformat(timespec="seconds"),
        POSID=None,
        ItemCode=data["item_code"],
        StatusCode=code,
        StatusMessage=message,
        Notes=data["reason"],
    )


def _position(last_id: str) -> int:
    if not last_id:
        return 0
    try:
        position = int(last_id, 16) if len(last_id) == _ID_DIGITS and last_id.isalnum() else -1
    except ValueError:
        position = -1
    if not 0 <= position < 1 << 62:
        raise fail(BAD_CURSOR, pointer="lastId", cursor=last_id[:40])
    return position


def _whole(text: str, *, otherwise: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
    return max(1, min(number, orders.PAGE_LIMIT))

"""The message body: CloudEvents 1.0, JSON structured mode. Thin: ids, states and dates, no personal data.

Source of the form: CloudEvents 1.0.2 with the `sequence` and `recordedtime` extensions of its extension registry.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tracking.feedback.posted import Posted
from tracking.model import Event, EventKind

CONTENT_TYPE = "application/cloudevents+json"
PORTAL_WITH_POST = 9  # «Đã xử lý xong»
PORTAL_DELIVERED = 10  # «Đã trả kết quả»
SEQUENCE_DIGITS = 10

_MESSAGES = uuid5(NAMESPACE_URL, "urn:buuta:feedback")

# Kinds that are not here are the post's own affair: planning a route, handing a paper back for the night.
TYPES: Mapping[EventKind, str] = {
    EventKind.RESULT_ACCEPTED: "vn.buuta.item.accepted",
    EventKind.RESULT_UPDATED: "vn.buuta.item.updated",
    EventKind.RESULT_WITHDRAWN: "vn.buuta.item.withdrawn",
    EventKind.RESULT_RECALLED: "vn.buuta.item.recalled",
    EventKind.ITEM_READY: "vn.buuta.item.ready",
    EventKind.ADDRESS_RESOLVED: "vn.buuta.item.ready",
    EventKind.ITEM_OUT: "vn.buuta.item.out",
    EventKind.ITEM_DELIVERED: "vn.buuta.item.delivered",
    EventKind.ATTEMPT_FAILED: "vn.buuta.item.attempt_failed",
    EventKind.REDELIVERY_SET: "vn.buuta.item.redelivery_set",
    EventKind.ITEM_HELD: "vn.buuta.item.held",
    EventKind.ITEM_FORWARDED: "vn.buuta.item.forwarded",
    EventKind.RETURN_STARTED: "vn.buuta.item.returning",
    EventKind.ITEM_RETURNED: "vn.buuta.item.returned",
    EventKind.ITEM_RECEIVED: "vn.buuta.item.received",
    EventKind.ITEM_ARRIVED: "vn.buuta.item.ready",
    EventKind.INVITATION_SENT: "vn.buuta.item.invited",
    EventKind.ITEM_LOST: "vn.buuta.item.lost",
    EventKind.ITEM_FOUND: "vn.buuta.item.held",
    EventKind.ITEM_DAMAGED: "vn.buuta.item.damaged",
    EventKind.DOSSIER_COLLECTED: "vn.buuta.item.collected",
    EventKind.DOSSIER_HANDED_IN: "vn.buuta.item.handed_in",
    EventKind.DELIVERY_WITHDRAWN: "vn.buuta.item.delivery_withdrawn",
}


def message_id(event_id: UUID, dossier_code: str) -> UUID:
    """The CloudEvents id: always the same for an event and a dossier, so a receiver can drop what it has seen."""
    return uuid5(_MESSAGES, f"{event_id}/{dossier_code}")


def source_of(province_code: str) -> str:
    """The CloudEvents source of a province."""
    return f"urn:buuta:province:{province_code}"


def body_of(event: Event, item: Posted, dossier_code: str, *, sequence: int, delivered: bool) -> dict[str, Any]:
    """The body for one dossier; `delivered` says whether this or an earlier event delivered the dossier's paper.

    `superseded` marks a late report that a newer one has overtaken: it is told, and the status stays.
    """
    return {
        "specversion": "1.0",
        "id": str(message_id(event.id, dossier_code)),
        "source": source_of(event.province_code),
        "type": TYPES[event.kind],
        "subject": item.item_code,
        "time": _instant(event.occurred_at),
        "recordedtime": _instant(event.recorded_at),
        "sequence": f"{sequence:0{SEQUENCE_DIGITS}d}",
        "datacontenttype": "application/json",
        "data": {
            "dossier_code": dossier_code,
            "item_code": item.item_code,
            "tracking_code": item.tracking_code,
            "status": event.status.value,
            "portal_status": PORTAL_DELIVERED if delivered else PORTAL_WITH_POST,
            "superseded": bool(event.data.get("superseded", False)),
            "reason": event.data.get("reason"),
            "action": event.data.get("action"),
            "redelivery_on": event.data.get("redelivery_on"),
            "due_on": item.due_on.isoformat(),
        },
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

"""An item's history as EPCIS 2.0 (GS1 and ISO/IEC 19987): visibility events that other systems read. Pure.

Ids only: no name, phone or address. Positions and office names are left to the authorised interface.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.clock import VIETNAM
from tracking.canonical import instant
from tracking.model import Event, Item
from tracking.model import EventKind as Kind

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
# What GS1 has no words for stands under a name of our own, as its standard asks.
OWN = "buuta"
_OWN_NAMES = {OWN: "urn:buuta:epcis#"}
UNSUCCESSFUL = "EMH"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind of event is to others. `step` and `disposition` are words of GS1's CBV 2.0; `upu` an EMSEVT code.

    `is_upu_verified`: the code's meaning was checked against a public source; the others are our reading of them, and
    no conformance is claimed.
    """

    step: str
    disposition: str
    action: Literal["ADD", "OBSERVE", "DELETE"] = "OBSERVE"
    upu: str | None = None
    is_upu_verified: bool = False


MEANINGS: Mapping[Kind, Meaning] = {
    Kind.RESULT_ACCEPTED: Meaning("commissioning", "active", "ADD"),
    Kind.RESULT_UPDATED: Meaning("other", "active"),
    Kind.RESULT_WITHDRAWN: Meaning("other", "inactive", "DELETE"),
    Kind.RESULT_RECALLED: Meaning("other", "recalled"),
    Kind.ITEM_READY: Meaning("staging_outbound", "in_progress"),
    Kind.ADDRESS_QUESTIONED: Meaning("holding", "in_progress"),
    Kind.ADDRESS_RESOLVED: Meaning("staging_outbound", "in_progress"),
    Kind.DOOR_CORRECTED: Meaning("other", "in_progress"),
    Kind.COMMUNE_CHANGED: Meaning("other", "in_progress"),
    Kind.ITEM_PLANNED: Meaning("picking", "in_progress"),
    Kind.ITEM_UNPLANNED: Meaning("storing", "in_progress"),
    Kind.ITEM_RECEIVED: Meaning("receiving", "in_progress", upu="EMA", is_upu_verified=True),
    Kind.ITEM_BAGGED: Meaning("packing", "container_closed"),
    Kind.ITEM_ARRIVED: Meaning("arriving", "in_progress", upu="EMG"),
    Kind.ITEM_OUT: Meaning("departing", "in_transit", upu="EDG"),
    Kind.ITEM_HANDED_BACK: Meaning("receiving", "in_progress"),
    Kind.ITEM_TRANSFERRED: Meaning("transporting", "in_transit"),
    Kind.ITEM_DELIVERED: Meaning("dispensing", "dispensed", "DELETE", upu="EMI", is_upu_verified=True),
    Kind.ATTEMPT_FAILED: Meaning("holding", "unavailable", upu="EMH", is_upu_verified=True),
    Kind.REDELIVERY_SET: Meaning("staging_outbound", "in_progress"),
    Kind.ITEM_HELD: Meaning("holding", "available", upu="EDH"),
    Kind.INVITATION_SENT: Meaning("holding", "available"),
    Kind.ITEM_FORWARDED: Meaning("consigning", "in_transit"),
    Kind.RETURN_STARTED: Meaning("shipping", "returned"),
    Kind.ITEM_RETURNED: Meaning("accepting", "returned", "DELETE"),
    Kind.ITEM_LOST: Meaning("other", "unknown"),
    Kind.ITEM_FOUND: Meaning("receiving", "in_progress"),
    Kind.ITEM_DAMAGED: Meaning("inspecting", "damaged"),
    Kind.DOSSIER_COLLECTED: Meaning("collecting", "in_transit", upu="EMA", is_upu_verified=True),
    Kind.DOSSIER_HANDED_IN: Meaning("accepting", "dispensed", "DELETE"),
    Kind.EVENT_CORRECTED: Meaning("other", "in_progress"),
    Kind.DELIVERY_WITHDRAWN: Meaning("other", "in_progress"),
    Kind.PERSONAL_ERASED: Meaning("other", "in_progress"),
}


def document(item: Item, events: Sequence[Event], *, now: datetime) -> dict[str, Any]:
    """An EPCISDocument of one item's chain, oldest first."""
    return {
        "@context": [CONTEXT, _OWN_NAMES],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": instant(now),
        "epcisBody": {"eventList": [_visible(item, event) for event in events]},
    }


def _visible(item: Item, event: Event) -> dict[str, Any]:
    meaning = MEANINGS[event.kind]
    place = {"id": f"urn:uuid:{event.office_id}"}
    return {
        "type": "ObjectEvent",
        # The event's own hash names it (RFC 6920), so who keeps the document can check it against the chain.
        "eventID": f"ni:///sha-256;{event.hash}?ver=CBV2.0",
        "eventTime": instant(event.occurred_at),
        "recordTime": instant(event.recorded_at),
        "eventTimeZoneOffset": _offset(event.occurred_at),
        "epcList": [f"urn:uuid:{item.id}"],
        "action": meaning.action,
        "bizStep": meaning.step,
        "disposition": meaning.disposition,
        "readPoint": place,
        "bizLocation": place,
    } | _postal(meaning, event)


def _postal(meaning: Meaning, event: Event) -> dict[str, Any]:
    """The UPU's code of an event, where there is one. One that says that nothing was delivered carries why and what is
    done next, in the project's own words: the UPU's lists of codes for both are not public.
    """
    if meaning.upu is None:
        return {}
    told = {f"{OWN}:upuEvent": meaning.upu, f"{OWN}:upuVerified": meaning.is_upu_verified}
    if meaning.upu == UNSUCCESSFUL:
        told |= {f"{OWN}:reason": event.data["reason"], f"{OWN}:action": event.data.get("action") or "undecided"}
    return told


def _offset(at: datetime) -> str:
    """`+07:00`."""
    text = at.astimezone(VIETNAM).strftime("%z")
    return f"{text[:3]}:{text[3:]}"

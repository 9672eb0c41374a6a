"""What feedback tests share: an agency's item, its events, an endpoint in the database."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.ids import make_s10, new_id, new_tracking_code
from core.scope import Scope
from tracking.feedback.endpoints import NewEndpoint, save_endpoint
from tracking.feedback.secrets import SecretBox
from tracking.model import GENESIS_HASH, Event, EventKind, Status

PROVINCE = "79"
START = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
BOX = SecretBox([Fernet.generate_key()])

STATUS_AFTER = {
    EventKind.RESULT_ACCEPTED: Status.ACCEPTED,
    EventKind.ITEM_READY: Status.READY,
    EventKind.ITEM_PLANNED: Status.PLANNED,
    EventKind.ITEM_OUT: Status.OUT,
    EventKind.ATTEMPT_FAILED: Status.ATTEMPT_FAILED,
    EventKind.ITEM_DELIVERED: Status.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An item as far as feedback looks at it."""

    agency_id: UUID
    dossier_codes: tuple[str, ...]
    id: UUID = field(default_factory=uuid4)
    item_code: str = field(default_factory=lambda: make_s10("RA", uuid4().int % 10**8))
    tracking_code: str = field(default_factory=new_tracking_code)
    due_on: date = date(2026, 11, 25)


def happened(kind: EventKind, *, item: Parcel, at: datetime = START, **data: object) -> Event:
    """An event of the parcel, recorded two seconds after it occurred."""
    recorded_at = at + timedelta(seconds=2)
    return Event(
        province_code=PROVINCE,
        id=new_id(recorded_at),
        item_id=item.id,
        seq=1,
        kind=kind,
        status=STATUS_AFTER[kind],
        occurred_at=at,
        recorded_at=recorded_at,
        actor="system",
        office_id=uuid4(),
        data=data,
        prev_hash=GENESIS_HASH,
        hash=GENESIS_HASH,
    )


def agency_scope(agency_id: UUID) -> Scope:
    """What an agency's key may see."""
    return Scope(province_code=PROVINCE, actor="key:test", agency_id=agency_id)


def add_endpoint(session: Session, *, agency_id: UUID, url: str, now: datetime = START) -> NewEndpoint:
    """An endpoint of the agency on this machine."""
    return save_endpoint(
        session, scope=agency_scope(agency_id), agency_id=agency_id, url=url, box=BOX, allow_private=True, now=now
    )


def delivery_states(session: Session) -> list[tuple[str, int]]:
    """State and attempts of every delivery, in stream order."""
    rows = session.execute(text("SELECT state, attempts FROM feedback_deliveries ORDER BY endpoint_id, position"))
    return [(row.state, row.attempts) for row in rows]

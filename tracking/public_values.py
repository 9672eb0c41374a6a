"""What the public may see of an item."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracking.model import Event, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicView:
    """What anyone with the tracking code and the last four digits of the phone may see: masked."""

    tracking_code: str
    item_code: str
    status: Status
    dossier_codes: tuple[str, ...]
    addressee_masked: str
    phone_masked: str
    commune_code: str | None
    due_on: date
    office_name: str
    office_phone: str
    events: tuple[Event, ...]
    province_code: str
    item_id: UUID
    courier_id: UUID | None

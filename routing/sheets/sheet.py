"""What one courier's route sheet says: values only, names and phones already masked by whoever builds it."""

from dataclasses import dataclass
from datetime import date, datetime

from geodata.model import LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetItem:
    """One postal item at a stop; money in dong, weight in grams."""

    item_code: str
    dossier_codes: tuple[str, ...]
    procedure: str
    due_on: date
    papers: int
    weight_g: int
    cod_vnd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetStop:
    """One visit: a household with one or more items. `error_m` is the radius in which the door is expected."""

    seq: int
    round: int
    addressee: str
    phone: str
    address: str
    commune: str
    point: LonLat
    error_m: int
    arrival_at: datetime
    departure_at: datetime
    window: tuple[datetime, datetime] | None
    items: tuple[SheetItem, ...]
    in_person: bool = False

    @property
    def scan_text(self) -> str:
        """What the stop's QR holds: the item codes, no personal data."""
        return " ".join(item.item_code for item in self.items)

    @property
    def cod_vnd(self) -> int:
        return sum(item.cod_vnd for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSheet:
    """A courier's day. `line` is the road geometry of each round; `travel_source` says how times were found."""

    office_code: str
    office_name: str
    office_point: LonLat
    courier_name: str
    courier_phone: str
    day: date
    plan_version: int
    sheet_no: str
    stops: tuple[SheetStop, ...]
    line: tuple[tuple[LonLat, ...], ...]
    distance_m: int
    travel_s: int
    service_s: int
    start_at: datetime
    finish_at: datetime
    travel_source: str = "road"

    @property
    def items(self) -> tuple[SheetItem, ...]:
        return tuple(item for stop in self.stops for item in stop.items)

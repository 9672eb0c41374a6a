"""Offices, couriers, agencies."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.types import Code, Id, Input, Line, LocalDate, LocalTime, Output, PointIn, PointOut
from tracking.courier_values import MOST_BREAK_MINUTES, MOST_BREAKS, MOST_RELOAD_MINUTES, MOST_SKILLS
from tracking.model import MOST_CASH_VND


class OfficeIn(Input):
    """`id` given: that office is changed."""

    id: Id | None = None
    code: Code
    name: Line
    kind: Code = "delivery"
    address: Annotated[str, Field(max_length=500)] = ""
    point: PointIn
    phone: str = ""
    cut_off: LocalTime = time(6, 30)
    commune_codes: list[Code] = Field(default_factory=list)


class OfficeOut(Output):
    id: UUID
    code: str
    name: str
    kind: str
    address: str
    point: PointOut
    phone: str
    cut_off: LocalTime
    commune_codes: list[str]


class ShiftIn(Input):
    """A half-day in local time, end exclusive."""

    start: LocalTime
    end: LocalTime


class ShiftOut(Output):
    start: LocalTime
    end: LocalTime


class BreakIn(Input):
    """A rest of `minutes` that begins at or after `earliest` and at or before `latest`, within one shift."""

    earliest: LocalTime
    latest: LocalTime
    minutes: Annotated[int, Field(ge=1, le=MOST_BREAK_MINUTES)]


class BreakOut(Output):
    earliest: LocalTime
    latest: LocalTime
    minutes: int


class CourierIn(Input):
    """`id` given: that courier is changed. `cash_limit_vnd`: the most he may hold before he hands it in. `skills`: what
    he was trained for, as the procedures' rules name it; `in_person`: may identify addressees whose papers go to nobody
    else; `overtime_until`: back from the last shift by then at the latest; `reload_minutes`: between two rounds.
    """

    id: Id | None = None
    office_id: Id
    name: Line
    phone: str = ""
    capacity_items: Annotated[int, Field(ge=1, le=1000)] = 120
    capacity_g: Annotated[int, Field(ge=100, le=1_000_000)] = 30_000
    cash_limit_vnd: Annotated[int, Field(ge=0, le=MOST_CASH_VND)] | None = None
    shifts: Annotated[list[ShiftIn], Field(min_length=1, max_length=2)]
    vehicle: Code = "motorbike"
    home_commune_codes: list[Code] = Field(default_factory=list)
    active: bool = True
    skills: Annotated[list[Code], Field(max_length=MOST_SKILLS)] = Field(default_factory=list)
    in_person: bool = True
    breaks: Annotated[list[BreakIn], Field(max_length=MOST_BREAKS)] = Field(default_factory=list)
    overtime_until: LocalTime | None = None
    reload_minutes: Annotated[int, Field(ge=0, le=MOST_RELOAD_MINUTES)] = 0


class CourierOut(Output):
    id: UUID
    office_id: UUID
    name: str
    phone: str
    capacity_items: int
    capacity_g: int
    cash_limit_vnd: int | None
    shifts: list[ShiftOut]
    vehicle: str
    home_commune_codes: list[str]
    active: bool
    skills: list[str]
    in_person: bool
    breaks: list[BreakOut]
    overtime_until: LocalTime | None
    reload_minutes: int


class LoanIn(Input):
    """`office_id`: who is to have the courier, from the first to the last of these days, 31 at most."""

    courier_id: Id
    office_id: Id
    first_on: LocalDate
    last_on: LocalDate


class LoanOut(Output):
    courier_id: UUID
    courier_name: str
    on: date
    home_office_id: UUID
    home_office_name: str
    office_id: UUID
    office_name: str


class LoanList(Output):
    loans: list[LoanOut]


class AgencyIn(Input):
    """`id` given: that agency is changed."""

    id: Id | None = None
    code: Code
    name: Line


class AgencyOut(Output):
    id: UUID
    code: str
    name: str


class OfficeList(Output):
    offices: list[OfficeOut]


class CourierList(Output):
    couriers: list[CourierOut]


class AgencyList(Output):
    agencies: list[AgencyOut]


class UserIn(Input):
    login: Code
    name: Line
    role: Literal["admin", "dispatcher", "courier", "agency", "manager"]
    password: Annotated[str, Field(min_length=10, max_length=200)]
    office_ids: list[Id] = Field(default_factory=list)
    agency_id: Id | None = None
    courier_id: Id | None = None


class UserCreated(Output):
    id: UUID


class KeyIn(Input):
    """`agency_id` is named by administrators; an agency's people make keys of their own agency."""

    name: Line
    agency_id: Id | None = None


class KeyCreated(Output):
    """`key` is shown this one time; only its hash is kept."""

    id: UUID
    prefix: str
    key: str


class UserChange(Input):
    """What is not given stays as it is."""

    active: bool | None = None
    password: Annotated[str, Field(min_length=10, max_length=200)] | None = None


class AccountOut(Output):
    id: UUID
    login: str
    name: str
    role: Literal["admin", "dispatcher", "courier", "agency", "manager"]
    office_ids: list[UUID]
    agency_id: UUID | None
    courier_id: UUID | None
    active: bool
    created_at: datetime


class UserList(Output):
    users: list[AccountOut]


class KeyOut(Output):
    """`prefix` is the beginning of the key: enough to tell keys apart."""

    id: UUID
    prefix: str
    name: str
    agency_id: UUID | None
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class KeyList(Output):
    keys: list[KeyOut]

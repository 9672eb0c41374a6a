"""Offices, couriers, agencies: from the edge to the domain and back."""

from datetime import datetime
from typing import cast

from api.identity import Account
from api.schemas.network import AccountOut, AgencyIn, BreakOut, CourierIn, CourierOut, OfficeIn, ShiftOut
from api.schemas.session import RoleName
from core.ids import new_id
from geodata.model import LonLat
from tracking.courier_values import CourierBreak
from tracking.model import Agency, Courier, Office


def office_of(content: OfficeIn, now: datetime) -> Office:
    """The domain's office, with a new id when none was given."""
    return Office(
        id=content.id or new_id(now),
        code=content.code,
        name=content.name,
        kind=content.kind,
        address=content.address,
        point=LonLat(lon=content.point[0], lat=content.point[1]),
        phone=content.phone,
        cut_off=content.cut_off,
        commune_codes=tuple(content.commune_codes),
    )


def courier_of(content: CourierIn, now: datetime) -> Courier:
    """The domain's courier, with a new id when none was given."""
    return Courier(
        id=content.id or new_id(now),
        office_id=content.office_id,
        name=content.name,
        phone=content.phone,
        capacity_items=content.capacity_items,
        capacity_g=content.capacity_g,
        cash_limit_vnd=content.cash_limit_vnd,
        shifts=tuple((shift.start, shift.end) for shift in content.shifts),
        vehicle=content.vehicle,
        home_commune_codes=tuple(content.home_commune_codes),
        active=content.active,
        skills=tuple(content.skills),
        in_person=content.in_person,
        breaks=tuple(CourierBreak(**one.model_dump()) for one in content.breaks),
        overtime_until=content.overtime_until,
        reload_minutes=content.reload_minutes,
    )


def courier_out(courier: Courier) -> CourierOut:
    """A courier as an answer."""
    return CourierOut(
        id=courier.id,
        office_id=courier.office_id,
        name=courier.name,
        phone=courier.phone,
        capacity_items=courier.capacity_items,
        capacity_g=courier.capacity_g,
        cash_limit_vnd=courier.cash_limit_vnd,
        shifts=[ShiftOut(start=start, end=end) for start, end in courier.shifts],
        vehicle=courier.vehicle,
        home_commune_codes=list(courier.home_commune_codes),
        active=courier.active,
        skills=list(courier.skills),
        in_person=courier.in_person,
        breaks=[BreakOut.model_validate(one) for one in courier.breaks],
        overtime_until=courier.overtime_until,
        reload_minutes=courier.reload_minutes,
    )


def agency_of(content: AgencyIn, now: datetime) -> Agency:
    """The domain's agency, with a new id when none was given."""
    return Agency(id=content.id or new_id(now), code=content.code, name=content.name)


def account_out(account: Account) -> AccountOut:
    """A user as an administrator sees one."""
    user = account.user
    return AccountOut(
        id=user.id,
        login=user.login,
        name=user.name,
        role=cast("RoleName", user.role.value),  # a person is never a hub
        office_ids=list(user.office_ids),
        agency_id=user.agency_id,
        courier_id=user.courier_id,
        active=account.active,
        created_at=account.created_at,
    )

"""Offices, couriers and agencies: reading and saving them, checked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, Problem, fail, problem, refuse
from core.scope import Scope
from tracking import errors, fields, loans, store_offices
from tracking.courier_checks import courier_mistakes, skill_name
from tracking.intake_checks import is_in_vietnam
from tracking.model import Agency, Courier, Office

_NAME_LIMIT = 200


def may_administer(scope: Scope, what: str) -> None:
    """Offices, zones and agencies are the whole province's affair; whoever sees less does not find them to change.

    Raises:
        CodedError: C1000.
    """
    if scope.office_ids is not None or scope.agency_id is not None or scope.courier_id is not None:
        raise fail(NOT_FOUND, what=what)


def list_offices(session: Session, *, scope: Scope) -> list[Office]:
    """The offices within reach, by code."""
    return store_offices.offices(session, scope)


def office_names(session: Session, *, scope: Scope) -> list[Office]:
    """Every office of the province, by code: whoever sends a bag must know where it may go.

    Raises:
        CodedError: C1000 for an agency.
    """
    if scope.agency_id is not None:
        raise fail(NOT_FOUND, what="office")
    return store_offices.offices(session, replace(scope, office_ids=None))


def save_office(session: Session, *, scope: Scope, office: Office) -> Office:
    """Write an office and exactly the communes it covers.

    Raises:
        CodedError: T1001, T1012, T3001 when the code is another's, T3002 for each commune another office covers.
    """
    may_administer(scope, "office")
    found = list(_names({"code": office.code, "name": office.name}))
    if not is_in_vietnam(office.point):
        found.append(problem(errors.POINT_WRONG, pointer="point", lon=office.point.lon, lat=office.point.lat))
    if store_offices.owner_of_code(session, "offices", scope.province_code, office.code) not in (None, office.id):
        found.append(problem(errors.CODE_TAKEN, pointer="code", value=office.code))
    for commune, other in store_offices.covered_by_others(session, scope.province_code, office):
        found.append(problem(errors.COMMUNE_COVERED, pointer="commune_codes", commune=commune, office=other))
    refuse(found)
    store_offices.put_office(session, scope.province_code, office)
    return office


def list_couriers(
    session: Session, *, scope: Scope, office_id: UUID | None = None, on: date | None = None
) -> list[Courier]:
    """The active couriers within reach, by office and name: those of the offices, or with `on` those who work for them
    that day.
    """
    if on is None:
        return store_offices.couriers(session, scope, office_id)
    whole = store_offices.couriers(session, replace(scope, office_ids=None), None)
    here = [one for one in loans.standing(session, scope.province_code, whole, on) if scope.sees_office(one.office_id)]
    wanted = [one for one in here if office_id in (None, one.office_id)]
    return sorted(wanted, key=lambda one: (one.office_id, one.name, one.id))


def known_couriers(session: Session, *, scope: Scope, office_id: UUID | None = None) -> list[Courier]:
    """Whoever may be named within reach: the couriers of the offices, who has left them and who was ever lent there."""
    return store_offices.known_couriers(session, scope, office_id)


def find_courier(session: Session, *, scope: Scope, courier_id: UUID, on: date | None = None) -> Courier:
    """One courier. With `on` he stands where he works that day; who only reaches the office of the day before, or his
    own while he is lent, finds him there: its papers may still be in his hands.

    Raises:
        CodedError: C1000 when out of reach.
    """
    days = () if on is None else (on, on - timedelta(days=1))
    found, lent = store_offices.courier_and_loans(session, scope.province_code, courier_id, days)
    if found is None or scope.courier_id not in (None, courier_id):
        raise fail(NOT_FOUND, what="courier")
    by_day = [lent.get(day, found.office_id) for day in days]
    stands = next((one for one in (*by_day, found.office_id) if scope.sees_office(one)), None)
    if stands is None:
        raise fail(NOT_FOUND, what="courier")
    return replace(found, office_id=stands)


def save_courier(session: Session, *, scope: Scope, courier: Courier) -> Courier:
    """Write a courier of an office within reach; his skills in the form in which they are compared.

    Raises:
        CodedError: C1000 for an office out of reach, T1001, T1004, T1007, T1008, T1022, T3003, T3021, T3022.
    """
    if not any(office.id == courier.office_id for office in store_offices.offices(session, scope)):
        raise fail(NOT_FOUND, what="office")
    courier = replace(courier, skills=tuple(dict.fromkeys(skill_name(one) for one in courier.skills)))
    refuse([*_names({"name": courier.name}), *courier_mistakes(courier)])
    store_offices.put_courier(session, scope.province_code, courier)
    return courier


def list_agencies(session: Session, *, scope: Scope) -> list[Agency]:
    """The agencies within reach, by code."""
    return store_offices.agencies(session, scope)


def save_agency(session: Session, *, scope: Scope, agency: Agency) -> Agency:
    """Write an agency.

    Raises:
        CodedError: T1001, T3001.
    """
    may_administer(scope, "agency")
    found = list(_names({"code": agency.code, "name": agency.name}))
    if store_offices.owner_of_code(session, "agencies", scope.province_code, agency.code) not in (None, agency.id):
        found.append(problem(errors.CODE_TAKEN, pointer="code", value=agency.code))
    refuse(found)
    store_offices.put_agency(session, scope.province_code, agency)
    return agency


def _names(texts: dict[str, str]) -> Iterator[Problem]:
    for field, text in texts.items():
        if not text.strip():
            yield problem(errors.MISSING_VALUE, pointer=field, field=field)
        elif not fields.is_printable(text):
            yield problem(errors.TEXT_NOT_PRINTABLE, pointer=field, field=field)
        elif len(text) > _NAME_LIMIT:
            yield problem(errors.TEXT_TOO_LONG, pointer=field, field=field, limit=_NAME_LIMIT)

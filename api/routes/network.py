"""Offices, couriers, agencies, users, keys."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import auth, people, store
from api.auth import KEY_PREFIX_LENGTH
from api.deps import DbSession, Now
from api.identity import ApiKey, User
from api.presenters.network import account_out, agency_of, courier_of, courier_out, office_of
from api.roles import Role
from api.routes.asking import Admin, Anyone, KeyKeeper, KeyMaker, Staff
from api.schemas.network import (
    AccountOut,
    AgencyIn,
    AgencyList,
    AgencyOut,
    CourierIn,
    CourierList,
    CourierOut,
    KeyCreated,
    KeyIn,
    KeyList,
    KeyOut,
    OfficeIn,
    OfficeList,
    OfficeOut,
    UserChange,
    UserCreated,
    UserIn,
    UserList,
)
from api.schemas.types import LocalDate
from core.errors import NOT_FOUND, fail
from core.ids import new_id
from tracking import service

router = APIRouter(tags=["network"])


@router.get("/offices")
def get_offices(session: DbSession, caller: Anyone) -> OfficeList:
    """Offices in reach."""
    offices = service.list_offices(session, scope=caller.scope)
    return OfficeList(offices=[OfficeOut.model_validate(office) for office in offices])


@router.post("/offices")
def post_office(content: OfficeIn, session: DbSession, caller: Admin, now: Now) -> OfficeOut:
    """Add or change an office."""
    office = office_of(content, now)
    service.save_office(session, scope=caller.scope, office=office)
    return OfficeOut.model_validate(office)


@router.get("/couriers")
def get_couriers(
    session: DbSession, caller: Staff, office_id: UUID | None = None, on: LocalDate | None = None
) -> CourierList:
    """Couriers of the offices in reach; with `on` whoever works for them that day, lent couriers at the office that
    they are lent to.
    """
    couriers = service.list_couriers(session, scope=caller.scope, office_id=office_id, on=on)
    return CourierList(couriers=[courier_out(courier) for courier in couriers])


@router.post("/couriers")
def post_courier(content: CourierIn, session: DbSession, caller: Admin, now: Now) -> CourierOut:
    """Add or change a courier."""
    saved = service.save_courier(session, scope=caller.scope, courier=courier_of(content, now))
    return courier_out(saved)


@router.get("/agencies")
def get_agencies(session: DbSession, caller: Staff) -> AgencyList:
    """Agencies of the province."""
    agencies = service.list_agencies(session, scope=caller.scope)
    return AgencyList(agencies=[AgencyOut.model_validate(agency) for agency in agencies])


@router.post("/agencies")
def post_agency(content: AgencyIn, session: DbSession, caller: Admin, now: Now) -> AgencyOut:
    """Add or change an agency."""
    agency = agency_of(content, now)
    service.save_agency(session, scope=caller.scope, agency=agency)
    return AgencyOut.model_validate(agency)


@router.post("/users", status_code=201)
def post_user(content: UserIn, session: DbSession, caller: Admin, now: Now) -> UserCreated:
    """Add someone who signs in."""
    user = User(
        id=new_id(now),
        province_code=caller.scope.province_code,
        login=content.login.lower(),
        name=content.name,
        role=Role(content.role),
        language="vi",
        office_ids=tuple(content.office_ids),
        agency_id=content.agency_id,
        courier_id=content.courier_id,
    )
    people.guard_reach(session, user, scope=caller.scope)
    auth.add_user(session, user, password=content.password, now=now)
    return UserCreated(id=user.id)


@router.get("/users")
def get_users(session: DbSession, caller: Admin) -> UserList:
    """Everybody who signs in, closed accounts too."""
    accounts = store.list_users(session, caller.scope.province_code)
    return UserList(users=[account_out(account) for account in accounts])


@router.patch("/users/{user_id}")
def patch_user(user_id: UUID, content: UserChange, session: DbSession, caller: Admin) -> AccountOut:
    """Close or open an account, set a password. Closing and a new password end the user's sessions."""
    changed = people.change_account(
        session, user_id, scope=caller.scope, active=content.active, password=content.password
    )
    return account_out(changed)


@router.get("/keys")
def get_keys(session: DbSession, caller: KeyKeeper) -> KeyList:
    """Keys of dossier systems, revoked ones too; of each only its beginning. An agency sees its own."""
    keys = store.list_keys(session, caller.scope.province_code, agency_id=caller.scope.agency_id)
    return KeyList(keys=[KeyOut.model_validate(key) for key in keys])


@router.post("/keys", status_code=201)
def post_key(content: KeyIn, session: DbSession, caller: KeyMaker, now: Now) -> KeyCreated:
    """Make a key for an agency's dossier system; it is shown this one time. An agency's people make their own."""
    agency_id = content.agency_id or caller.scope.agency_id
    known = {agency.id for agency in service.list_agencies(session, scope=caller.scope)}
    if agency_id is None or agency_id not in known:
        raise fail(NOT_FOUND, what="agency")
    key = ApiKey(
        id=new_id(now),
        province_code=caller.scope.province_code,
        name=content.name,
        role=Role.AGENCY,
        agency_id=agency_id,
    )
    secret = auth.issue_key(session, key, now=now)
    return KeyCreated(id=key.id, prefix=secret[:KEY_PREFIX_LENGTH], key=secret)


@router.delete("/keys/{key_id}", status_code=204)
def delete_key(key_id: UUID, session: DbSession, caller: KeyMaker, now: Now) -> Response:
    """Make a key useless."""
    scope = caller.scope
    if not store.revoke_key(session, key_id, province_code=scope.province_code, agency_id=scope.agency_id, now=now):
        raise fail(NOT_FOUND, what="key")
    return Response(status_code=204)

"""Who may come in: what a user reaches must exist, and accounts that are closed or get a new password."""

from uuid import UUID

from sqlalchemy.orm import Session

from api import auth, store
from api.identity import Account, User
from core.errors import NOT_FOUND, CodedError, Problem, fail, problem
from core.scope import Scope
from tracking import service


def guard_reach(session: Session, user: User, *, scope: Scope) -> None:
    """Raise C1000, with a problem for each, when offices, agency or courier of a user are not within reach."""
    offices = {office.id for office in service.list_offices(session, scope=scope)}
    agencies = {agency.id for agency in service.list_agencies(session, scope=scope)}
    couriers = {courier.id for courier in service.list_couriers(session, scope=scope)}
    missing: list[Problem] = [
        problem(NOT_FOUND, pointer=f"/office_ids/{n}", what=f"office {one}")
        for n, one in enumerate(user.office_ids)
        if one not in offices
    ]
    if user.agency_id is not None and user.agency_id not in agencies:
        missing.append(problem(NOT_FOUND, pointer="/agency_id", what=f"agency {user.agency_id}"))
    if user.courier_id is not None and user.courier_id not in couriers:
        missing.append(problem(NOT_FOUND, pointer="/courier_id", what=f"courier {user.courier_id}"))
    if missing:
        raise CodedError(missing)


def change_account(
    session: Session, user_id: UUID, *, scope: Scope, active: bool | None = None, password: str | None = None
) -> Account:
    """Close or open an account, set a password; None leaves as it is. Closing and a new password end every session.

    Raises C1000 for a user who is not of the province.
    """
    if user_id not in {one.user.id for one in store.list_users(session, scope.province_code)}:
        raise fail(NOT_FOUND, what="user")
    if active is not None:
        store.set_active(session, user_id, active)
    if password is not None:
        store.set_password_hash(session, user_id, auth.hash_password(password))
    if active is False or password is not None:
        store.end_sessions(session, user_id)
    return next(one for one in store.list_users(session, scope.province_code) if one.user.id == user_id)

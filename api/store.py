"""SQL of sign-in: users, sessions, keys."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, bindparam, case, delete, func, select, union, update
from sqlalchemy.orm import Session

from api.identity import Account, ApiKey, KeyRecord, User
from api.roles import Role
from api.tables import ApiKeyRow, SessionRow, UserRow
from core.db import texts, texts_later
from tracking.tables_offices import CourierLoanRow, CourierRow

_USERS = cast("Table", UserRow.__table__)
_SESSIONS = cast("Table", SessionRow.__table__)
_COURIERS = cast("Table", CourierRow.__table__)
_LOANS = cast("Table", CourierLoanRow.__table__)


def _his(table: Table, courier_id: ColumnElement[UUID]) -> Select[Any]:
    key = table.c.province_code == _USERS.c.province_code, courier_id == _USERS.c.courier_id
    return select(table.c.office_id).where(*key).correlate(_USERS)


# A courier reaches his own office and those he is or was lent to; in each only what he himself carries.
_STANDS = func.array(union(_his(_COURIERS, _COURIERS.c.id), _his(_LOANS, _LOANS.c.courier_id)).scalar_subquery())
_OFFICES = case((_USERS.c.courier_id.is_not(None), _STANDS), else_=_USERS.c.office_ids).label("office_ids")
_PERSON = (*(column for column in _USERS.c if column.name != "office_ids"), _OFFICES)
# Built once: this is asked for every request. Columns, not entities.
_SIGNED_IN = (
    select(*_PERSON, _SESSIONS.c.token_hash, _SESSIONS.c.seen_at)
    .join(_SESSIONS, _SESSIONS.c.user_id == _USERS.c.id)
    .where(_SESSIONS.c.token_hash == texts_later("hashes"), _SESSIONS.c.expires_at > bindparam("now"), _USERS.c.active)
)
# Writing "last seen" on every call would make each read a write.
_SEEN_EVERY = timedelta(minutes=1)


def add_user(session: Session, user: User, *, password_hash: str, now: datetime) -> None:
    """Store a new user."""
    session.add(
        UserRow(
            id=user.id,
            province_code=user.province_code,
            login=user.login,
            name=user.name,
            role=user.role.value,
            password_hash=password_hash,
            language=user.language,
            office_ids=list(user.office_ids),
            agency_id=user.agency_id,
            courier_id=user.courier_id,
            active=True,
            created_at=now,
        )
    )
    session.flush()


def is_login_taken(session: Session, login: str) -> bool:
    """Whether somebody, of any province, active or not, has this login."""
    return session.scalar(select(UserRow.id).where(UserRow.login == login)) is not None


def find_login(session: Session, login: str) -> tuple[User, str] | None:
    """The active user of a login and the hash of the password."""
    row = session.execute(select(*_PERSON).where(_USERS.c.login == login, _USERS.c.active)).one_or_none()
    return None if row is None else (_user(row), row.password_hash)


def set_password_hash(session: Session, user_id: UUID, password_hash: str) -> None:
    """Replace the hash, when its parameters have grown old or the password changes."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=password_hash))


def list_users(session: Session, province_code: str) -> list[Account]:
    """Everybody of a province, active or not, by login."""
    rows = session.execute(select(*_PERSON).where(_USERS.c.province_code == province_code).order_by(_USERS.c.login))
    return [Account(user=_user(row), active=row.active, created_at=row.created_at) for row in rows]


def set_active(session: Session, user_id: UUID, active: bool) -> None:
    """Let someone in again, or no longer."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(active=active))


def end_sessions(session: Session, user_id: UUID) -> None:
    """Sign somebody out everywhere."""
    session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))


def set_language(session: Session, user_id: UUID, language: str) -> None:
    """Remember the language a user reads."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(language=language))


def add_session(session: Session, token_hash: str, user_id: UUID, *, now: datetime, expires_at: datetime) -> None:
    """Store a signed-in browser."""
    session.add(SessionRow(token_hash=token_hash, user_id=user_id, created_at=now, seen_at=now, expires_at=expires_at))
    session.flush()


def find_sessions(session: Session, token_hashes: Collection[str], *, now: datetime) -> dict[str, User]:
    """The users of those sessions that have not expired."""
    found = session.execute(_SIGNED_IN, {"hashes": list(token_hashes), "now": now}).all()
    long_ago = sorted(row.token_hash for row in found if now - row.seen_at > _SEEN_EVERY)
    if long_ago:
        session.execute(update(SessionRow).where(SessionRow.token_hash == texts(long_ago)).values(seen_at=now))
    return {row.token_hash: _user(row) for row in found}


def end_session(session: Session, token_hash: str) -> None:
    """Sign out."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def add_key(session: Session, key: ApiKey, *, key_hash: str, prefix: str, now: datetime) -> None:
    """Store a new key."""
    session.add(
        ApiKeyRow(
            id=key.id,
            key_hash=key_hash,
            prefix=prefix,
            name=key.name,
            province_code=key.province_code,
            role=key.role.value,
            office_ids=list(key.office_ids),
            agency_id=key.agency_id,
            agency_ids=list(key.agency_ids),
            created_at=now,
            used_at=None,
            revoked_at=None,
        )
    )
    session.flush()


def list_keys(session: Session, province_code: str, *, agency_id: UUID | None = None) -> list[KeyRecord]:
    """Every key of a province or of one agency, revoked ones too, oldest first."""
    query = select(ApiKeyRow).where(ApiKeyRow.province_code == province_code)
    if agency_id is not None:
        query = query.where(ApiKeyRow.agency_id == agency_id)
    rows = session.scalars(query.order_by(ApiKeyRow.id))
    return [
        KeyRecord(
            id=row.id,
            prefix=row.prefix,
            name=row.name,
            agency_id=row.agency_id,
            created_at=row.created_at,
            used_at=row.used_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def find_key(session: Session, key_hash: str, *, now: datetime) -> ApiKey | None:
    """The key that has this hash and was not revoked."""
    row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.key_hash == key_hash, ApiKeyRow.revoked_at.is_(None)))
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > _SEEN_EVERY:
        session.execute(update(ApiKeyRow).where(ApiKeyRow.id == row.id).values(used_at=now))
    return ApiKey(
        id=row.id,
        province_code=row.province_code,
        name=row.name,
        role=Role(row.role),
        office_ids=tuple(row.office_ids),
        agency_id=row.agency_id,
        agency_ids=tuple(row.agency_ids),
    )


def revoke_key(
    session: Session, key_id: UUID, *, province_code: str, now: datetime, agency_id: UUID | None = None
) -> bool:
    """Make a key useless, with `agency_id` only one of that agency; False when there is none."""
    where = [ApiKeyRow.id == key_id, ApiKeyRow.province_code == province_code, ApiKeyRow.revoked_at.is_(None)]
    if agency_id is not None:
        where.append(ApiKeyRow.agency_id == agency_id)
    done = session.execute(update(ApiKeyRow).where(*where).values(revoked_at=now).returning(ApiKeyRow.id))
    return done.first() is not None


def _user(row: Any) -> User:
    return User(
        id=row.id,
        province_code=row.province_code,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        language=row.language,
        office_ids=tuple(row.office_ids),
        agency_id=row.agency_id,
        courier_id=row.courier_id,
    )

"""Who is calling, and what follows from it for every query."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from api.roles import Role
from core.errors import NOT_FOUND, fail
from core.scope import Scope

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Someone who signs in, without the secret."""

    id: UUID
    province_code: str
    login: str
    name: str
    role: Role
    language: str
    office_ids: tuple[UUID, ...] = ()
    agency_id: UUID | None = None
    courier_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A dossier system's key, without the secret; `agency_ids` of a hub's key, which sends for them."""

    id: UUID
    province_code: str
    name: str
    role: Role
    office_ids: tuple[UUID, ...] = ()
    agency_id: UUID | None = None
    agency_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user as an administrator sees one: whether they may sign in, and since when they are known."""

    user: User
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A key as an administrator sees one: its beginning, and when it was made, last used and revoked."""

    id: UUID
    prefix: str
    name: str
    agency_id: UUID | None
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The caller of one request: a user with a session, or a key. `agency_ids`: whom a hub may act for."""

    actor: str
    role: Role
    scope: Scope
    language: str = "vi"
    user: User | None = None
    agency_ids: frozenset[UUID] = frozenset()

    def acting_for(self, agency_id: UUID | None) -> "Identity":
        """A hub narrowed to one of its agencies, anybody else as they are. Raises C1000 for an agency not its own."""
        if self.role is not Role.HUB:
            return self
        if agency_id not in self.agency_ids:
            raise fail(NOT_FOUND, what="agency")
        return replace(self, scope=replace(self.scope, agency_id=agency_id))


def identity_of_user(user: User) -> Identity:
    """A user's identity; the actor written into events is `user:<id>`."""
    actor = f"user:{user.id}"
    return Identity(actor=actor, role=user.role, scope=_scope(user, actor), language=user.language, user=user)


def identity_of_key(key: ApiKey) -> Identity:
    """A key's identity; the actor written into events is `key:<id>`."""
    actor = f"key:{key.id}"
    return Identity(actor=actor, role=key.role, scope=_scope(key, actor), agency_ids=frozenset(key.agency_ids))


def _scope(who: User | ApiKey, actor: str) -> Scope:
    """An administrator and a manager without offices see the province; a dispatcher without offices sees nothing.

    A hub sees nothing until it acts for an agency: nobody's id is that of an agency.
    """
    offices: frozenset[UUID] | None = frozenset(who.office_ids)
    if who.role in {Role.ADMIN, Role.AGENCY, Role.HUB} or (who.role is Role.MANAGER and not offices):
        offices = None
    return Scope(
        province_code=who.province_code,
        actor=actor,
        office_ids=offices,
        agency_id=_NOBODY if who.role is Role.HUB else who.agency_id if who.role is Role.AGENCY else None,
        courier_id=who.courier_id if who.role is Role.COURIER and isinstance(who, User) else None,
    )

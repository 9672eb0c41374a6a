"""Tables of the doors: users, sessions, keys, repeated calls, attempts, and who looked at whose data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, TIMESTAMP, BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.roles import PEOPLE
from core.db import Base, one_of

_AT = TIMESTAMP(timezone=True)


class UserRow(Base):
    """Someone who signs in. `login` is lower case and unique over all provinces."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    province_code: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    office_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    agency_id: Mapped[UUID | None]
    courier_id: Mapped[UUID | None]
    active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint(one_of("role", sorted(PEOPLE)), name="role"),
        CheckConstraint("language IN ('vi', 'en')", name="language"),
        CheckConstraint("login = lower(login)", name="login_lower"),
        CheckConstraint("role <> 'courier' OR courier_id IS NOT NULL", name="courier"),
        CheckConstraint("role <> 'agency' OR agency_id IS NOT NULL", name="agency"),
    )


class SessionRow(Base):
    """A signed-in browser; only the SHA-256 of its token is kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(_AT)
    seen_at: Mapped[datetime] = mapped_column(_AT)
    expires_at: Mapped[datetime] = mapped_column(_AT, index=True)


class ApiKeyRow(Base):
    """A key of an agency's dossier system, or of a hub that sends for several (`agency_ids`); only its SHA-256 is kept,
    the prefix lets people tell keys apart.
    """

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(Text, unique=True)
    prefix: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    province_code: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    office_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    agency_id: Mapped[UUID | None]
    agency_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    created_at: Mapped[datetime] = mapped_column(_AT)
    used_at: Mapped[datetime | None] = mapped_column(_AT)
    revoked_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint("role IN ('agency', 'dispatcher', 'manager', 'hub')", name="role"),
        CheckConstraint("role <> 'agency' OR agency_id IS NOT NULL", name="agency"),
        CheckConstraint("(role = 'hub') = (cardinality(agency_ids) > 0)", name="hub"),
    )


class AttemptRow(Base):
    """A failed sign-in or tracking look-up; `subject` is a hash of login or address; kept for an hour."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_AT, index=True)

    __table_args__ = (Index("ix_attempts_kind_subject_at", "kind", "subject", "at"),)


class RepeatRow(Base):
    """An answer kept under a caller's Idempotency-Key: the same call again gets it again."""

    __tablename__ = "repeats"

    actor: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    content_hash: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(_AT, index=True)


class ViewRow(Base):
    """Who looked at personal data, of what, when."""

    __tablename__ = "views"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    subjects: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = ({"postgresql_partition_by": "RANGE (id)", "info": {"partition": "id"}},)

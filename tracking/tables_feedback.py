"""Tables of feedback to dossier systems, and of the service standard. The province is part of every key."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Sequence,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)

# One line of numbers for the whole stream: within a dossier they rise with its sequence.
POSITIONS = Sequence("feedback_positions", metadata=Base.metadata)


class EndpointRow(Base):
    """Where an agency wants its events sent. Secrets are encrypted (`tracking.feedback.secrets.SecretBox`).

    `kind` webhook: CloudEvents, signed. `kind` opencps: the form of VietOpenCPS; `secret` is what is shown there (name
    and password), `group_id` the site the system is.
    `public_key` belongs to `signing_key`; an endpoint of an older version has none until its keys are rotated.
    `failures` counts failed drains in a row; until `paused_until` nothing is sent, then one message probes.
    `last_failure` says why a message was not taken last: `HTTP 500`, the name of what broke.
    """

    __tablename__ = "feedback_endpoints"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    url: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default="webhook")
    group_id: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    signing_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_key: Mapped[str | None] = mapped_column(Text)
    previous_signing_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_public_key: Mapped[str | None] = mapped_column(Text)
    previous_until: Mapped[datetime | None] = mapped_column(_AT)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    paused_until: Mapped[datetime | None] = mapped_column(_AT)
    last_success_at: Mapped[datetime | None] = mapped_column(_AT)
    last_failure_at: Mapped[datetime | None] = mapped_column(_AT)
    last_failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_AT)
    created_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled')", name="state"),
        CheckConstraint("kind IN ('webhook', 'opencps')", name="kind"),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="rotation"),
        CheckConstraint("(signing_key IS NULL) = (public_key IS NULL)", name="key_pair"),
        CheckConstraint("(previous_signing_key IS NULL) = (previous_public_key IS NULL)", name="previous_key_pair"),
        Index("uq_feedback_endpoints_agency_url", "province_code", "agency_id", "url", unique=True),
    )


class FeedbackDossierRow(Base):
    """Counter of a dossier's events; `delivered_sequence` is the one that first said delivered (portal status 10)."""

    __tablename__ = "feedback_dossiers"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_code: Mapped[str] = mapped_column(Text, primary_key=True)
    last_sequence: Mapped[int]
    delivered_sequence: Mapped[int | None]


class MessageRow(Base):
    """One event told of one dossier: what webhooks carry and the pull stream shows. `id` is the CloudEvents id."""

    __tablename__ = "feedback_messages"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID]
    agency_id: Mapped[UUID]
    sequence: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        Index("ix_feedback_messages_stream", "province_code", "agency_id", "position"),
        Index("ix_feedback_messages_dossier", "province_code", "dossier_code", "agency_id", "sequence"),
        {"postgresql_partition_by": "RANGE (event_id)", "info": {"partition": "id"}},
    )


class DeliveryRow(Base):
    """A message on its way to one endpoint: pending until its receiver said 2xx, or dead after the last attempt."""

    __tablename__ = "feedback_deliveries"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_code: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(_AT)
    last_status: Mapped[int | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'delivered', 'dead')", name="state"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        ForeignKeyConstraint(
            ["province_code", "endpoint_id"], ["feedback_endpoints.province_code", "feedback_endpoints.id"]
        ),
        Index(
            "ix_feedback_deliveries_due",
            "province_code",
            "endpoint_id",
            "position",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_feedback_deliveries_head",
            "province_code",
            "endpoint_id",
            "dossier_code",
            "position",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_feedback_deliveries_dead",
            "province_code",
            "endpoint_id",
            "position",
            postgresql_where=text("state = 'dead'"),
        ),
        {"postgresql_partition_by": "RANGE (event_id)", "info": {"partition": "id"}},
    )


class CalendarOverrideRow(Base):
    """A day a province declares working or closed, over the national calendar."""

    __tablename__ = "calendar_overrides"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)


class StandardRow(Base):
    """A province's service standard: working days allowed to communes of its centre, to others, to other provinces."""

    __tablename__ = "service_standards"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    centre_days: Mapped[int]
    outlying_days: Mapped[int]
    beyond_days: Mapped[int] = mapped_column(server_default="6")
    saturday_works: Mapped[bool]
    centre_commune_codes: Mapped[list[str]] = mapped_column(JSONB)
    pause_reasons: Mapped[list[str]] = mapped_column(JSONB, server_default='["addressee", "address", "road"]')

    __table_args__ = (CheckConstraint("centre_days >= 0 AND outlying_days >= centre_days", name="days"),)

"""Tables of items, dossiers, the address queue and the append-only events. The province is part of every key."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, TIMESTAMP, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import tracking.tables_custody
import tracking.tables_erasure
import tracking.tables_feedback
import tracking.tables_handovers
import tracking.tables_money
import tracking.tables_notifications
import tracking.tables_offices
import tracking.tables_positions
import tracking.tables_proposals
import tracking.tables_reconcile
import tracking.tables_roots
import tracking.tables_rules
import tracking.tables_sources
import tracking.tables_tariffs
import tracking.tables_voices  # noqa: F401  registers their tables
from core.db import Base, one_of
from tracking.model import Status

_AT = TIMESTAMP(timezone=True)


class ItemRow(Base):
    """A postal item and where its chain of events stands (`event_seq`, `last_hash` guard concurrent writers)."""

    __tablename__ = "items"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_code: Mapped[str] = mapped_column(Text)
    tracking_code: Mapped[str] = mapped_column(Text, unique=True)
    office_id: Mapped[UUID]
    agency_id: Mapped[UUID]
    procedure: Mapped[str] = mapped_column(Text)
    leg: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int]
    addressee_name: Mapped[str] = mapped_column(Text)
    addressee_phone: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    commune_code: Mapped[str | None] = mapped_column(Text)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    error_m: Mapped[int | None]
    point_source: Mapped[str | None] = mapped_column(Text)
    household_key: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    ready_at: Mapped[datetime] = mapped_column(_AT)
    not_before_on: Mapped[date | None]
    weight_g: Mapped[int]
    papers: Mapped[int]
    state_fee_vnd: Mapped[int] = mapped_column(BigInteger)
    postage_vnd: Mapped[int] = mapped_column(BigInteger)
    in_person: Mapped[bool]
    window_start_at: Mapped[datetime | None] = mapped_column(_AT)
    window_end_at: Mapped[datetime | None] = mapped_column(_AT)
    plan_id: Mapped[UUID | None]
    courier_id: Mapped[UUID | None]
    holder_courier_id: Mapped[UUID | None]
    out_at: Mapped[datetime | None] = mapped_column(_AT)
    last_attempt_at: Mapped[datetime | None] = mapped_column(_AT)
    last_attempt_id: Mapped[UUID | None]
    received_at: Mapped[datetime | None] = mapped_column(_AT)
    to_office_id: Mapped[UUID | None]
    bagged_at: Mapped[datetime | None] = mapped_column(_AT)
    recalled_at: Mapped[datetime | None] = mapped_column(_AT)
    handed_over_at: Mapped[datetime | None] = mapped_column(_AT)
    invitations: Mapped[int] = mapped_column(server_default="0")
    invited_on: Mapped[date | None]
    pauses: Mapped[list[list[str | None]]] = mapped_column(JSONB, server_default="[]")
    event_seq: Mapped[int]
    last_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        CheckConstraint("status NOT IN ('planned', 'out') OR courier_id IS NOT NULL", name="carried_has_courier"),
        CheckConstraint("status NOT IN ('ready', 'planned', 'out') OR commune_code IS NOT NULL", name="known_place"),
        Index("uq_items_province_code_item_code", "province_code", "item_code", unique=True),
        Index("ix_items_office_status_due", "province_code", "office_id", "status", "due_on", "id"),
        Index("ix_items_office_ready", "province_code", "office_id", "ready_at"),
        Index(
            "ix_items_open",
            "province_code",
            "ready_at",
            postgresql_where=text("status NOT IN ('delivered', 'returned')"),
        ),
        Index(
            "ix_items_coming",
            "province_code",
            "to_office_id",
            postgresql_where=text("to_office_id IS NOT NULL"),
        ),
        Index("ix_items_agency", "province_code", "agency_id", "due_on", "id"),
        Index(
            "ix_items_household",
            "province_code",
            "household_key",
            postgresql_where=text("status NOT IN ('delivered', 'returned')"),
        ),
        Index(
            "ix_items_courier",
            "province_code",
            "courier_id",
            postgresql_where=text("courier_id IS NOT NULL"),
        ),
        Index(
            "ix_items_holder",
            "province_code",
            "holder_courier_id",
            postgresql_where=text("holder_courier_id IS NOT NULL"),
        ),
    )


class DossierRow(Base):
    """A dossier's leg as an agency handed it in; `digest` tells a repeated row from a changed one. `receipt_code` is
    what an OpenCPS system knows it by.
    """

    __tablename__ = "dossiers"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    dossier_code: Mapped[str] = mapped_column(Text)
    leg: Mapped[str] = mapped_column(Text)
    procedure: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    ready_at: Mapped[datetime] = mapped_column(_AT)
    digest: Mapped[str] = mapped_column(Text)
    receipt_code: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_AT)
    updated_at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (
        Index("uq_dossiers_agency_code_leg", "province_code", "agency_id", "dossier_code", "leg", unique=True),
    )


class ItemDossierRow(Base):
    """Which dossiers an item carries; a dossier that is sent again is carried by several items."""

    __tablename__ = "item_dossiers"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(["province_code", "item_id"], ["items.province_code", "items.id"]),
        ForeignKeyConstraint(["province_code", "dossier_id"], ["dossiers.province_code", "dossiers.id"]),
        Index("ix_item_dossiers_dossier", "province_code", "dossier_id"),
    )


class AddressQueueRow(Base):
    """An address that waits for a person's decision, with what the resolver thought of it."""

    __tablename__ = "address_queue"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(_AT)
    resolved_at: Mapped[datetime | None] = mapped_column(_AT)
    resolved_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_address_queue_open",
            "province_code",
            "created_at",
            "item_id",
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )


class EventRow(Base):
    """An item's chain, append-only: a trigger refuses UPDATE, DELETE and TRUNCATE (`APPEND_ONLY_DDL`)."""

    __tablename__ = "events"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID]
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(_AT)
    recorded_at: Mapped[datetime] = mapped_column(_AT)
    actor: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    prev_hash: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)

    # (item, seq) cannot be a unique index, it lacks the partition key: the guarded update of `items` keeps it unique.
    __table_args__ = (
        Index("ix_events_item_seq", "province_code", "item_id", "seq"),
        # What happened at doors, for reports over a period.
        Index(
            "ix_events_doors",
            "province_code",
            "kind",
            "occurred_at",
            postgresql_where=text("kind IN ('item_delivered', 'attempt_failed')"),
        ),
        {"postgresql_partition_by": "RANGE (id)", "info": {"partition": "id"}},
    )


# Migrations run these statements too. Row triggers of a partitioned table are given to every partition, also to later
# ones. A whole month past its retention is dropped as a partition, which no trigger sees.
APPEND_ONLY_DDL = (
    """
    CREATE OR REPLACE FUNCTION buuta_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
        FOR EACH ROW EXECUTE FUNCTION buuta_append_only()
    """,
    """
    CREATE OR REPLACE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
        FOR EACH STATEMENT EXECUTE FUNCTION buuta_append_only()
    """,
)
for statement in APPEND_ONLY_DDL:
    event.listen(EventRow.__table__, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]

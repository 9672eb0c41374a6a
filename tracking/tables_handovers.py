"""Tables of changes of hands and what follows from them: incidents, transfers between couriers, ends of rounds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, TIMESTAMP, BigInteger, CheckConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, one_of
from tracking.handover_values import HandoverKind, IncidentKind, IncidentState, TransferState
from tracking.tables_append_only import refuse

_AT = TIMESTAMP(timezone=True)


class HandoverRow(Base):
    """A change of hands, with both parties, the list, the count and the seal."""

    __tablename__ = "handovers"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    courier_id: Mapped[UUID | None]
    giver: Mapped[str] = mapped_column(Text)
    receiver: Mapped[str] = mapped_column(Text)
    item_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    counted: Mapped[int]
    listed: Mapped[int | None]
    seal: Mapped[str | None] = mapped_column(Text)
    originals: Mapped[int | None]
    copies: Mapped[int | None]
    counterpart: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text, server_default="")
    incident_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint(one_of("kind", HandoverKind), name="kind"),
        Index("ix_handovers_courier", "province_code", "courier_id", "at"),
        Index("ix_handovers_office", "province_code", "office_id", "at"),
    )


class IncidentRow(Base):
    """A difference at a change of hands, until a person has explained and closed it."""

    __tablename__ = "incidents"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    courier_id: Mapped[UUID | None]
    handover_id: Mapped[UUID | None]
    listed: Mapped[int] = mapped_column(BigInteger)
    counted: Mapped[int] = mapped_column(BigInteger)
    missing: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    surplus: Mapped[list[str]] = mapped_column(ARRAY(Text))
    seal_expected: Mapped[str | None] = mapped_column(Text)
    seal_found: Mapped[str | None] = mapped_column(Text)
    seal_broken: Mapped[bool | None]
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(_AT)
    explanation: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint(one_of("kind", IncidentKind), name="kind"),
        CheckConstraint(one_of("state", IncidentState), name="state"),
        Index("ix_incidents_office", "province_code", "office_id", "opened_at"),
        Index(
            "ix_incidents_open", "province_code", "office_id", "opened_at", postgresql_where=text("state <> 'closed'")
        ),
    )


class TransferRow(Base):
    """A courier's wish to give papers to another."""

    __tablename__ = "transfers"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID]
    from_courier_id: Mapped[UUID]
    to_courier_id: Mapped[UUID]
    item_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(_AT)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint(one_of("state", TransferState), name="state"),
        Index("ix_transfers_asked", "province_code", "office_id", postgresql_where=text("state = 'asked'")),
    )


class RoundClosingRow(Base):
    """The end of a courier's round: what was due and what was counted."""

    __tablename__ = "round_closings"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    courier_id: Mapped[UUID]
    office_id: Mapped[UUID]
    since: Mapped[datetime | None] = mapped_column(_AT)
    closed_at: Mapped[datetime] = mapped_column(_AT)
    closed_by: Mapped[str] = mapped_column(Text)
    handover_id: Mapped[UUID | None]
    papers_due: Mapped[int]
    papers_counted: Mapped[int]
    cash_due_vnd: Mapped[int] = mapped_column(BigInteger)
    cash_counted_vnd: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_round_closings_courier", "province_code", "courier_id", "closed_at"),)


# Of an incident only what is decided comes later, until it is closed.
_DECIDED = "'{state,explanation,decided_by,decided_at}'::text[]"
_CHANGES_MORE = f"old.state = 'closed' OR to_jsonb(old) - {_DECIDED} IS DISTINCT FROM to_jsonb(new) - {_DECIDED}"
# The name of who signed at the other side goes in time (`tracking.erasure`); nothing comes in its place.
_ROW = "to_jsonb({}) - 'counterpart'"
_NOT_ERASED = f"new.counterpart IS NOT NULL OR {_ROW.format('old')} IS DISTINCT FROM {_ROW.format('new')}"
refuse(f"handovers_append_only BEFORE UPDATE ON handovers FOR EACH ROW WHEN ({_NOT_ERASED})")
refuse("handovers_no_delete BEFORE DELETE ON handovers FOR EACH ROW")
refuse("round_closings_append_only BEFORE UPDATE OR DELETE ON round_closings FOR EACH ROW")
refuse("incidents_no_delete BEFORE DELETE ON incidents FOR EACH ROW")
refuse(f"incidents_append_only BEFORE UPDATE ON incidents FOR EACH ROW WHEN ({_CHANGES_MORE})")
for table in ("handovers", "incidents", "round_closings"):
    refuse(f"{table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT")

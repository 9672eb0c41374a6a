"""Tables of the reconciliation of dossiers: the agency's newest list, runs, and what each found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, one_of
from tracking.reconcile.values import Held, Kind, Repair

_AT = TIMESTAMP(timezone=True)


class AgencyListRow(Base):
    """The newest list of an agency; `entries` is `{code: [held, due_on or null]}`, no personal data."""

    __tablename__ = "agency_lists"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    listed_at: Mapped[datetime] = mapped_column(_AT)
    complete: Mapped[bool]
    entries: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sent_at: Mapped[datetime] = mapped_column(_AT)
    sent_by: Mapped[str] = mapped_column(Text)


class ListedResultRow(Base):
    """A result that an agency's newest list tells of and that was missing here when the list came: what a hand-in needs
    of it. It holds personal data, and is erased with the list, or when it is taken in.
    """

    __tablename__ = "listed_results"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_code: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        ForeignKeyConstraint(
            ["province_code", "agency_id"],
            ["agency_lists.province_code", "agency_lists.agency_id"],
            ondelete="CASCADE",
        ),
    )


class ReconcileRunRow(Base):
    """One comparison of one agency; `list_at` None: without a list. `kinds` counts what was found."""

    __tablename__ = "reconcile_runs"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    run_at: Mapped[datetime] = mapped_column(_AT)
    run_by: Mapped[str] = mapped_column(Text)
    list_at: Mapped[datetime | None] = mapped_column(_AT)
    pushed: Mapped[bool]
    dossiers: Mapped[int]
    kinds: Mapped[dict[str, int]] = mapped_column(JSONB)

    __table_args__ = (Index("ix_reconcile_runs_agency", "province_code", "agency_id", "id"),)


class ReconcileDifferenceRow(Base):
    """What a run found, and whether somebody has repaired it since; `endpoints` are the addresses that lack news."""

    __tablename__ = "reconcile_differences"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_code: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    item_id: Mapped[UUID | None]
    here: Mapped[str | None] = mapped_column(Text)
    there: Mapped[str | None] = mapped_column(Text)
    due_here: Mapped[date | None]
    due_there: Mapped[date | None]
    told: Mapped[int | None]
    acknowledged: Mapped[int | None]
    endpoints: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    repair: Mapped[str | None] = mapped_column(Text)
    repaired_at: Mapped[datetime | None] = mapped_column(_AT)
    repaired_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("there", Held), name="there"),
        CheckConstraint(one_of("repair", Repair), name="repair"),
        ForeignKeyConstraint(
            ["province_code", "run_id"], ["reconcile_runs.province_code", "reconcile_runs.id"], ondelete="CASCADE"
        ),
    )

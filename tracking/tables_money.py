"""Tables of the two ledgers: entries and counted cash. Both are append-only: the migration's triggers refuse else."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, one_of
from tracking.money_values import Account, Ledger, Move, SettlementKind

_AT = TIMESTAMP(timezone=True)


class MoneyEntryRow(Base):
    """One line of a ledger. An entry is taken back at most once."""

    __tablename__ = "money_entries"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ledger: Mapped[str] = mapped_column(Text)
    move: Mapped[str] = mapped_column(Text)
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    debit: Mapped[str] = mapped_column(Text)
    credit: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    courier_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    item_id: Mapped[UUID | None]
    proof_id: Mapped[UUID | None]
    settlement_id: Mapped[UUID | None]
    corrects: Mapped[UUID | None]
    booked_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(_AT)
    actor: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("amount_vnd > 0", name="amount"),
        CheckConstraint("debit <> credit", name="sides"),
        CheckConstraint(one_of("ledger", Ledger), name="ledger"),
        CheckConstraint(one_of("move", Move), name="move"),
        CheckConstraint(f"{one_of('debit', Account)} AND {one_of('credit', Account)}", name="account"),
        Index("ix_money_entries_day", "province_code", "office_id", "booked_on"),
        Index("ix_money_entries_courier", "province_code", "courier_id", "booked_on"),
        Index("ix_money_entries_item", "province_code", "item_id"),
        Index(
            "ix_money_entries_corrects",
            "province_code",
            "corrects",
            unique=True,
            postgresql_where=text("corrects IS NOT NULL"),
        ),
    )


class SettlementRow(Base):
    """Cash counted from one hand to the next, and what was expected then."""

    __tablename__ = "money_settlements"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    courier_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    for_on: Mapped[date]
    expected_state_fee_vnd: Mapped[int] = mapped_column(BigInteger)
    expected_postage_vnd: Mapped[int] = mapped_column(BigInteger)
    counted_vnd: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint(one_of("kind", SettlementKind), name="kind"),
        CheckConstraint("counted_vnd >= 0", name="counted"),
        Index("ix_money_settlements_day", "province_code", "office_id", "for_on"),
        Index("ix_money_settlements_courier", "province_code", "courier_id", "for_on"),
    )

"""Table of the editions of the list of units: what changed on which day, and whether it is in force here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import TIMESTAMP, CheckConstraint, Date, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class UnitEditionRow(Base):
    """One reform that was loaded. `content` is the reform whole (`geodata.reform_values`), `undo` what stood before.

    STAGED waits for its day, APPLIED is in force, REVERTED was taken back. The bundled list of 2025-07-01 has no row.
    """

    __tablename__ = "unit_editions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    valid_from: Mapped[date] = mapped_column(Date)
    title: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime] = mapped_column(_AT)
    applied_at: Mapped[datetime | None] = mapped_column(_AT)
    reverted_at: Mapped[datetime | None] = mapped_column(_AT)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undo: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        CheckConstraint("state IN ('staged', 'applied', 'reverted')", name="state"),
        CheckConstraint("(state = 'staged') = (applied_at IS NULL)", name="applied"),
        CheckConstraint("(state = 'reverted') = (reverted_at IS NOT NULL)", name="reverted"),
        # One list a day.
        Index("uq_unit_editions_day", "valid_from", unique=True, postgresql_where=text("state <> 'reverted'")),
    )

"""Tables of the daily roots: what was under a root, and the root itself. Both are append-only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from tracking.tables_append_only import refuse


class RootLeafRow(Base):
    """A leaf of a day: the end an item's chain had (`seq`), or a stored file (`seq` 0, `subject` its proof)."""

    __tablename__ = "root_leaves"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[UUID]
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("kind IN ('chain', 'file')", name="kind"),
        Index("ix_root_leaves_subject", "province_code", "subject", "seq"),
    )


class DailyRootRow(Base):
    """A day's root, signed with ed25519 over its canonical statement; `previous` is the root before."""

    __tablename__ = "daily_roots"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
    root: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    key_id: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)


for table in ("root_leaves", "daily_roots"):
    refuse(f"{table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW")

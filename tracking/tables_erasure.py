"""Table of what was erased by retention, until the files have followed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class ErasureRow(Base):
    """An item whose personal data is erased; its event says so too. Files are deleted after the commit."""

    __tablename__ = "erasures"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(_AT)
    files_gone_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (Index("ix_erasures_files", "erased_at", postgresql_where=text("files_gone_at IS NULL")),)

"""Table of tariffs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class TariffRow(Base):
    """A tariff as it was imported; of one day the last import holds."""

    __tablename__ = "tariffs"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    content: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column(_AT)
    imported_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_tariffs_day", "province_code", "valid_from", "imported_at"),)

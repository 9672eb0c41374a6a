"""Tables of the dossier systems that only publish: where they are asked, how far they were read, what was refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class SourceRow(Base):
    """A list of results that an agency's system publishes. The secret is encrypted (`SecretBox`).

    `cursor` is how far it was read, always as far as rows were taken. `failures` counts failed askings in a row.
    """

    __tablename__ = "result_sources"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    url: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    every_s: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    cursor: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    next_at: Mapped[datetime] = mapped_column(_AT)
    last_ok_at: Mapped[datetime | None] = mapped_column(_AT)
    last_error: Mapped[str | None] = mapped_column(Text)
    last_error_at: Mapped[datetime | None] = mapped_column(_AT)
    rows_taken: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rows_refused: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(_AT)
    created_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled')", name="state"),
        CheckConstraint("kind IN ('rows', 'orders')", name="kind"),
        CheckConstraint("every_s BETWEEN 60 AND 86400", name="every"),
        Index("uq_result_sources_agency_url", "province_code", "agency_id", "url", unique=True),
    )


class RefusedRow(Base):
    """A row that could not be taken, kept until it is; `content` is the row as it came, encrypted."""

    __tablename__ = "refused_rows"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    dossier_code: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    first_at: Mapped[datetime] = mapped_column(_AT)
    last_at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (
        ForeignKeyConstraint(["province_code", "source_id"], ["result_sources.province_code", "result_sources.id"]),
        Index("ix_refused_rows_dossier", "province_code", "source_id", "dossier_code"),
    )

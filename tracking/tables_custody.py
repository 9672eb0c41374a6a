"""Tables of proofs and their files, partitioned by month."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, TIMESTAMP, BigInteger, CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)

# `proof_checks.happened_at` as SQL, in UTC without a zone: only that form may stand in an index. Spelt as the
# database tells it, for the comparison of schema and tables.
HAPPENED = (
    "LEAST((occurred_at AT TIME ZONE 'UTC'::text) - make_interval(secs => COALESCE(clock_offset_s,"
    " 0::double precision)), (recorded_at AT TIME ZONE 'UTC'::text))"
)
# The hashes of a proof's photos, without its signatures.
PHOTOS = "jsonb_path_query_array(files, '$[*]?(@.kind == \"photo\").sha256')"


class ProofRow(Base):
    """What a phone said about one item at one door; the id is the phone's own."""

    __tablename__ = "proofs"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID]
    courier_id: Mapped[UUID | None]
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(Text)
    redelivery_on: Mapped[date | None]
    recipient_name: Mapped[str | None] = mapped_column(Text)
    relation: Mapped[str | None] = mapped_column(Text)
    identity_kind: Mapped[str | None] = mapped_column(Text)
    identity_last4: Mapped[str | None] = mapped_column(Text)
    identity_hash: Mapped[str | None] = mapped_column(Text)
    personal_salt: Mapped[str | None] = mapped_column(Text)
    personal_hash: Mapped[str | None] = mapped_column(Text)
    papers_taken_back: Mapped[int]
    money_vnd: Mapped[int] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime] = mapped_column(_AT)
    recorded_at: Mapped[datetime] = mapped_column(_AT)
    clock_offset_s: Mapped[float | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    position_age_s: Mapped[float | None]
    app_version: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    checklist: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    seal: Mapped[str | None] = mapped_column(Text)
    authorisation: Mapped[bool | None]
    otp_checked: Mapped[bool | None]
    round_id: Mapped[UUID | None]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    digest: Mapped[str] = mapped_column(Text)
    event_hash: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("outcome IN ('delivered', 'attempt_failed', 'collected')", name="outcome"),
        Index("ix_proofs_item", "province_code", "item_id"),
        Index("ix_proofs_happened", "province_code", "courier_id", text(HAPPENED)),
        Index("ix_proofs_photos", text(PHOTOS), postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_proofs_unbalanced", "province_code", "courier_id", postgresql_where=text("round_id IS NULL")),
        {"postgresql_partition_by": "RANGE (id)", "info": {"partition": "id"}},
    )


class ProofFileRow(Base):
    """A stored photo or signature; it may stand here before its proof does."""

    __tablename__ = "proof_files"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    proof_id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    content_type: Mapped[str] = mapped_column(Text)
    bytes_count: Mapped[int]
    blob_key: Mapped[str] = mapped_column(Text)
    sent_by: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(_AT)
    record: Mapped[str | None] = mapped_column(Text)

    __table_args__ = ({"postgresql_partition_by": "RANGE (proof_id)", "info": {"partition": "id"}},)

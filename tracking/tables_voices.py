"""Tables of ratings and complaints."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, CheckConstraint, Identity, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, one_of
from tracking.complaint_values import ComplaintKind, ComplaintState

_AT = TIMESTAMP(timezone=True)


class RatingRow(Base):
    """A citizen's word on a delivery: one for an item, in its newest form."""

    __tablename__ = "ratings"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    rated_at: Mapped[datetime] = mapped_column(_AT)
    changed_at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index("ix_ratings_rated", "province_code", "rated_at"),
    )


class ComplaintRow(Base):
    """A complaint as it stands; one of a kind runs for an item at a time."""

    __tablename__ = "complaints"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    item_id: Mapped[UUID]
    office_id: Mapped[UUID]
    agency_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    by_citizen: Mapped[bool]
    state: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(_AT)
    due_on: Mapped[date]
    taken_by: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[datetime | None] = mapped_column(_AT)
    answer: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(_AT)
    closed_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint(one_of("kind", ComplaintKind), name="kind"),
        CheckConstraint(one_of("state", ComplaintState), name="state"),
        CheckConstraint("(closed_at IS NULL) = (state IN ('open', 'answered'))", name="closed"),
        Index(
            "uq_complaints_running",
            "province_code",
            "item_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('open', 'answered')"),
        ),
        Index("ix_complaints_office", "province_code", "office_id", "due_on"),
        Index("ix_complaints_filed", "province_code", "filed_at"),
    )

"""Table of what citizens say of their doors. Their words go when the office has decided, or after 90 days."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_AT = TIMESTAMP(timezone=True)


class DoorProposalRow(Base):
    """One word of a citizen: `words` describe the place, `place` is a hamlet or landmark chosen from the list.

    `lesson_id`: the lesson it became at once, because the pin was vague. `accepted` None: the office has not looked.
    """

    __tablename__ = "door_proposals"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID]
    office_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    lesson_id: Mapped[UUID | None]
    proposed_at: Mapped[datetime] = mapped_column(_AT)
    accepted: Mapped[bool | None]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(_AT)

    __table_args__ = (
        CheckConstraint("(lon IS NULL) = (lat IS NULL) AND (lon IS NULL) = (accuracy_m IS NULL)", name="point"),
        CheckConstraint(
            "(accepted IS NULL) = (decided_at IS NULL) AND (accepted IS NULL) = (decided_by IS NULL)", name="decided"
        ),
        Index("ix_door_proposals_item", "province_code", "item_id"),
        Index(
            "ix_door_proposals_open",
            "province_code",
            "office_id",
            "proposed_at",
            postgresql_where=text("accepted IS NULL"),
        ),
    )

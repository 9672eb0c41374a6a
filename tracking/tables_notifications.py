"""Tables of notifications to citizens. The province is part of every key; people stand in them by keyed hash."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, one_of
from tracking.notifications.values import Kind, State

_AT = TIMESTAMP(timezone=True)


class NotificationPolicyRow(Base):
    """What a province tells its citizens (`tracking.notifications.values.Policy`)."""

    __tablename__ = "notification_policies"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    active: Mapped[bool]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(Text)
    accents: Mapped[bool]
    ready_when: Mapped[str] = mapped_column(Text)
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    daily_limit: Mapped[int]
    retention_days: Mapped[int]

    __table_args__ = (
        CheckConstraint("language IN ('vi', 'en')", name="language"),
        CheckConstraint("ready_when IN ('received', 'announced')", name="ready_when"),
        CheckConstraint("daily_limit > 0 AND retention_days > 0", name="numbers"),
    )


class NotificationOfficeRow(Base):
    """The channels of an office that does not use its province's, the first one first."""

    __tablename__ = "notification_offices"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    office_id: Mapped[UUID] = mapped_column(primary_key=True)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))


class NotificationChannelRow(Base):
    """A way to people: a mail server or a provider's HTTP interface. `secret` is encrypted (`SecretBox`)."""

    __tablename__ = "notification_channels"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    config: Mapped[dict[str, Any]] = mapped_column(JSONB)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    active: Mapped[bool]

    __table_args__ = (CheckConstraint("kind IN ('smtp', 'http')", name="kind"),)


class NotificationContactRow(Base):
    """A phone or mail address by its keyed hash: the token of its links, and whether it wants no messages."""

    __tablename__ = "notification_contacts"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    contact_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    token: Mapped[str] = mapped_column(Text, unique=True)
    opted_out_at: Mapped[datetime | None] = mapped_column(_AT)
    opted_out_by: Mapped[str | None] = mapped_column(Text)


class NotificationEmailRow(Base):
    """The mail address an agency gave for an item."""

    __tablename__ = "notification_emails"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_AT)

    __table_args__ = (ForeignKeyConstraint(["province_code", "item_id"], ["items.province_code", "items.id"]),)


class NotificationRow(Base):
    """A message to one person about one visit. `round` is the visit's; a person gets one for each (unique index).

    `refused_by`: channels that said no. `perhaps`: a sending ended without an answer. `address` and `words` are dropped
    in time.
    """

    __tablename__ = "notifications"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    visit_key: Mapped[str] = mapped_column(Text)
    round: Mapped[str] = mapped_column(Text)
    person_hash: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str | None] = mapped_column(Text)
    refused_by: Mapped[list[str]] = mapped_column(ARRAY(Text))
    attempts: Mapped[int]
    perhaps: Mapped[bool]
    next_at: Mapped[datetime] = mapped_column(_AT)
    created_at: Mapped[datetime] = mapped_column(_AT)
    sending_at: Mapped[datetime | None] = mapped_column(_AT)
    settled_at: Mapped[datetime | None] = mapped_column(_AT)
    error: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str | None] = mapped_column(Text)
    parts: Mapped[int | None]

    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(state IN ('pending', 'sending')) = (settled_at IS NULL)", name="settled"),
        Index("uq_notifications_visit", "province_code", "person_hash", "kind", "visit_key", "round", unique=True),
        Index(
            "ix_notifications_open",
            "province_code",
            "next_at",
            postgresql_where=text("state IN ('pending', 'sending')"),
        ),
        Index("ix_notifications_person_day", "province_code", "person_hash", "sending_at"),
        Index("ix_notifications_settled", "province_code", "settled_at"),
    )


class NotificationItemRow(Base):
    """What is to be told of one item, decided with its event: once for each item, kind and round (primary key).

    `notification_id` None: it waits for the other papers of the visit until `due_at`.
    """

    __tablename__ = "notification_items"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    round: Mapped[str] = mapped_column(Text, primary_key=True)
    visit_key: Mapped[str] = mapped_column(Text)
    visit_round: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID]
    happened_at: Mapped[datetime] = mapped_column(_AT)
    due_at: Mapped[datetime] = mapped_column(_AT)
    notification_id: Mapped[UUID | None]
    dropped: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        Index(
            "ix_notification_items_waiting",
            "province_code",
            "due_at",
            postgresql_where=text("notification_id IS NULL AND dropped IS NULL"),
        ),
        Index("ix_notification_items_message", "province_code", "notification_id"),
        Index(
            "ix_notification_items_dropped",
            "province_code",
            "happened_at",
            postgresql_where=text("dropped IS NOT NULL"),
        ),
    )

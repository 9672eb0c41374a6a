"""Tables of routing (SQLAlchemy). Rows never leave store.py."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_INSTANT = TIMESTAMP(timezone=True)
_STATES = "'queued','running','draft','published','failed','superseded','cancelled','applied'"


class PlanRow(Base):
    """A plan of one office and day. The partial unique indexes state what may exist only once."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("origin IN ('dispatcher','automatic','replan')", name="origin"),
        CheckConstraint("(origin = 'replan') = (base_plan_id IS NOT NULL)", name="base_plan"),
        Index(
            "uq_plans_active",
            "province_code",
            "office_id",
            "day",
            unique=True,
            postgresql_where=text("state IN ('queued','running')"),
        ),
        Index(
            "uq_plans_published",
            "province_code",
            "office_id",
            "day",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
        # The automatic plan of a day is asked for once; again only when it failed.
        Index(
            "uq_plans_automatic",
            "province_code",
            "office_id",
            "day",
            unique=True,
            postgresql_where=text("origin = 'automatic' AND state <> 'failed'"),
        ),
        Index("ix_plans_office_day", "province_code", "office_id", "day", "id"),
    )

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    office_id: Mapped[UUID] = mapped_column(Uuid)
    day: Mapped[date]
    state: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    phase: Mapped[str] = mapped_column(Text)
    percent: Mapped[int] = mapped_column(default=0)
    best_cost: Mapped[int | None]
    best_terms: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    # Somebody wants what has been found so far.
    enough: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    run_token: Mapped[UUID | None] = mapped_column(Uuid)
    # Set by the database's own clock: the program's may be that of a demo.
    heartbeat_at: Mapped[datetime] = mapped_column(_INSTANT)
    cost: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    travel_source: Mapped[str | None] = mapped_column(Text)
    violations: Mapped[list[str]] = mapped_column(JSONB, default=list)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    visits: Mapped[int] = mapped_column(default=0)
    planned_items: Mapped[int] = mapped_column(default=0)
    unplanned_items: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[datetime] = mapped_column(_INSTANT)
    requested_by: Mapped[str] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    published_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    published_by: Mapped[str | None] = mapped_column(Text)
    # What the dispatcher decided beside the orders (`routing.standing`).
    wishes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    # The plan whose rest is made anew.
    base_plan_id: Mapped[UUID | None] = mapped_column(Uuid)


def _of_plan() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["province_code", "plan_id"], ["plans.province_code", "plans.id"], ondelete="CASCADE")


class PlanProblemRow(Base):
    """The frozen problem of a plan (`routing.packing`); `estimated`: some legs wait to be reckoned on roads."""

    __tablename__ = "plan_problems"
    __table_args__ = (_of_plan(),)

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    estimated: Mapped[bool] = mapped_column(default=False)


class PlanVersionRow(Base):
    """One edit: who, when, what, the parts it changed. `concerns` is the version of the edit done, undone or redone."""

    __tablename__ = "plan_versions"
    __table_args__ = (_of_plan(), CheckConstraint("kind IN ('edit','undo','redo','replan')", name="kind"))

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    concerns: Mapped[int]
    command: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    difference: Mapped[dict[str, int]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(_INSTANT)
    made_by: Mapped[str] = mapped_column(Text)


class PlanRouteRow(Base):
    """A courier's route; `rounds` holds each round's figures and its road geometry as [[lon, lat], …]."""

    __tablename__ = "plan_routes"
    __table_args__ = (_of_plan(), Index("ix_plan_routes_courier", "province_code", "courier_id", "plan_id"))

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    courier_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    seq: Mapped[int]
    cost: Mapped[dict[str, int]] = mapped_column(JSONB)
    rounds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class PlanStopRow(Base):
    """A visit in a route; `visit` is the visit as it was planned."""

    __tablename__ = "plan_stops"
    __table_args__ = (_of_plan(), Index("ix_plan_stops_items", "item_ids", postgresql_using="gin"))

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    visit_id: Mapped[str] = mapped_column(Text, primary_key=True)
    courier_id: Mapped[UUID] = mapped_column(Uuid)
    seq: Mapped[int]
    round: Mapped[int]
    arrival_s: Mapped[int]
    wait_s: Mapped[int]
    start_s: Mapped[int]
    departure_s: Mapped[int]
    item_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    visit: Mapped[dict[str, Any]] = mapped_column(JSONB)


class PlanUnplannedRow(Base):
    """What a plan leaves out and why; `visit_id` is empty for items without a place."""

    __tablename__ = "plan_unplanned"
    __table_args__ = (_of_plan(),)

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str | None] = mapped_column(Text)
    item_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSONB)


class OfficePlanningRow(Base):
    """How an office wants its days planned; an office without a row wants everything delivered that fits."""

    __tablename__ = "office_planning"
    __table_args__ = (
        ForeignKeyConstraint(["province_code", "office_id"], ["offices.province_code", "offices.id"]),
        CheckConstraint("policy IN ('all','thrifty','horizon')", name="policy"),
        CheckConstraint("day_value_s BETWEEN 0 AND 3600", name="day_value"),
        CheckConstraint("familiarity_s BETWEEN 0 AND 3600", name="familiarity"),
    )

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    office_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    policy: Mapped[str] = mapped_column(Text)
    day_value_s: Mapped[int]
    familiarity_s: Mapped[int]


class LearnedSpreadRow(Base):
    """How far couriers' arrivals lay from what was expected, by stops still to go; see `routing.spread`."""

    __tablename__ = "learned_spreads"
    __table_args__ = (CheckConstraint("late_s >= -early_s", name="bounds"),)

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    ahead: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    early_s: Mapped[int]
    late_s: Mapped[int]
    seen: Mapped[int]

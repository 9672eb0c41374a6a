"""SQL of reports: what happened at doors in a period and what is open, already counted by place and dates."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Label,
    Text,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session, aliased

from core.clock import VIETNAM
from core.scope import Scope
from tracking.handover_values import HandoverKind
from tracking.model import EventKind, Status
from tracking.store import ITEMS, in_scope
from tracking.tables import EventRow
from tracking.tables_handovers import HandoverRow
from tracking.tables_voices import ComplaintRow, RatingRow

_EVENTS = EventRow.__table__
_HANDOVERS = HandoverRow.__table__
_RATINGS = RatingRow.__table__
_COMPLAINTS = ComplaintRow.__table__
# Spelt as the partial index of items is. What goes back to its agency runs against no delivery clock any more.
_OPEN = text("items.status NOT IN ('delivered', 'returned', 'handed_in', 'returning', 'collected', 'withdrawn')")
# The same for a dossier that was fetched at home: it runs until its agency has signed.
_OPEN_DOSSIER = text("items.status NOT IN ('delivered', 'returned', 'handed_in', 'returning', 'withdrawn')")
_ON_THE_WAY = (Status.PLANNED.value, Status.OUT.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredCount:
    """Items of one place with the same dates; `first_attempt` of them without a failed attempt."""

    place: str
    commune_code: str | None
    handed_over_on: date | None
    due_on: date
    delivered_on: date
    pauses: list[list[str | None]]
    items: int
    first_attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Failed attempts of one place on one day for one reason."""

    place: str
    failed_on: date
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCount:
    """Items under way of one place; `on_the_way` is planned or out, `not_before_on` an agreed day."""

    place: str
    leg: str
    commune_code: str | None
    handed_over_on: date | None
    due_on: date
    not_before_on: date | None
    on_the_way: bool
    pauses: list[list[str | None]]
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierCount:
    """Dossiers fetched at homes of one place with the same dates; `handed_in_on` None while the post has them."""

    place: str
    commune_code: str | None
    handed_over_on: date | None
    due_on: date
    handed_in_on: date | None
    pauses: list[list[str | None]]
    items: int


def delivered(
    session: Session, *, scope: Scope, place: str, start_at: datetime, end_at: datetime
) -> list[DeliveredCount]:
    """Deliveries with start ≤ time at the door < end; `place` is a column of items, empty for none."""
    query = select(
        _place(place),
        ITEMS.c.commune_code,
        _local(ITEMS.c.handed_over_at).label("handed_over_on"),
        ITEMS.c.due_on,
        _local(_EVENTS.c.occurred_at).label("delivered_on"),
        ITEMS.c.pauses,
        func.count().label("items"),
        func.count().filter(ITEMS.c.attempts == 0).label("first_attempt"),
    ).where(
        *_at_doors(scope, EventKind.ITEM_DELIVERED, start_at, end_at),
        _EVENTS.c.status == Status.DELIVERED.value,
        ~_EVENTS.c.data.has_key("superseded"),
        ~_was_withdrawn(),
    )
    grouped = query.group_by("place", "commune_code", "handed_over_on", "due_on", "delivered_on", "pauses")
    return [DeliveredCount(**row) for row in session.execute(grouped).mappings()]


def failures(session: Session, *, scope: Scope, place: str, start_at: datetime, end_at: datetime) -> list[FailureCount]:
    """Failed attempts with start ≤ time at the door < end, late reports included: the courier stood at the door."""
    query = select(
        _place(place),
        _local(_EVENTS.c.occurred_at).label("failed_on"),
        func.coalesce(_EVENTS.c.data["reason"].astext, "").label("reason"),
        func.count().label("attempts"),
    ).where(*_at_doors(scope, EventKind.ATTEMPT_FAILED, start_at, end_at))
    grouped = query.group_by("place", "failed_on", "reason")
    return [FailureCount(**row) for row in session.execute(grouped).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCount:
    """Proofs of one place on one day that carry a flag."""

    place: str
    said_on: date
    flag: str
    proofs: int


def flags(session: Session, *, scope: Scope, place: str, start_at: datetime, end_at: datetime) -> list[FlagCount]:
    """Flags of deliveries and failed attempts with start ≤ time at the door < end; one proof may carry several."""
    flag = func.jsonb_array_elements_text(_EVENTS.c.data["flags"]).table_valued("value").lateral("flag")
    found = []
    for kind in (EventKind.ITEM_DELIVERED, EventKind.ATTEMPT_FAILED):
        query = (
            select(
                _place(place),
                _local(_EVENTS.c.occurred_at).label("said_on"),
                flag.c.value.label("flag"),
                func.count().label("proofs"),
            )
            .select_from(_EVENTS.join(flag, true()))
            .where(*_at_doors(scope, kind, start_at, end_at))
            .group_by("place", "said_on", flag.c.value)
        )
        found += [FlagCount(**row) for row in session.execute(query).mappings()]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCount:
    """Ratings of one place on one day with the same stars."""

    place: str
    rated_on: date
    stars: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintCount:
    """Complaints of one place on one day; `overdue` of them run past their day."""

    place: str
    filed_on: date
    complaints: int
    overdue: int


def ratings(session: Session, *, scope: Scope, place: str, start_at: datetime, end_at: datetime) -> list[RatingCount]:
    """Ratings first given with start ≤ time < end, as they stand now."""
    query = select(
        _place(place), _local(_RATINGS.c.rated_at).label("rated_on"), _RATINGS.c.stars, func.count().label("items")
    ).where(
        *in_scope(scope),
        _RATINGS.c.province_code == scope.province_code,
        _RATINGS.c.item_id == ITEMS.c.id,
        _RATINGS.c.rated_at >= start_at,
        _RATINGS.c.rated_at < end_at,
    )
    return [RatingCount(**row) for row in session.execute(query.group_by("place", "rated_on", "stars")).mappings()]


def complaints(
    session: Session, *, scope: Scope, place: str, start_at: datetime, end_at: datetime, today: date
) -> list[ComplaintCount]:
    """Complaints filed with start ≤ time < end."""
    query = select(
        _place(place),
        _local(_COMPLAINTS.c.filed_at).label("filed_on"),
        func.count().label("complaints"),
        func.count().filter(_COMPLAINTS.c.closed_at.is_(None), _COMPLAINTS.c.due_on < today).label("overdue"),
    ).where(
        *in_scope(scope),
        _COMPLAINTS.c.province_code == scope.province_code,
        _COMPLAINTS.c.item_id == ITEMS.c.id,
        _COMPLAINTS.c.filed_at >= start_at,
        _COMPLAINTS.c.filed_at < end_at,
    )
    return [ComplaintCount(**row) for row in session.execute(query.group_by("place", "filed_on")).mappings()]


def still_open(session: Session, *, scope: Scope, place: str) -> list[OpenCount]:
    """Every item under way to its recipient, and every dossier that is still to be fetched."""
    query = select(
        _place(place),
        ITEMS.c.leg,
        ITEMS.c.commune_code,
        _local(ITEMS.c.handed_over_at).label("handed_over_on"),
        ITEMS.c.due_on,
        ITEMS.c.not_before_on,
        ITEMS.c.status.in_(_ON_THE_WAY).label("on_the_way"),
        ITEMS.c.pauses,
        func.count().label("items"),
    ).where(*in_scope(scope), _OPEN, or_(ITEMS.c.leg != "collect", ITEMS.c.handed_over_at.is_(None)))
    dates = ("handed_over_on", "due_on", "not_before_on")
    grouped = query.group_by("place", "leg", "commune_code", *dates, "on_the_way", "pauses")
    return [OpenCount(**row) for row in session.execute(grouped).mappings()]


def dossiers_handed_in(
    session: Session, *, scope: Scope, place: str, start_at: datetime, end_at: datetime
) -> list[DossierCount]:
    """Dossiers for which their agency signed with start ≤ time < end."""
    given = (
        select(func.unnest(_HANDOVERS.c.item_ids).label("item_id"), _HANDOVERS.c.at)
        .where(
            _HANDOVERS.c.province_code == scope.province_code,
            _HANDOVERS.c.kind == HandoverKind.TO_AGENCY.value,
            _HANDOVERS.c.at >= start_at,
            _HANDOVERS.c.at < end_at,
        )
        .subquery()
    )
    query = select(*_dossier_columns(place), _local(given.c.at).label("handed_in_on")).where(
        *in_scope(scope),
        ITEMS.c.id == given.c.item_id,
        ITEMS.c.leg == "collect",
        ITEMS.c.status == Status.HANDED_IN.value,
    )
    grouped = query.group_by("place", "commune_code", "handed_over_on", "due_on", "handed_in_on", "pauses")
    return [DossierCount(**row) for row in session.execute(grouped).mappings()]


def dossiers_open(session: Session, *, scope: Scope, place: str) -> list[DossierCount]:
    """Dossiers that the post has fetched and their agency does not have yet."""
    query = select(*_dossier_columns(place)).where(
        *in_scope(scope), _OPEN_DOSSIER, ITEMS.c.leg == "collect", ITEMS.c.handed_over_at.is_not(None)
    )
    grouped = query.group_by("place", "commune_code", "handed_over_on", "due_on", "pauses")
    return [DossierCount(**row, handed_in_on=None) for row in session.execute(grouped).mappings()]


def _dossier_columns(place: str) -> tuple[ColumnElement[Any], ...]:
    return (
        _place(place),
        ITEMS.c.commune_code,
        _local(ITEMS.c.handed_over_at).label("handed_over_on"),
        ITEMS.c.due_on,
        ITEMS.c.pauses,
        func.count().label("items"),
    )


def _place(column: str) -> Label[str]:
    return (func.coalesce(cast(ITEMS.c[column], Text), "") if column else literal("")).label("place")


def _was_withdrawn() -> ColumnElement[bool]:
    """Whether a person has said since that the delivery did not happen."""
    later = aliased(EventRow)
    return exists().where(
        later.province_code == _EVENTS.c.province_code,
        later.item_id == _EVENTS.c.item_id,
        later.seq > _EVENTS.c.seq,
        later.kind == EventKind.DELIVERY_WITHDRAWN.value,
    )


def _local(instant: ColumnElement[datetime]) -> ColumnElement[date]:
    return cast(func.timezone(VIETNAM.key, instant), Date)


def _at_doors(scope: Scope, kind: EventKind, start_at: datetime, end_at: datetime) -> list[ColumnElement[bool]]:
    return [
        *in_scope(scope),
        _EVENTS.c.province_code == scope.province_code,
        _EVENTS.c.item_id == ITEMS.c.id,
        # Written out, not as a parameter: the partial index of events is for these kinds.
        _EVENTS.c.kind == literal_column(f"'{kind.value}'"),
        _EVENTS.c.occurred_at >= start_at,
        _EVENTS.c.occurred_at < end_at,
    ]

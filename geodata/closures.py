"""Road closures that a dispatcher draws: flood, landslide, a bridge under repair.

A closure counts from `starts_at` to `ends_at` and closes every road segment that lies in its area or crosses it, both
ways. It is never deleted: who drew it and who removed it stays known. `road_keeper` puts it into the roads.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.db import CHANNEL, notify
from core.errors import NOT_FOUND, CodedError, fail, problem
from core.ids import new_id
from core.scope import Scope
from geodata import store_roads
from geodata.closure_shapes import Drawing, area_of
from geodata.closure_values import Closure, ClosureKind
from geodata.road_errors import PERIOD_REVERSED, TOO_MANY_CLOSURES

LIMIT_CLOSURES = 500

ClosureNews = Literal["drawn", "changed", "removed", "applied"]


def draw_closure(
    session: Session,
    *,
    scope: Scope,
    drawing: Drawing,
    kind: ClosureKind,
    starts_at: datetime,
    ends_at: datetime | None,
    note: str,
    now: datetime,
) -> Closure:
    """Close the roads that a drawing touches.

    Raises:
        CodedError: G2013-G2015 and G2017 with everything wrong at once, G2016 above 500 closures, C1001 for a naive
            time.
    """
    now, starts_at = aware(now), aware(starts_at)
    ends_at = None if ends_at is None else aware(ends_at)
    area, mistakes = area_of(drawing)
    if ends_at is not None and ends_at <= max(starts_at, now):
        mistakes.append(problem(PERIOD_REVERSED, pointer="/ends_at"))
    if mistakes:
        raise CodedError(mistakes)
    closure = Closure(
        province_code=scope.province_code,
        id=new_id(now),
        area=area,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=kind,
        note=note,
        created_by=scope.actor,
        created_at=now,
    )
    return _keep(session, closure)


def list_closures(session: Session, *, scope: Scope, now: datetime) -> list[Closure]:
    """Closures of the province that count now or later, by start."""
    return store_roads.closures(session, aware(now), province_code=scope.province_code)


def change_closure(
    session: Session,
    *,
    scope: Scope,
    closure_id: UUID,
    kind: ClosureKind,
    ends_at: datetime | None,
    note: str,
    now: datetime,
) -> Closure:
    """Say anew why the roads are closed and until when. What is closed does not change: that is another closure.

    Raises:
        CodedError: C1000 when there is no such closure, or it has ended or was removed; G2015 for a wrong end.
    """
    now = aware(now)
    ends_at = None if ends_at is None else aware(ends_at)
    closure = store_roads.find_closure(session, scope.province_code, closure_id)
    if closure is None or closure.has_ended(now):
        raise fail(NOT_FOUND, what="closure")
    if ends_at is not None and ends_at <= max(closure.starts_at, now):
        raise fail(PERIOD_REVERSED, pointer="/ends_at")
    changed = replace(closure, kind=kind, ends_at=ends_at, note=note, changed_by=scope.actor, changed_at=now)
    store_roads.change_closure(session, changed)
    announce(session, changed, "changed")
    return changed


def remove_closure(session: Session, *, scope: Scope, closure_id: UUID, now: datetime) -> None:
    """Open the roads again. Raises C1000 when there is no such closure, or it was removed before."""
    closure = store_roads.find_closure(session, scope.province_code, closure_id)
    if closure is None:
        raise fail(NOT_FOUND, what="closure")
    store_roads.remove_closure(session, scope.province_code, closure_id, by=scope.actor, now=aware(now))
    announce(session, closure, "removed")


def restore_closure(session: Session, *, scope: Scope, closure_id: UUID, now: datetime) -> Closure:
    """Close the roads of a removed closure again, until the end it had. That is a closure of its own: who removed the
    first one stays known.

    Raises:
        CodedError: C1000 when no such closure was removed, or its end is past; G2016 above 500 closures.
    """
    now = aware(now)
    removed = store_roads.find_closure(session, scope.province_code, closure_id, removed=True)
    if removed is None or removed.has_ended(now):
        raise fail(NOT_FOUND, what="closure")
    again = replace(removed, id=new_id(now), created_by=scope.actor, created_at=now, applied_at=None, segments=None)
    return _keep(session, replace(again, changed_by=None, changed_at=None))


def _keep(session: Session, closure: Closure) -> Closure:
    """A new closure, unless there are too many."""
    if len(store_roads.closures(session, closure.created_at, province_code=closure.province_code)) >= LIMIT_CLOSURES:
        raise fail(TOO_MANY_CLOSURES, limit=LIMIT_CLOSURES)
    store_roads.insert_closure(session, closure)
    announce(session, closure, "drawn")
    return closure


def announce(session: Session, closure: Closure, what: ClosureNews) -> None:
    """After the commit, tell whoever listens in the province that a closure changed: its id alone."""
    change = {"province": closure.province_code, "closure": str(closure.id), "kind": f"closure_{what}"}
    notify(session, CHANNEL, change)

"""Road closures that a dispatcher draws: flood, landslide, a bridge under repair.

A closure counts from `starts_at` to `ends_at` and closes every road segment that lies in its area or crosses it, both
ways. It is never deleted: who drew it and who removed it stays known. `road_keeper` puts it into the roads.
"""

from collections.abc import Sequence
from datetime import datetime
from math import cos, radians
from uuid import UUID

from shapely import Polygon
from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, CodedError, Problem, fail, problem
from core.ids import new_id
from core.scope import Scope
from geodata import store_roads
from geodata.closure_values import Closure
from geodata.communes import METRES_PER_DEGREE
from geodata.road_errors import AREA_BROKEN, AREA_TOO_LARGE, PERIOD_REVERSED, TOO_MANY_CLOSURES

# a river's flood plain in one commune or two; a slip of the pointer across a province is caught
LIMIT_KM2 = 500.0
LIMIT_CLOSURES = 500


def draw_closure(
    session: Session,
    *,
    scope: Scope,
    ring: Sequence[tuple[float, float]],
    starts_at: datetime,
    ends_at: datetime | None,
    note: str,
    now: datetime,
) -> Closure:
    """Close the roads in an area, given as the longitude and latitude of its corners (the last may repeat the first).

    Raises:
        CodedError: G2013-G2015 with everything wrong at once, G2016 above 500 closures, C1001 for a naive time.
    """
    now, starts_at = aware(now), aware(starts_at)
    ends_at = None if ends_at is None else aware(ends_at)
    mistakes = _area_mistakes(ring)
    if ends_at is not None and ends_at <= max(starts_at, now):
        mistakes.append(problem(PERIOD_REVERSED, pointer="/ends_at"))
    if mistakes:
        raise CodedError(mistakes)
    if len(list_closures(session, scope=scope, now=now)) >= LIMIT_CLOSURES:
        raise fail(TOO_MANY_CLOSURES, limit=LIMIT_CLOSURES)
    closure = Closure(
        province_code=scope.province_code,
        id=new_id(now),
        area=Polygon(ring),
        starts_at=starts_at,
        ends_at=ends_at,
        note=note,
        created_by=scope.actor,
        created_at=now,
    )
    store_roads.insert_closure(session, closure)
    return closure


def list_closures(session: Session, *, scope: Scope, now: datetime) -> list[Closure]:
    """Closures of the province that count now or later, by start."""
    return store_roads.closures(session, aware(now), province_code=scope.province_code)


def remove_closure(session: Session, *, scope: Scope, closure_id: UUID, now: datetime) -> None:
    """Open the roads again. Raises C1000 when there is no such closure, or it was removed before."""
    if not store_roads.remove_closure(session, scope.province_code, closure_id, by=scope.actor, now=aware(now)):
        raise fail(NOT_FOUND, what="closure")


def _area_mistakes(ring: Sequence[tuple[float, float]]) -> list[Problem]:
    area = Polygon(ring) if len(set(ring)) >= 3 else Polygon()
    if area.is_empty or not area.is_valid:
        return [problem(AREA_BROKEN, pointer="/area")]
    km2 = area.area * cos(radians(area.centroid.y)) * (METRES_PER_DEGREE / 1_000) ** 2
    if km2 > LIMIT_KM2:
        return [problem(AREA_TOO_LARGE, pointer="/area", km2=km2, limit_km2=LIMIT_KM2)]
    return []

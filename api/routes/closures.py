"""Road closures: draw one, see them, change one, remove one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from api.deps import DbSession, Now
from api.idempotency import OnceDep
from api.identity import Identity
from api.routes.asking import Planner, Staff
from api.schemas.closures import ClosureChange, ClosureIn, ClosureList, ClosureOut, State
from api.store_names import names_of
from geodata import closures
from geodata.closure_shapes import Drawing
from geodata.closure_values import Closure

router = APIRouter(tags=["roads"])


@router.get("/closures")
def get_closures(session: DbSession, caller: Staff, now: Now) -> ClosureList:
    """Closures of the province that count now or later, by start."""
    found = closures.list_closures(session, scope=caller.scope, now=now)
    return ClosureList(closures=_out(session, caller, found, now))


@router.post("/closures", status_code=201)
def post_closure(content: ClosureIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> ClosureOut:
    """Close the roads in an area or along a line: matrices and routes avoid them a few seconds later."""

    def work() -> ClosureOut:
        closure = closures.draw_closure(
            session,
            scope=caller.scope,
            drawing=Drawing(corners=content.area, width_m=content.width_m),
            kind=content.kind,
            starts_at=content.starts_at,
            ends_at=content.ends_at,
            note=content.note,
            now=now,
        )
        return _out(session, caller, [closure], now)[0]

    return once.run(ClosureOut, work)


@router.put("/closures/{closure_id}")
def put_closure(closure_id: UUID, content: ClosureChange, session: DbSession, caller: Planner, now: Now) -> ClosureOut:
    """Say anew why the roads are closed and until when."""
    closure = closures.change_closure(
        session,
        scope=caller.scope,
        closure_id=closure_id,
        kind=content.kind,
        ends_at=content.ends_at,
        note=content.note,
        now=now,
    )
    return _out(session, caller, [closure], now)[0]


@router.delete("/closures/{closure_id}", status_code=204)
def delete_closure(closure_id: UUID, session: DbSession, caller: Planner, now: Now) -> Response:
    """Open the roads again, a few seconds later. Who closed and who opened them stays written down."""
    closures.remove_closure(session, scope=caller.scope, closure_id=closure_id, now=now)
    return Response(status_code=204)


@router.post("/closures/{closure_id}:restore", status_code=201)
def post_restore_closure(closure_id: UUID, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> ClosureOut:
    """Take a removal back: the same roads are closed again, as a closure of its own."""

    def work() -> ClosureOut:
        closure = closures.restore_closure(session, scope=caller.scope, closure_id=closure_id, now=now)
        return _out(session, caller, [closure], now)[0]

    return once.run(ClosureOut, work)


def _out(session: Session, caller: Identity, found: Sequence[Closure], now: datetime) -> list[ClosureOut]:
    actors = {actor for closure in found for actor in (closure.created_by, closure.changed_by) if actor is not None}
    names = names_of(session, caller.scope.province_code, actors)
    return [
        ClosureOut(
            id=closure.id,
            area=[(lon, lat) for lon, lat in closure.area.exterior.coords],
            holes=[[(lon, lat) for lon, lat in hole.coords] for hole in closure.area.interiors],
            kind=closure.kind,
            starts_at=closure.starts_at,
            ends_at=closure.ends_at,
            note=closure.note,
            created_by=closure.created_by,
            created_by_name=names.get(closure.created_by),
            created_at=closure.created_at,
            changed_by_name=names.get(closure.changed_by or ""),
            changed_at=closure.changed_at,
            state=_state(closure, now),
            applied_at=closure.applied_at,
            segments=closure.segments,
        )
        for closure in found
    ]


def _state(closure: Closure, now: datetime) -> State:
    if not closure.in_force(now):
        return "planned"
    return "in_force" if closure.applied_at is not None else "waiting"

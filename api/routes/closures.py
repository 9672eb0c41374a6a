"""Road closures: draw one, see them, remove one."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response

from api.deps import DbSession, Now
from api.idempotency import OnceDep
from api.routes.asking import Planner, Staff
from api.schemas.closures import ClosureIn, ClosureList, ClosureOut, State
from geodata import closures
from geodata.closure_values import Closure

router = APIRouter(tags=["roads"])


@router.get("/closures")
def get_closures(session: DbSession, caller: Staff, now: Now) -> ClosureList:
    """Closures of the province that count now or later, by start."""
    found = closures.list_closures(session, scope=caller.scope, now=now)
    return ClosureList(closures=[_out(closure, now) for closure in found])


@router.post("/closures", status_code=201)
def post_closure(content: ClosureIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> ClosureOut:
    """Close the roads in an area: matrices and routes avoid them a few seconds later."""

    def work() -> ClosureOut:
        closure = closures.draw_closure(
            session,
            scope=caller.scope,
            ring=content.area,
            starts_at=content.starts_at,
            ends_at=content.ends_at,
            note=content.note,
            now=now,
        )
        return _out(closure, now)

    return once.run(ClosureOut, work)


@router.delete("/closures/{closure_id}", status_code=204)
def delete_closure(closure_id: UUID, session: DbSession, caller: Planner, now: Now) -> Response:
    """Open the roads again, a few seconds later. Who closed and who opened them stays written down."""
    closures.remove_closure(session, scope=caller.scope, closure_id=closure_id, now=now)
    return Response(status_code=204)


def _out(closure: Closure, now: datetime) -> ClosureOut:
    return ClosureOut(
        id=closure.id,
        area=[(lon, lat) for lon, lat in closure.area.exterior.coords],
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        note=closure.note,
        created_by=closure.created_by,
        created_at=closure.created_at,
        state=_state(closure, now),
        applied_at=closure.applied_at,
        segments=closure.segments,
    )


def _state(closure: Closure, now: datetime) -> State:
    if not closure.in_force(now):
        return "planned"
    return "in_force" if closure.applied_at is not None else "waiting"

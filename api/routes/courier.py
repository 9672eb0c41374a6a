"""The courier's phone: today's route, loading, proofs with files, positions."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.deps import DbSession, Now, RuntimeDep
from api.idempotency import OnceDep
from api.identity import Identity
from api.presenters.courier import fixes_of, last_position, proof_of, today_out
from api.presenters.custody import handover_out, tally_of
from api.routes.asking import OnTheRoad, Staff, note_view, view_of
from api.schemas.courier import (
    FixesIn,
    PositionAnswerOut,
    PositionList,
    ProofCheckOut,
    ProofIn,
    TodayOut,
)
from api.schemas.custody import Colleague, ColleagueList, HandoverIn, HandoverOut
from api.schemas.types import ProblemOut
from core.clock import local_date
from routing import service as routing
from tracking import service
from tracking.handover_values import Handover

router = APIRouter(tags=["courier"])


@router.get("/courier/today")
def get_today(session: DbSession, caller: OnTheRoad, runtime: RuntimeDep, now: Now) -> TodayOut:
    """The courier's own route of today, and what he carries."""
    courier = service.find_courier(session, scope=caller.scope, courier_id=_courier(caller), on=local_date(now))
    route = routing.routes_of_courier(session, scope=caller.scope, courier_id=courier.id, day=local_date(now))
    planned = [item_id for stop in (route.route.stops if route else ()) for item_id in stop.item_ids]
    offices = {office.id: office for office in service.list_offices(session, scope=caller.scope)}
    carried = service.carried_items(session, scope=caller.scope, courier_id=courier.id)
    note_view(session, caller.scope, "route", planned, now)
    items = service.find_items(session, scope=caller.scope, item_ids=planned)
    shown = {item.id: item for item in (*items.values(), *carried)}
    return today_out(
        view=view_of(caller, runtime, now),
        courier=courier,
        office=offices[courier.office_id],
        route=route,
        items=items,
        carried=carried,
        rules=service.rules_of_items(session, scope=caller.scope, items=list(shown.values())),
        notes=service.door_notes(session, scope=caller.scope, item_ids=list(shown)),
    )


@router.post("/courier/load")
def post_load(content: HandoverIn, session: DbSession, caller: OnTheRoad, now: Now, once: OnceDep) -> HandoverOut:
    """Take the papers out: custody passes from the office to the courier."""
    return once.run(HandoverOut, lambda: _hand_over(service.take_out, session, caller, content, now))


@router.post("/courier/unload")
def post_unload(content: HandoverIn, session: DbSession, caller: OnTheRoad, now: Now, once: OnceDep) -> HandoverOut:
    """Bring undelivered papers back: custody passes from the courier to the office."""
    return once.run(HandoverOut, lambda: _hand_over(service.hand_back, session, caller, content, now))


@router.get("/courier/colleagues")
def get_colleagues(session: DbSession, caller: OnTheRoad, now: Now) -> ColleagueList:
    """Who else carries papers for the office that the courier works for today: for transfers on the road."""
    found = service.colleagues(session, scope=caller.scope, courier_id=_courier(caller), now=now)
    return ColleagueList(couriers=[Colleague(id=one.id, name=one.name) for one in found])


@router.post("/proofs/{proof_id}:check")
def post_proof_check(
    proof_id: UUID, content: ProofIn, session: DbSession, caller: OnTheRoad, runtime: RuntimeDep, now: Now
) -> ProofCheckOut:
    """What would be wrong with a proof, before anything changes hands; nothing is written."""
    found = service.problems_before(
        session, scope=caller.scope, proof=proof_of(proof_id, content), now=now, identity_key=runtime.identity_key
    )
    return ProofCheckOut(problems=[ProblemOut.model_validate(one.as_dict()) for one in found])


@router.post("/positions")
def post_positions(content: FixesIn, session: DbSession, caller: OnTheRoad, now: Now) -> PositionAnswerOut:
    """Positions from the phone; a batch sent twice adds nothing."""
    answer = service.record_positions(
        session, scope=caller.scope, courier_id=_courier(caller), fixes=fixes_of(content), now=now
    )
    return PositionAnswerOut(accepted=answer.accepted, filtered=dict(answer.filtered))


@router.get("/positions")
def get_positions(session: DbSession, caller: Staff, now: Now, office_id: UUID | None = None) -> PositionList:
    """Where each courier was seen last."""
    known = service.known_couriers(session, scope=caller.scope, office_id=office_id)
    names = {one.id: one.name for one in known}
    found = service.last_positions(session, scope=caller.scope, office_id=office_id)
    note_view(session, caller.scope, "positions", [one.courier_id for one in found], now)
    return PositionList(positions=[last_position(one, names.get(one.courier_id, "")) for one in found])


def _hand_over(
    move: Callable[..., Handover], session: Session, caller: Identity, content: HandoverIn, now: datetime
) -> HandoverOut:
    handover = move(
        session,
        scope=caller.scope,
        courier_id=_courier(caller),
        item_ids=(),
        tally=tally_of(content),
        now=now,
    )
    return handover_out(handover)


def _courier(caller: Identity) -> UUID:
    # No courier's sign-in is without one: the database holds that (ck_users_courier).
    assert caller.scope.courier_id is not None  # noqa: S101
    return caller.scope.courier_id

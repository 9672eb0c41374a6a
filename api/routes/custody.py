"""The counter and the dispatcher's desk: changes of hands, differences, transfers, ends of rounds."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.deps import DbSession, Now, RuntimeDep
from api.idempotency import OnceDep
from api.identity import Identity
from api.presenters.custody import Couriers, closed_out, handover_out, incident_out, tally_of, transfer_out
from api.routes.asking import Carrier, Planner, Staff, note_view, view_of
from api.schemas.custody import (
    DeskHandoverIn,
    DeskList,
    FindCodeIn,
    HandoverList,
    HandoverOut,
    IncidentDecision,
    IncidentList,
    IncidentOut,
    OfficeName,
    OfficeNames,
    RoundBalanceOut,
    RoundClosed,
    RoundCloseIn,
    TransferDecision,
    TransferIn,
    TransferList,
    TransferOut,
)
from api.schemas.items import ItemOut
from core.scope import Scope
from tracking import service
from tracking.handover_values import HandoverKind, Transfer, TransferState
from tracking.rounds import Counted

router = APIRouter(tags=["custody"])
_LOOK_BACK = timedelta(days=2)


@router.get("/handovers/list")
def get_handover_list(
    kind: HandoverKind,
    office_id: UUID,
    party_id: Annotated[UUID, Query(description="The agency, the courier or the other office.")],
    session: DbSession,
    caller: Planner,
    runtime: RuntimeDep,
    now: Now,
) -> DeskList:
    """What the list of a change of hands holds, before anything is counted."""
    found = service.list_for(session, scope=caller.scope, kind=kind, office_id=office_id, party_id=party_id)
    note_view(session, caller.scope, "handover_list", [item.id for item in found], now)
    view = view_of(caller, runtime, now)
    return DeskList(items=[view.item(item) for item in found])


@router.post("/handovers:find")
def post_find_code(content: FindCodeIn, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now) -> ItemOut:
    """The item of a scanned code on that list; T2402 when it is not there."""
    found = service.find_code(session, scope=caller.scope, **content.model_dump())
    note_view(session, caller.scope, "handover_list", [found.id], now)
    return view_of(caller, runtime, now).item(found)


@router.post("/handovers")
def post_handover(content: DeskHandoverIn, session: DbSession, caller: Planner, now: Now, once: OnceDep) -> HandoverOut:
    """A change of hands over a counter. A difference is answered with T2007 until it is confirmed."""

    def act() -> HandoverOut:
        handover = service.hand_over(
            session,
            scope=caller.scope,
            kind=content.kind,
            office_id=content.office_id,
            party_id=content.party_id,
            tally=tally_of(content),
            now=now,
        )
        return handover_out(handover)

    return once.run(HandoverOut, act)


@router.get("/handovers")
def get_handovers(session: DbSession, caller: Staff, now: Now, office_id: UUID) -> HandoverList:
    """Changes of hands at an office in the last two days, newest first."""
    found = service.handovers_of_office(session, scope=caller.scope, office_id=office_id, since=now - _LOOK_BACK)
    return HandoverList(handovers=[handover_out(one) for one in found])


@router.get("/office-names")
def get_office_names(session: DbSession, caller: Carrier) -> OfficeNames:
    """Every office of the province by name: where bags may go to and come from."""
    found = service.office_names(session, scope=caller.scope)
    return OfficeNames(offices=[OfficeName.model_validate(one) for one in found])


@router.get("/incidents")
def get_incidents(
    session: DbSession, caller: Staff, office_id: UUID | None = None, closed: bool = False
) -> IncidentList:
    """Differences that wait, newest first; with `closed` those that were closed too."""
    found = service.list_incidents(session, scope=caller.scope, office_id=office_id, open_only=not closed)
    couriers = _couriers(session, caller.scope)
    missing = [key for one in found for key in one.missing]
    items = service.find_items(session, scope=caller.scope, item_ids=missing)
    return IncidentList(incidents=[incident_out(one, couriers, items) for one in found])


@router.post("/incidents/{incident_id}:decide")
def post_incident(
    incident_id: UUID, content: IncidentDecision, session: DbSession, caller: Planner, now: Now
) -> IncidentOut:
    """Explain or close a difference."""
    decided = service.decide_incident(
        session,
        scope=caller.scope,
        incident_id=incident_id,
        state=content.state,
        explanation=content.explanation,
        now=now,
    )
    items = service.find_items(session, scope=caller.scope, item_ids=list(decided.missing))
    return incident_out(decided, _couriers(session, caller.scope), items)


@router.get("/transfers")
def get_transfers(session: DbSession, caller: Carrier, now: Now) -> TransferList:
    """Transfers that wait; a courier sees those of which they are a part."""
    found = service.asked_transfers(session, scope=caller.scope)
    names = _names(session, caller.scope, found, now)
    return TransferList(transfers=[transfer_out(one, names, caller.actor) for one in found])


@router.put("/transfers/{transfer_id}")
def put_transfer(transfer_id: UUID, content: TransferIn, session: DbSession, caller: Carrier, now: Now) -> TransferOut:
    """Ask that papers go from one courier to another. The same id again is the same wish."""
    asked = service.ask_transfer(
        session,
        scope=caller.scope,
        transfer_id=transfer_id,
        from_courier_id=content.from_courier_id,
        to_courier_id=content.to_courier_id,
        item_ids=content.item_ids,
        now=now,
    )
    return transfer_out(asked, _names(session, caller.scope, [asked], now), caller.actor)


@router.post("/transfers/{transfer_id}:decide")
def post_transfer(
    transfer_id: UUID, content: TransferDecision, session: DbSession, caller: Carrier, now: Now
) -> TransferOut:
    """Approve, decline or withdraw. Approved, what is still out with the giver changes hands."""
    decided, _ = service.decide_transfer(
        session, scope=caller.scope, transfer_id=transfer_id, state=TransferState(content.state), now=now
    )
    return transfer_out(decided, _names(session, caller.scope, [decided], now), caller.actor)


@router.get("/couriers/{courier_id}/round")
def get_round(courier_id: UUID, session: DbSession, caller: Carrier, runtime: RuntimeDep, now: Now) -> RoundBalanceOut:
    """What a courier has to bring: papers in hands, appointment slips and cash since the last closing."""
    return round_of(session, caller, courier_id, runtime, now)


@router.post("/couriers/{courier_id}/round:close")
def post_round(
    courier_id: UUID, content: RoundCloseIn, session: DbSession, caller: Planner, now: Now, once: OnceDep
) -> RoundClosed:
    """Take everything back in one act, counted by both sides; differences must be confirmed. The office counts: a
    courier reads what is due and books nothing of his own.
    """
    counted = Counted(
        tally=tally_of(content),
        papers=content.papers_counted,
        cash_vnd=content.cash_counted_vnd,
        confirmed=content.confirmed,
    )
    return once.run(
        RoundClosed,
        lambda: closed_out(
            *service.close_round(session, scope=caller.scope, courier_id=courier_id, counted=counted, now=now)
        ),
    )


def round_of(
    session: Session, caller: Identity, courier_id: UUID, runtime: RuntimeDep, now: datetime
) -> RoundBalanceOut:
    """The balance of a courier's round."""
    balance, carried = service.round_balance(session, scope=caller.scope, courier_id=courier_id, now=now)
    note_view(session, caller.scope, "round", list(balance.item_ids), now)
    view = view_of(caller, runtime, now)
    return RoundBalanceOut(
        courier_id=courier_id,
        courier_name=_couriers(session, caller.scope)[courier_id].name,
        since=balance.since,
        items=[view.item(item) for item in carried],
        papers_due=balance.papers_due,
        cash_due_vnd=balance.cash_due_vnd,
    )


def _couriers(session: Session, scope: Scope) -> Couriers:
    return {one.id: one for one in service.known_couriers(session, scope=scope)}


def _names(session: Session, scope: Scope, transfers: list[Transfer], now: datetime) -> Couriers:
    """Both sides of each transfer; a courier may know the name of the colleague at the other end."""
    names = dict(_couriers(session, scope))
    for one in transfers:
        for courier_id in {one.from_courier_id, one.to_courier_id} & {scope.courier_id}:
            peers = service.colleagues(session, scope=scope, courier_id=courier_id, now=now)
            names |= {peer.id: peer for peer in peers}
    return names

"""The courier's phone: today's route, loading, proofs with files, positions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from api.deps import DbSession, Now, RuntimeDep, raw_body
from api.errors import NOT_A_COURIER
from api.idempotency import OnceDep
from api.identity import Identity
from api.presenters.courier import fixes_of, last_position, load_out, proof_of, receipt_out, today_out
from api.routes.asking import OnTheRoad, Staff, note_view, view_of
from api.schemas.courier import (
    FileReceiptOut,
    FixesIn,
    LoadOut,
    PositionAnswerOut,
    PositionList,
    ProofIn,
    ReceiptOut,
    TodayOut,
)
from api.schemas.items import ItemIds
from core.clock import local_date
from core.errors import fail
from routing import service as routing
from tracking import service

router = APIRouter(tags=["courier"])
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILE = {"required": True, "content": {name: _BINARY for name in ("image/jpeg", "image/png", "image/webp")}}


@router.get("/courier/today")
def get_today(session: DbSession, caller: OnTheRoad, runtime: RuntimeDep, now: Now) -> TodayOut:
    """The courier's own route of today, and what he carries."""
    courier_id = _courier(caller)
    route = routing.routes_of_courier(session, scope=caller.scope, courier_id=courier_id, day=local_date(now))
    return today_out(session, caller.scope, route, view=view_of(caller, runtime, now))


@router.post("/courier/load")
def post_load(content: ItemIds, session: DbSession, caller: OnTheRoad, now: Now, once: OnceDep) -> LoadOut:
    """Take the papers out: custody passes from the office to the courier."""
    raise NotImplementedError


@router.put("/proofs/{proof_id}")
def put_proof(proof_id: UUID, content: ProofIn, session: DbSession, caller: OnTheRoad, now: Now) -> ReceiptOut:
    """What happened at the door. The same proof again gives the same receipt."""
    proof = proof_of(proof_id, content)
    return receipt_out(service.record_proof(session, scope=caller.scope, proof=proof, now=now))


@router.put("/proofs/{proof_id}/files/{sha256}", openapi_extra={"requestBody": _FILE})
def put_proof_file(
    proof_id: UUID,
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    session: DbSession,
    caller: OnTheRoad,
    runtime: RuntimeDep,
    now: Now,
    data: Annotated[bytes, Depends(raw_body)],
    request: Request,
) -> FileReceiptOut:
    """A photo or signature, whole. Its hash is checked; a repeat is answered the same; it may come before its proof."""
    service.store_proof_file(
        session,
        scope=caller.scope,
        blobs=runtime.blobs,
        proof_id=proof_id,
        sha256=sha256,
        content_type=request.headers.get("content-type", ""),
        data=data,
        now=now,
    )
    return FileReceiptOut(proof_id=proof_id, sha256=sha256, state="stored")


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
    names = {one.id: one.name for one in service.list_couriers(session, scope=caller.scope, office_id=office_id)}
    found = service.last_positions(session, scope=caller.scope, office_id=office_id)
    note_view(session, caller.scope, "positions", [one.courier_id for one in found], now)
    return PositionList(positions=[last_position(one, names.get(one.courier_id, "")) for one in found])


def _courier(caller: Identity) -> UUID:
    if caller.scope.courier_id is None:
        raise fail(NOT_A_COURIER)
    return caller.scope.courier_id

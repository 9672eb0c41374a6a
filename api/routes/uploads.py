"""What phones upload: proofs, and their photos and signatures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from api.deps import credential_of
from api.evidence.words import SUFFIX
from api.presenters.courier import proof_of, receipt_out
from api.proof_desks import Handed, Sender, desks_of
from api.runtime import Runtime
from api.schemas.courier import FileReceiptOut, ProofIn, ReceiptOut
from api.schemas.types import BINARY
from tracking import service

router = APIRouter(tags=["courier"])
_FILE = {"required": True, "content": dict.fromkeys(SUFFIX, BINARY)}


@router.put("/proofs/{proof_id}")
async def put_proof(proof_id: UUID, content: ProofIn, _: Sender, request: Request) -> ReceiptOut:
    """What happened at the door. The same proof again gives the same receipt."""
    handed = Handed(credential_of(request), proof_of(proof_id, content))
    return receipt_out(await desks_of(request).proofs.hand_in(handed))


@router.put("/proofs/{proof_id}/files/{sha256}", openapi_extra={"requestBody": _FILE})
async def put_proof_file(
    proof_id: UUID, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], caller: Sender, request: Request
) -> FileReceiptOut:
    """A photo or signature, whole. Its hash is checked; a repeat is answered the same; it may come before its proof."""
    runtime: Runtime = request.app.state.runtime
    # Hashing and flushing a file are a thread's work, many at the same time; only its row waits at the desk.
    sent = await run_in_threadpool(
        service.keep_bytes,
        runtime.blobs,
        scope=caller.scope,
        proof_id=proof_id,
        sha256=sha256,
        content_type=request.headers.get("content-type", ""),
        data=await request.body(),
    )
    receipt = await desks_of(request).files.hand_in(Handed(credential_of(request), sent))
    return FileReceiptOut.model_validate(receipt)

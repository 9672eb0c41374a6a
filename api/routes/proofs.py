"""Photos and signatures of proofs, for whoever may have the item's evidence."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.deps import DbSession, Now, RuntimeDep
from api.evidence.words import SUFFIX
from api.routes.asking import EvidenceReader, note_view
from api.schemas.types import answers_file
from tracking import service

router = APIRouter(tags=["items"])


@router.get(
    "/proofs/{proof_id}/files/{sha256}",
    response_class=Response,
    responses=answers_file(*SUFFIX),
)
def get_proof_file(
    proof_id: UUID,
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    session: DbSession,
    caller: EvidenceReader,
    runtime: RuntimeDep,
    now: Now,
) -> Response:
    """A photo or signature. Every look is written down; no copy may be kept on the way."""
    file = service.read_proof_file(session, scope=caller.scope, blobs=runtime.blobs, proof_id=proof_id, sha256=sha256)
    note_view(session, caller.scope, "proof_file", [file.item_id], now)
    # The name says nothing of whose paper it was.
    headers = {
        "Content-Disposition": f'inline; filename="proof.{SUFFIX[file.content_type]}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(file.data, media_type=file.content_type, headers=headers)

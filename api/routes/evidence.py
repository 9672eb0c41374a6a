"""Evidence: what proves the way of an item, as a paper; what proves an agency's day, as a zip."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.responses import StreamingResponse

from api.deps import DbSession, Now, RuntimeDep
from api.evidence.bundle import About, Bundle
from api.evidence.paper import evidence_pdf
from api.evidence.reading import read_evidence, read_root
from api.problems import language_of
from api.routes.asking import EvidenceReader, note_view, view_of
from api.runtime import Runtime
from api.schemas.types import LocalDate, answers_file
from core.scope import Scope
from tracking import service

router = APIRouter(tags=["evidence"])
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
Language = Annotated[Literal["vi", "en"] | None, Query(description="Else by Accept-Language.")]


@router.get("/items/{item_id}/evidence", response_class=Response, responses=answers_file("application/pdf"))
def get_item_evidence(
    item_id: UUID,
    request: Request,
    session: DbSession,
    caller: EvidenceReader,
    runtime: RuntimeDep,
    now: Now,
    lang: Language = None,
) -> Response:
    """All that proves the item's way, on paper (PDF). Every look is written down."""
    evidence = service.gather_evidence(session, scope=caller.scope, item_id=item_id)
    note_view(session, caller.scope, "evidence", [item_id], now)
    pdf = evidence_pdf(
        evidence,
        blobs=runtime.blobs,
        language=lang or language_of(request.headers),
        made_at=now,
        masked=view_of(caller, runtime, now).masks,
    )
    name = {"Content-Disposition": f'inline; filename="{evidence.item.item_code}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=_PRIVATE | name)


@router.get(
    "/agencies/{agency_id}/evidence",
    response_class=StreamingResponse,
    responses=answers_file("application/zip"),
)
def get_agency_evidence(
    agency_id: UUID,
    day: Annotated[LocalDate, Query(description="Items whose chains got longer on this day.")],
    request: Request,
    session: DbSession,
    caller: EvidenceReader,
    runtime: RuntimeDep,
    now: Now,
    lang: Language = None,
) -> StreamingResponse:
    """An agency's day as a zip: papers, chains, files, the day's root and a manifest. Every look is written down."""
    code, name = service.find_agency(session, scope=caller.scope, agency_id=agency_id)
    ids = service.items_of_day(session, scope=caller.scope, agency_id=agency_id, day=day)
    note_view(session, caller.scope, "evidence", ids, now)
    about = About(province_code=caller.scope.province_code, agency_code=code, agency=name, day=day, made_at=now)
    bundle = Bundle(
        about,
        blobs=runtime.blobs,
        language=lang or language_of(request.headers),
        masked=view_of(caller, runtime, now).masks,
    )
    return StreamingResponse(
        _pieces(request, runtime, caller.scope, about, bundle, ids),
        media_type="application/zip",
        headers=_PRIVATE | {"Content-Disposition": f'attachment; filename="{about.file_name}"'},
    )


async def _pieces(
    request: Request, runtime: Runtime, scope: Scope, about: About, bundle: Bundle, ids: list[UUID]
) -> AsyncIterator[bytes]:
    """The zip, item by item. Each reading passes the gate of requests: connections are counted there."""
    for item_id in ids:
        async with request.app.state.gate:
            evidence = await run_in_threadpool(read_evidence, runtime, scope, item_id)
        if evidence is not None:
            async for piece in iterate_in_threadpool(bundle.item(evidence)):
                yield piece
    async with request.app.state.gate:
        root = await run_in_threadpool(read_root, runtime, about)
    yield bundle.end(root)

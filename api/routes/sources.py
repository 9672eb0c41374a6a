"""Lists of results that dossier systems publish: set, watched, asked now, what was refused."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import DbSession, Now, RuntimeDep
from api.presenters.sources import source_out
from api.routes.asking import FeedbackReader, SourceReader, note_view
from api.routes.results import agency_of
from api.schemas.sources import RefusedRowOut, RefusedRowsOut, SourceIn, SourceList, SourceOut
from api.schemas.types import ProblemOut
from tracking.sources import registry

router = APIRouter(prefix="/sources", tags=["sources"])


@router.get("")
def get_sources(session: DbSession, caller: SourceReader) -> SourceList:
    """Sources in reach: how far each was read, when it last answered, what went wrong."""
    return SourceList(sources=[source_out(one) for one in registry.list_sources(session, scope=caller.scope)])


@router.post("")
def post_source(
    content: SourceIn, session: DbSession, caller: FeedbackReader, runtime: RuntimeDep, now: Now
) -> SourceOut:
    """Set a source, to be asked at once and then every so often. The same URL again changes all but its cursor."""
    made = registry.save_source(
        session,
        scope=caller.scope,
        agency_id=agency_of(caller, content.agency_id),
        url=content.url,
        secret=content.secret,
        box=runtime.secrets,
        allow_private=runtime.options.allow_private_webhooks,
        now=now,
        kind=content.kind,
        every_s=content.every_minutes * 60,
    )
    return source_out(made)


@router.post("/{source_id}/poll")
def post_poll(source_id: UUID, session: DbSession, caller: FeedbackReader, now: Now) -> SourceOut:
    """Have a source asked now."""
    return source_out(registry.poll_now(session, scope=caller.scope, source_id=source_id, now=now))


@router.post("/{source_id}/disable")
def post_source_off(source_id: UUID, session: DbSession, caller: FeedbackReader, now: Now) -> SourceOut:
    """Ask no more; the cursor stays."""
    return source_out(registry.disable_source(session, scope=caller.scope, source_id=source_id, now=now))


@router.post("/{source_id}/enable")
def post_source_on(source_id: UUID, session: DbSession, caller: FeedbackReader, now: Now) -> SourceOut:
    """Ask again, from where it was left."""
    return source_out(registry.enable_source(session, scope=caller.scope, source_id=source_id, now=now))


@router.get("/{source_id}/refused")
def get_refused(
    source_id: UUID, session: DbSession, caller: FeedbackReader, runtime: RuntimeDep, now: Now
) -> RefusedRowsOut:
    """Rows that could not be taken and have not been since, newest first, at most 1,000."""
    rows = list(registry.refused_rows(session, scope=caller.scope, source_id=source_id, box=runtime.secrets))
    note_view(session, caller.scope, "refused_rows", [source_id], now)
    return RefusedRowsOut(
        rows=[
            RefusedRowOut(
                dossier_code=one.dossier_code,
                row=one.row,
                problems=[ProblemOut.model_validate(found) for found in one.problems],
                first_at=one.first_at,
                last_at=one.last_at,
            )
            for one in rows
        ]
    )

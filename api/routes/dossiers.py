"""Dossiers as their agency looks at them."""

from fastapi import APIRouter

from api.deps import DbSession, Now, RuntimeDep
from api.routes.asking import EvidenceReader, note_view, view_of
from api.schemas.dossiers import DossierPageOut, DossierRowOut, DossierSearchIn, GroupCounts
from tracking.dossier_list import list_dossiers

router = APIRouter(tags=["items"])


@router.post("/dossiers:search")
def post_search_dossiers(
    content: DossierSearchIn, session: DbSession, caller: EvidenceReader, runtime: RuntimeDep, now: Now
) -> DossierPageOut:
    """Dossiers by due date with what is overdue or foreseen to be; words come in the body, for they may be a name."""
    view = view_of(caller, runtime, now)
    page = list_dossiers(
        session,
        scope=caller.scope,
        group=content.group,
        q=content.q,
        codes_only=view.masks,
        after=content.cursor,
        limit=content.limit,
        now=now,
    )
    note_view(session, caller.scope, "items", [row.item.id for row in page.rows], now)
    return DossierPageOut(
        rows=[DossierRowOut.model_validate({"item": view.item(row.item), "mark": row.mark}) for row in page.rows],
        next_cursor=page.next_cursor,
        counts=GroupCounts.model_validate(page.counts),
    )

"""Invitation cards: the paper that asks an addressee to come and collect."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.deps import DbSession, Now
from api.papers.invitation import invitations_pdf
from api.problems import language_of
from api.routes.asking import Planner, note_view
from api.schemas.types import LocalDate, answers_file
from core.clock import local_date
from core.scope import narrowed
from tracking import invitation_cards

router = APIRouter(tags=["items"])
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": 'inline; filename="giay-moi.pdf"',
}


@router.get("/invitation-cards", response_class=Response, responses=answers_file("application/pdf"))
def get_invitation_cards(
    request: Request,
    session: DbSession,
    caller: Planner,
    now: Now,
    item_id: Annotated[
        list[UUID] | None, Query(max_length=50, description="Which held items; else those of a day.")
    ] = None,
    on: Annotated[LocalDate | None, Query(description="All invitations of a day; today when nothing is said.")] = None,
    office_id: Annotated[UUID | None, Query(description="With a day: of this office only.")] = None,
    lang: Annotated[Literal["vi", "en"] | None, Query(description="Else by Accept-Language.")] = None,
) -> Response:
    """Cards to print, four to an A4 sheet (PDF), for held papers whose addressees are invited; looks are noted."""
    if item_id:
        cards = invitation_cards.cards_of(session, scope=caller.scope, item_ids=item_id)
    else:
        scope = narrowed(caller.scope, office_id)
        cards = invitation_cards.cards_on(session, scope=scope, on=on or local_date(now))
    note_view(session, caller.scope, "invitation", list(cards), now)
    pdf = invitations_pdf(cards.values(), language=lang or language_of(request.headers), made_at=now)
    return Response(pdf, media_type="application/pdf", headers=_HEADERS)

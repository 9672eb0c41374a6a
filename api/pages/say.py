"""Rating a delivery and complaining, by plain forms under the journey, after the check of the phone's digits."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from api.deps import Now, RuntimeDep
from api.errors import MISSING_FIELD
from api.pages.forms import answer_form
from api.pages.page import Lang
from api.pages.typed import Typed
from core.errors import fail
from core.scope import Scope
from tracking import complaints, ratings
from tracking.complaint_values import ComplaintKind
from tracking.public_values import PublicView

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Form(max_length=40)]
Token = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=8_000)]
Word = Annotated[str, Form(max_length=20)]
_STARS = frozenset("12345")


@router.post("/t/rating")
def post_rating(
    request: Request,
    runtime: RuntimeDep,
    now: Now,
    code: Code = "",
    token: Token = "",
    stars: Word = "",
    rating: Text = "",
    lang: Lang = None,
) -> Response:
    """Keep 1 to 5 stars and perhaps a few words."""
    typed = Typed(stars=int(stars) if stars in _STARS else 0, rating=rating.strip())

    def keep(session: Session, scope: Scope, view: PublicView) -> None:
        ratings.rate(session, scope=scope, item_id=view.item_id, stars=typed.stars, words=typed.rating, now=now)

    return answer_form(request, runtime, now, "rating", code, token, lang, typed, keep)


@router.post("/t/complaint")
def post_complaint(
    request: Request,
    runtime: RuntimeDep,
    now: Now,
    code: Code = "",
    token: Token = "",
    kind: Word = "",
    complaint: Text = "",
    lang: Lang = None,
) -> Response:
    """Take a complaint; its deadline and later its answer stand on the page."""
    typed = Typed(kind=kind, complaint=complaint.strip())

    def keep(session: Session, scope: Scope, view: PublicView) -> None:
        if typed.kind not in {one.value for one in ComplaintKind}:
            raise fail(MISSING_FIELD, pointer="/kind", field="kind")
        complaints.file_complaint(
            session,
            scope=scope,
            item_id=view.item_id,
            kind=ComplaintKind(typed.kind),
            words=typed.complaint,
            by_citizen=True,
            now=now,
        )

    return answer_form(request, runtime, now, "complaint", code, token, lang, typed, keep)

"""The citizen's page: code and last four digits by POST, the journey in words, no script needed, nothing personal in a
URL."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse

from api.auth import count_failure, guard_attempts
from api.deps import Now, RuntimeDep
from api.errors import TOO_MANY
from api.pages.page import HERE, Lang, Notice, language_of_page, page, shown_page
from api.pages.texts import PAGE
from api.runtime import Runtime
from api.store_calls import record_view
from core.errors import NOT_FOUND, CodedError
from core.ids import parse_tracking_code
from tracking import service

router = APIRouter(include_in_schema=False)
# Of 10,000 endings a person who knows a code may try ten in 15 minutes.
_PER_CODE = 10
_PER_ADDRESS = 40


@router.get("/t/page.css")
def get_css() -> Response:
    """The page's own style."""
    return FileResponse(HERE / "page.css", headers={"Cache-Control": "public, max-age=3600"})


@router.get("/t")
def get_form(request: Request, lang: Lang = None) -> Response:
    """The form."""
    return page(language_of_page(request, lang))


@router.get("/t/{code}")
def get_form_with_code(code: str, request: Request, lang: Lang = None) -> Response:
    """The form with the code filled in, as a QR code on paper leads to it. It says nothing about the code."""
    return page(language_of_page(request, lang), code=parse_tracking_code(code) or "")


@router.post("/t")
def post_form(
    request: Request,
    runtime: RuntimeDep,
    now: Now,
    code: Annotated[str, Form(max_length=40)] = "",
    digits: Annotated[str, Form(max_length=10)] = "",
    lang: Lang = None,
) -> Response:
    """The journey; a wrong code and wrong digits are answered the same."""
    language = language_of_page(request, lang)
    known = parse_tracking_code(code) or ""
    address = request.client.host if request.client else ""
    subjects = {f"from:{address}": _PER_ADDRESS}
    if known:
        # What is no code at all counts for its sender only: mistyping must not lock the page for others.
        subjects[f"code:{known}"] = _PER_CODE
    try:
        guard_attempts(runtime.database, kind="track", subjects=subjects, now=now)
    except CodedError as refused:
        if refused.code != TOO_MANY.code:
            raise
        too_many = Notice(code=TOO_MANY.code, text=PAGE[language]["too_many"])
        return page(language, code=known, notices=[too_many], status=429)
    shown = _look_up(runtime, known, digits.strip(), language, now) if known else None
    if shown is None:
        count_failure(runtime.database, kind="track", subjects=tuple(subjects), now=now)
        not_found = Notice(code=NOT_FOUND.code, text=PAGE[language]["not_found"])
        return page(language, code=known, notices=[not_found], status=404)
    return shown


def _look_up(runtime: Runtime, code: str, digits: str, language: str, now: datetime) -> Response | None:
    with runtime.database.transaction() as session:
        try:
            view = service.public_view(session, code, digits)
        except CodedError as refused:
            if refused.code != NOT_FOUND.code:
                raise
            return None
        record_view(
            session, province_code=view.province_code, actor="citizen", what="track", subjects=[view.item_id], now=now
        )
        return shown_page(session, runtime, view, language, now)

"""The citizen's page: code and last four digits by POST, the journey in words, no script, nothing personal in a URL."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.auth import RETRY_AFTER_S, count_failure, guard_attempts
from api.deps import Now, RuntimeDep
from api.errors import TOO_MANY
from api.pages.expected import expected_window
from api.pages.journey import Journey, journey
from api.pages.texts import PAGE
from api.problems import language_of
from api.runtime import Runtime
from api.store_calls import record_view
from core.errors import NOT_FOUND, CodedError
from core.ids import parse_tracking_code
from tracking import service

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_PAGES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Of 10,000 endings a person who knows a code may try ten in 15 minutes.
_PER_CODE = 10
_PER_ADDRESS = 40
Lang = Annotated[str | None, Query(max_length=5)]


@router.get("/t/page.css")
def get_css() -> Response:
    """The page's own style."""
    return FileResponse(_HERE / "page.css", headers={"Cache-Control": "public, max-age=3600"})


@router.get("/t")
def get_form(request: Request, lang: Lang = None) -> Response:
    """The form."""
    return _page(_language(request, lang))


@router.get("/t/{code}")
def get_form_with_code(code: str, request: Request, lang: Lang = None) -> Response:
    """The form with the code filled in, as a QR code on paper leads to it. It says nothing about the code."""
    return _page(_language(request, lang), code=parse_tracking_code(code) or "")


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
    language = _language(request, lang)
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
        page = _page(language, code=known, notice="too_many", status=429)
        page.headers["Retry-After"] = str(RETRY_AFTER_S)
        return page
    shown = _look_up(runtime, known, digits.strip(), language, now) if known else None
    if shown is None:
        count_failure(runtime.database, kind="track", subjects=tuple(subjects), now=now)
        return _page(language, code=known, notice="not_found", status=404)
    return _page(language, shown=shown)


def _look_up(runtime: Runtime, code: str, digits: str, language: str, now: datetime) -> Journey | None:
    with runtime.database.transaction() as session:
        try:
            view = service.public_view(session, code, digits)
        except CodedError as refused:
            if refused.code != NOT_FOUND.code:
                raise
            return None
        window = expected_window(session, view, now)
        record_view(
            session, province_code=view.province_code, actor="citizen", what="track", subjects=[view.item_id], now=now
        )
        return journey(view, language=language, expected=window)


def _page(
    language: str, *, code: str = "", notice: str | None = None, status: int = 200, shown: Journey | None = None
) -> Response:
    words = PAGE[language]
    text = _PAGES.get_template("track.html").render(
        language=language,
        other_language="vi" if language == "en" else "en",
        words=words,
        code=code,
        notice=words[notice] if notice else None,
        journey=shown,
    )
    return HTMLResponse(text, status, headers={"Content-Language": language})


def _language(request: Request, chosen: str | None) -> str:
    return chosen if chosen is not None and chosen in PAGE else language_of(request.headers)

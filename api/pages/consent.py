"""The page behind the link in a message: no more of them, or again. It names nobody, so whoever holds the link may."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Now, RuntimeDep
from api.pages.page import PAGES, Lang, Notice, language_of_page, notices_of
from api.pages.texts_consent import CONSENT
from api.runtime import Runtime
from core.errors import CodedError
from tracking.notifications.contacts import consent_by_link, contact_of_link
from tracking.notifications.errors import LINK_UNKNOWN

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


@router.get("/n/{token}")
def get_consent(token: Token, request: Request, runtime: RuntimeDep, lang: Lang = None) -> Response:
    """How it stands, and the button; looking changes nothing, since programs look at links before people do."""
    return _answer(request, runtime, token, lang, None, None)


@router.post("/n/{token}")
def post_consent(
    token: Token,
    request: Request,
    runtime: RuntimeDep,
    now: Now,
    again: Annotated[str, Form(max_length=5)] = "",
    lang: Lang = None,
) -> Response:
    """No more messages, or messages again. Mail programs post here by themselves when asked to (RFC 8058)."""
    return _answer(request, runtime, token, lang, not again, now)


def _answer(
    request: Request, runtime: Runtime, token: str, lang: str | None, out: bool | None, now: datetime | None
) -> Response:
    language = language_of_page(request, lang)
    try:
        with runtime.database.transaction() as session:
            if out is None or now is None:
                contact = contact_of_link(session, token)
            else:
                contact = consent_by_link(session, token, out=out, now=now)
    except CodedError as refused:
        if refused.code != LINK_UNKNOWN.code:
            raise
        return _page(language, token, None, notices_of(refused.problems, language), refused.status)
    return _page(language, token, contact.opted_out_at is not None, (), 200, done=out is not None)


def _page(
    language: str, token: str, is_out: bool | None, notices: tuple[Notice, ...], status: int, *, done: bool = False
) -> Response:
    text = PAGES.get_template("consent.html").render(
        language=language,
        other_language="vi" if language == "en" else "en",
        words=CONSENT[language],
        token=token,
        is_out=is_out,
        done=done,
        notices=notices,
    )
    return HTMLResponse(text, status, headers={"Content-Language": language})

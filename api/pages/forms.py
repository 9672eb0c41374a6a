"""What the forms under the journey share: they are for who has shown the digits a moment ago, and not too often."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request, Response
from sqlalchemy.orm import Session

from api.auth import count_failure, guard_attempts
from api.errors import PAGE_EXPIRED
from api.pages.door_token import is_good
from api.pages.page import language_of_page, notices_of, page, shown_page
from api.pages.typed import Typed
from api.runtime import Runtime
from core.errors import CodedError, fail
from core.ids import parse_tracking_code
from core.scope import Scope
from tracking import service
from tracking.proposals import CITIZEN
from tracking.public_values import PublicView

# Each counts, the refused and the taken: a thing is said once or twice.
_PER_CODE = 5
_PER_ADDRESS = 20
Keep = Callable[[Session, Scope, PublicView], None]


def answer_form(
    request: Request,
    runtime: Runtime,
    now: datetime,
    form: str,
    code: str,
    token: str,
    lang: str | None,
    typed: Typed,
    keep: Keep,
) -> Response:
    """Keep what the citizen says in the `form` of that name; the journey stays, with thanks or with what is wrong."""
    known, language = parse_tracking_code(code) or "", language_of_page(request, lang)
    address = request.client.host if request.client else ""
    subjects = {f"from:{address}": _PER_ADDRESS, f"code:{known}": _PER_CODE}
    try:
        if not is_good(runtime.identity_key, known, token, now):
            raise fail(PAGE_EXPIRED)
        guard_attempts(runtime.database, kind=form, subjects=subjects, now=now)
        count_failure(runtime.database, kind=form, subjects=tuple(subjects), now=now)
        with runtime.database.transaction() as session:
            view = service.shown_view(session, known)
            keep(session, Scope(province_code=view.province_code, actor=CITIZEN), view)
            after = service.shown_view(session, known)
            return shown_page(session, runtime, after, language, now, typed=Typed(thanks=form))
    except CodedError as refused:
        notices, status = notices_of(refused.problems, language), refused.status
        if refused.code == PAGE_EXPIRED.code:
            return page(language, code=known, notices=notices, status=status)
        with runtime.database.reading() as session:
            view = service.shown_view(session, known)
            return shown_page(session, runtime, view, language, now, typed=typed, notices=notices, status=status)

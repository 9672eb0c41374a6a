"""Signing in and out, and who one is."""

from typing import cast

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from api import store
from api.auth import SESSION_LIFE, SignedIn, csrf_token, sha256, sign_in
from api.deps import CSRF_COOKIE, SESSION_COOKIE, DbSession, Now, RuntimeDep, guard_csrf
from api.errors import SIGNED_OUT
from api.identity import Identity, identity_of_user
from api.openapi_security import SIGNED_IN_TO_WRITE
from api.routes.asking import Person
from api.schemas.session import LanguageIn, Me, OfficeBrief, RoleName, SignIn, UserOut
from core.errors import fail
from tracking import service

router = APIRouter(tags=["session"])


@router.post("/session", status_code=201)
def post_session(content: SignIn, request: Request, response: Response, runtime: RuntimeDep, now: Now) -> Me:
    """Sign in: sets the session cookie and the anti-forgery cookie."""
    address = request.client.host if request.client else ""
    signed = sign_in(runtime.database, login=content.login, password=content.password, address=address, now=now)
    set_cookies(response, signed, secure=runtime.options.secure_cookies)
    with runtime.database.reading() as session:
        return me_of(session, identity_of_user(signed.user))


@router.delete("/session", status_code=204, openapi_extra={"security": [SIGNED_IN_TO_WRITE, {}]})
def delete_session(request: Request, response: Response, session: DbSession) -> None:
    """Sign out; no session is no error."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        guard_csrf(request, token)
        store.end_session(session, sha256(token))
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)


@router.get("/me")
def get_me(session: DbSession, caller: Person) -> Me:
    """The signed-in user."""
    return me_of(session, caller)


@router.put("/me/language")
def put_language(content: LanguageIn, session: DbSession, caller: Person) -> Me:
    """Choose Vietnamese or English."""
    me = me_of(session, caller)
    store.set_language(session, me.user.id, content.language)
    return Me(user=me.user.model_copy(update={"language": content.language}))


def set_cookies(response: Response, signed: SignedIn, *, secure: bool) -> None:
    """The session for the browser alone, the anti-forgery token for the page's script to send back."""
    seconds = int(SESSION_LIFE.total_seconds())
    response.set_cookie(SESSION_COOKIE, signed.token, seconds, httponly=True, samesite="lax", secure=secure)
    response.set_cookie(CSRF_COOKIE, csrf_token(signed.token), seconds, samesite="lax", secure=secure)


def me_of(session: Session, identity: Identity) -> Me:
    """A user with the offices in reach."""
    user = identity.user
    if user is None:
        raise fail(SIGNED_OUT)
    offices = service.list_offices(session, scope=identity.scope)
    return Me(
        user=UserOut(
            id=user.id,
            name=user.name,
            role=cast("RoleName", user.role.value),  # a person is never a hub
            offices=[OfficeBrief.model_validate(office) for office in offices],
            province_code=user.province_code,
            language="en" if user.language == "en" else "vi",
            agency_id=user.agency_id,
            courier_id=user.courier_id,
        )
    )

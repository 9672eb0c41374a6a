"""What endpoints ask for: the runtime, a session that commits before the answer, the caller, the right to be here."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api import store
from api.auth import KEY_SCHEME, csrf_token, same_secret, sha256
from api.errors import CSRF, FORBIDDEN, SIGNED_OUT
from api.identity import Identity, identity_of_key, identity_of_user
from api.roles import Role
from api.runtime import Runtime
from core.errors import fail

SESSION_COOKIE = "buuta_session"
CSRF_COOKIE = "buuta_csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def get_runtime(request: Request) -> Runtime:
    """The process's runtime."""
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]


def get_now(runtime: RuntimeDep) -> datetime:
    """The instant of this request, one for all it does."""
    return runtime.clock()


Now = Annotated[datetime, Depends(get_now)]


async def admit(request: Request) -> AsyncIterator[None]:
    """Let in no more requests than there are connections.

    A request holds its connection while it waits for a thread, and a thread while it waits for a connection: with more
    requests than connections both could wait for each other.
    """
    gate: CapacityLimiter = request.app.state.gate
    async with gate:
        yield


def get_session(runtime: RuntimeDep, _: Annotated[None, Depends(admit, scope="function")]) -> Iterator[Session]:
    """A transaction around the endpoint: committed before the answer is made, so a failed commit is a 5xx."""
    with runtime.database.transaction() as session:
        yield session


DbSession = Annotated[Session, Depends(get_session, scope="function")]


def get_identity(request: Request, session: DbSession, now: Now) -> Identity:
    """The caller, by API key or by session cookie. Raises A1001, and A1005 for a forged write."""
    header = request.headers.get("authorization", "")
    if header.startswith(f"Bearer {KEY_SCHEME}"):
        key = store.find_key(session, sha256(header.removeprefix("Bearer ")), now=now)
        if key is None:
            raise fail(SIGNED_OUT)
        return _remember(request, identity_of_key(key))
    token = request.cookies.get(SESSION_COOKIE)
    user = store.find_session(session, sha256(token), now=now) if token else None
    if token is None or user is None:
        raise fail(SIGNED_OUT)
    if request.method not in _SAFE:
        guard_csrf(request, token)
    return _remember(request, identity_of_user(user))


def guard_csrf(request: Request, token: str) -> None:
    """Refuse a cookie-authenticated write whose header does not carry the session's own token."""
    if not same_secret(request.headers.get(CSRF_HEADER, ""), csrf_token(token)):
        raise fail(CSRF)


def _remember(request: Request, identity: Identity) -> Identity:
    # For the access log: the actor is an id, not a name.
    request.state.actor = identity.actor
    return identity


async def raw_body(request: Request) -> bytes:
    """The whole body, as it came."""
    return await request.body()


class Allow:
    """The roles a route is for. Each route under /v1 has one, or stands in the list of public ones (a test looks)."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    def __call__(self, identity: Annotated[Identity, Depends(get_identity)]) -> Identity:
        if identity.role not in self.roles:
            raise fail(FORBIDDEN)
        return identity

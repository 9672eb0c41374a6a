"""What endpoints ask for: the runtime, a session that commits before the answer, the caller, the right to be here."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Annotated, Literal

from anyio import CapacityLimiter
from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.auth import KEY_SCHEME, Credential, csrf_token, identify, same_secret, sha256
from api.errors import CSRF, FORBIDDEN, SIGNED_OUT
from api.identity import Identity
from api.roles import Role
from api.runtime import Runtime
from core.errors import fail

SESSION_COOKIE = "buuta_session"
CSRF_COOKIE = "buuta_csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


# Dependencies that neither wait nor work are coroutines: FastAPI would send each of the others through a thread.
async def get_runtime(request: Request) -> Runtime:
    """The process's runtime."""
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]


async def get_now(runtime: RuntimeDep) -> datetime:
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
    [found] = identify(session, [credential_of(request)], now=now)
    return admitted(request, found)


def credential_of(request: Request) -> Credential:
    """What the caller shows. Raises A1001 when it is nothing."""
    header = request.headers.get("authorization", "")
    if header.startswith(f"Bearer {KEY_SCHEME}"):
        return Credential("key", sha256(header.removeprefix("Bearer ")))
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise fail(SIGNED_OUT)
    return Credential("session", sha256(token))


def known(found: Identity | None) -> Identity:
    """The caller, unless nobody knows the credential (A1001)."""
    if found is None:
        raise fail(SIGNED_OUT)
    return found


def admitted(request: Request, found: Identity | None) -> Identity:
    """The caller, unless nobody knows the credential (A1001) or a cookie's write is forged (A1005)."""
    found = known(found)
    if found.user is not None and request.method not in _SAFE:
        guard_csrf(request, request.cookies[SESSION_COOKIE])
    # For the access log: the actor is an id, not a name.
    request.state.actor = found.actor
    return found


def guard_csrf(request: Request, token: str) -> None:
    """Refuse a cookie-authenticated write whose header does not carry the session's own token."""
    if not same_secret(request.headers.get(CSRF_HEADER, ""), csrf_token(token)):
        raise fail(CSRF)


async def raw_body(request: Request) -> bytes:
    """The whole body, as it came."""
    return await request.body()


class Permission:
    """The roles a route is for. Each route under /v1 has one, or stands in the list of public ones (a test looks)."""

    def __init__(self, roles: frozenset[Role], *, only: Literal["people", "keys"] | None = None) -> None:
        self.roles = roles
        self.takes_people = only != "keys"
        self.takes_keys = only != "people"

    def admit(self, identity: Identity) -> Identity:
        """The caller, when the role and what was shown are among ours. Raises A1004."""
        is_taken = self.takes_keys if identity.user is None else self.takes_people
        if identity.role not in self.roles or not is_taken:
            raise fail(FORBIDDEN)
        return identity


class Allow(Permission):
    """Asked for in the request's own transaction."""

    async def __call__(self, identity: Annotated[Identity, Depends(get_identity)]) -> Identity:
        return self.admit(identity)

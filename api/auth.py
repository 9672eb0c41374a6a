"""Sign-in: argon2id passwords, server sessions, API keys. Secrets are kept as hashes only."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from pwdlib import PasswordHash
from sqlalchemy.orm import Session

from api import store, store_calls
from api.errors import LOGIN_TAKEN, MISSING_FIELD, TOO_MANY, WRONG_SIGN_IN
from api.identity import ApiKey, Identity, User, identity_of_key, identity_of_user
from api.roles import Role
from core.db import Database
from core.errors import fail

SESSION_LIFE = timedelta(hours=16)
KEY_SCHEME = "buuta_"
# What people see of a key in lists: enough to tell keys apart, nothing of use to a thief.
KEY_PREFIX_LENGTH = len(KEY_SCHEME) + 6
_WINDOW = timedelta(minutes=15)
RETRY_AFTER_S = int(_WINDOW.total_seconds())
_PER_LOGIN = 10
_PER_ADDRESS = 100
_HASHER = PasswordHash.recommended()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session: the token goes into the cookie and is kept nowhere."""

    user: User
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Credential:
    """The hash of what a request shows to say who sends it."""

    kind: Literal["session", "key"]
    hash: str


def identify(session: Session, credentials: Sequence[Credential], *, now: datetime) -> list[Identity | None]:
    """Who shows each of these; None for one that nobody has, that has expired or was revoked."""
    tokens = {shown.hash for shown in credentials if shown.kind == "session"}
    users = store.find_sessions(session, tokens, now=now) if tokens else {}
    keys = {shown.hash: store.find_key(session, shown.hash, now=now) for shown in credentials if shown.kind == "key"}
    return [_identity(users.get(shown.hash), keys.get(shown.hash)) for shown in credentials]


def _identity(user: User | None, key: ApiKey | None) -> Identity | None:
    if user is not None:
        return identity_of_user(user)
    return identity_of_key(key) if key is not None else None


def hash_password(password: str) -> str:
    """Argon2id with the library's recommended cost."""
    return _HASHER.hash(password)


def add_user(session: Session, user: User, *, password: str, now: datetime) -> None:
    """Store someone who signs in. Raises A1008 when the login is taken, A1101 when the role lacks what it needs."""
    if store.is_login_taken(session, user.login):
        raise fail(LOGIN_TAKEN, pointer="/login", login=user.login)
    if user.role is Role.COURIER and user.courier_id is None:
        raise fail(MISSING_FIELD, pointer="/courier_id", field="courier_id")
    if user.role is Role.AGENCY and user.agency_id is None:
        raise fail(MISSING_FIELD, pointer="/agency_id", field="agency_id")
    store.add_user(session, user, password_hash=hash_password(password), now=now)


def sha256(text: str) -> str:
    """Hash of a long random secret (tokens and keys need no slow hash)."""
    return hashlib.sha256(text.encode()).hexdigest()


def csrf_token(session_token: str) -> str:
    """The anti-forgery token that belongs to a session: only who holds the session's page can know it."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


def same_secret(given: str, expected: str) -> bool:
    """Comparison whose time does not depend on where the two differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def sign_in(database: Database, *, login: str, password: str, address: str, now: datetime) -> SignedIn:
    """Check the password and open a session.

    Raises A1002 for a wrong login or password (indistinguishable) and A1003 after too many failures of a login (10 in
    15 minutes) or an address (100). A failure is counted in its own transaction: the answer's error does not undo it.
    """
    login = login.strip().lower()
    guard_attempts(database, kind="sign_in", subjects={login: _PER_LOGIN, address: _PER_ADDRESS}, now=now)
    with database.reading() as session:
        found = store.find_login(session, login)
    good, better_hash = _verify(password, found[1] if found else None)
    if found is None or not good:
        count_failure(database, kind="sign_in", subjects=(login, address), now=now)
        raise fail(WRONG_SIGN_IN)
    with database.transaction() as session:
        if better_hash is not None:
            store.set_password_hash(session, found[0].id, better_hash)
        return open_session(session, found[0], now=now)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def _verify(password: str, known_hash: str | None) -> tuple[bool, str | None]:
    # An unknown login costs the same work as a known one, so the time of the answer says nothing.
    nobody = _nobody()
    good, better_hash = _HASHER.verify_and_update(password, known_hash or nobody)
    return good and known_hash is not None, better_hash


def open_session(session: Session, user: User, *, now: datetime) -> SignedIn:
    """A new session of a user whose right to it was checked."""
    token = secrets.token_urlsafe(32)
    expires_at = now + SESSION_LIFE
    store.add_session(session, sha256(token), user.id, now=now, expires_at=expires_at)
    return SignedIn(user=user, token=token, expires_at=expires_at)


def guard_attempts(database: Database, *, kind: str, subjects: dict[str, int], now: datetime) -> None:
    """Raise A1003 when one of the subjects has failed as often as it may within 15 minutes."""
    with database.reading() as session:
        for subject, allowed in subjects.items():
            failed = store_calls.count_attempts(session, kind=kind, subject=sha256(subject), since=now - _WINDOW)
            if failed >= allowed:
                raise fail(TOO_MANY, minutes=RETRY_AFTER_S // 60)


def count_failure(database: Database, *, kind: str, subjects: tuple[str, ...], now: datetime) -> None:
    """Remember a failure, whatever the request's own transaction does."""
    with database.transaction() as session:
        for subject in subjects:
            store_calls.add_attempt(session, kind=kind, subject=sha256(subject), now=now)


def issue_key(session: Session, key: ApiKey, *, now: datetime) -> str:
    """Store a key's hash and return the key itself, this one time."""
    secret = KEY_SCHEME + secrets.token_urlsafe(32)
    store.add_key(session, key, key_hash=sha256(secret), prefix=secret[:KEY_PREFIX_LENGTH], now=now)
    return secret

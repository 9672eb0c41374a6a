"""How callers show who they are, in OpenAPI's words; what each operation takes is read from its guard."""

from typing import Any

from api.auth import KEY_SCHEME
from api.deps import CSRF_HEADER, SESSION_COOKIE, Permission
from api.roles import Role

SESSION, CSRF, KEY, BASIC = "session", "csrf", "key", "basic"
SCHEMES: dict[str, Any] = {
    SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "A person's session: the cookie that `POST /v1/session` sets.",
    },
    CSRF: {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "Beside the session on every write: what stands in the cookie `buuta_csrf`.",
    },
    KEY: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": f"{KEY_SCHEME}…",
        "description": "The key of an agency's system, or of a hub that sends for several agencies.",
    },
    BASIC: {
        "type": "http",
        "scheme": "basic",
        "description": "Any name, with a key as the password; for the order interface's token alone.",
    },
}
SIGNED_IN: dict[str, list[str]] = {SESSION: []}
SIGNED_IN_TO_WRITE: dict[str, list[str]] = {SESSION: [], CSRF: []}
_BY_KEY: dict[str, list[str]] = {KEY: []}
# Keys are made for these alone.
_OF_KEYS = frozenset({Role.AGENCY, Role.HUB})


def security_of(guard: Permission | None, method: str) -> list[dict[str, list[str]]]:
    """What a caller shows, one of these; nothing where nobody is asked."""
    if guard is None:
        return []
    shown = [SIGNED_IN if method == "get" else SIGNED_IN_TO_WRITE] if guard.takes_people else []
    return [*shown, _BY_KEY] if guard.takes_keys and guard.roles & _OF_KEYS else shown

"""The demo's people talk to the server as anybody does: over HTTP, signed in, with the CSRF token."""

from typing import Any

import httpx

_PATIENCE_S = 60.0


class Refused(RuntimeError):
    """The server said no to something the demo expects it to do."""


class Person:
    """A signed-in user. Answers are the JSON; an error status raises `Refused` with the server's own words."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=_PATIENCE_S, trust_env=False)

    @property
    def base_url(self) -> str:
        """Where the server is."""
        return str(self._http.base_url)

    def sign_in(self, login: str, password: str) -> None:
        """Open a session; the cookie stays with this person."""
        self.post("/v1/session", {"login": login, "password": password})

    def use_key(self, key: str) -> None:
        """Call as a dossier system does, with an API key."""
        self._http.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: Any) -> Any:
        """A read."""
        return _json(self._http.get(path, params={k: v for k, v in query.items() if v is not None}))

    def post(self, path: str, body: Any) -> Any:
        """A write."""
        return _json(self._http.post(path, json=body, headers=self._csrf()))

    def put(self, path: str, body: Any) -> Any:
        """A write that carries its own id."""
        return _json(self._http.put(path, json=body, headers=self._csrf()))

    def put_file(self, path: str, data: bytes, content_type: str) -> Any:
        """A file, whole."""
        headers = {**self._csrf(), "Content-Type": content_type}
        return _json(self._http.put(path, content=data, headers=headers))

    def read(self, path: str) -> bytes:
        """The bytes of a document."""
        return _checked(self._http.get(path)).content

    def close(self) -> None:
        """Drop the connections."""
        self._http.close()

    def _csrf(self) -> dict[str, str]:
        token = self._http.cookies.get("buuta_csrf")
        return {"X-CSRF-Token": token} if token else {}


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise Refused(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:600]}")
    return answer


def _json(answer: httpx.Response) -> Any:
    return _checked(answer).json() if answer.content and not answer.is_error else _checked(answer) and None

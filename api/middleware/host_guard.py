"""Requests for host names that are not ours are refused: links and cookies are never made for a stranger's name."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import BAD_HOST
from api.problems import language_of, problem_response
from core.errors import problem


class HostGuard:
    """Serves the names given: whole ones, or `*.example.vn` for every name below; the port does not count."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts if not host.startswith("*"))
        self.endings = tuple(host.lower().removeprefix("*") for host in hosts if host.startswith("*"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self.serves(name_of(headers.get("host", ""))):
            await self.app(scope, receive, send)
        else:
            await problem_response([problem(BAD_HOST)], language=language_of(headers))(scope, receive, send)

    def serves(self, name: str) -> bool:
        """Whether a host name, without its port, is one of ours."""
        return name in self.hosts or (bool(self.endings) and name.endswith(self.endings))


def name_of(host: str) -> str:
    """The name in a Host header, lower case, without the port; an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()

"""One JSON line per request: template of the route, status, time. No address, no query, no name."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = structlog.get_logger("access")


class AccessLog:
    """Logs after the answer has gone; what the log needs stands in the scope by then."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            _LOG.info(
                "request",
                method=scope["method"],
                route=getattr(scope.get("route"), "path", "-"),
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
                actor=scope.get("state", {}).get("actor"),
            )

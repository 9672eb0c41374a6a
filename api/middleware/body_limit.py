"""Bodies larger than a route takes are refused by their stated length, or as soon as they have grown too long."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TOO_LARGE
from api.problems import language_of, problem_response
from core.errors import problem
from tracking.proof_checks import FILE_BYTES_LIMIT

KB = 1024


@dataclass(frozen=True, slots=True)
class Limit:
    """Largest body in bytes for paths that match."""

    path: re.Pattern[str]
    max_bytes: int


LIMITS = (
    Limit(re.compile(r"^/v1/proofs/[^/]+/files/"), FILE_BYTES_LIMIT),
    Limit(re.compile(r"^/v1/results:upload$"), 30_000 * KB),
    Limit(re.compile(r"^/v1/results:batch$"), 4_000 * KB),
    Limit(re.compile(r"^/v1/reconciliation/list(:upload)?$"), 4_000 * KB),
    Limit(re.compile(r"^/v1/(solve|optimization)$"), 32_000 * KB),
    Limit(re.compile(r"^/t(/|$)"), 16 * KB),
    Limit(re.compile(r"^/osmand$"), 16 * KB),
    Limit(re.compile(""), 1_000 * KB),
)


class BodyLimit:
    """Answers 413 without reading what is too large."""

    def __init__(self, app: ASGIApp, limits: Sequence[Limit] = LIMITS) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        max_bytes = next(limit.max_bytes for limit in self.limits if limit.path.search(scope["path"]))
        headers = Headers(scope=scope)
        stated = headers.get("content-length", "0")
        if not stated.isdigit() or int(stated) > max_bytes:
            await self._refuse(max_bytes, headers, scope, receive, send)
            return
        scope.setdefault("state", {})["limit_kb"] = max_bytes // KB
        await self.app(scope, _counted(receive, max_bytes), send)

    @staticmethod
    async def _refuse(max_bytes: int, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        found = problem(TOO_LARGE, limit_kb=max_bytes // KB)
        response = problem_response([found], language=language_of(headers))
        response.headers["Connection"] = "close"
        await response(scope, receive, send)


def _counted(receive: Receive, max_bytes: int) -> Receive:
    left = max_bytes

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return counted

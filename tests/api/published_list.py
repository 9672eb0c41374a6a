"""A dossier system that only publishes: a real HTTP server with a list, pages by cursor, and faults as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.tracking.http_stage import StageHandler, listening

SECRET = "khoa-cua-nguon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """How one asking is met: a page, another status, another body, or a cut connection."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False
    before: Callable[[], None] | None = None
    then: Callable[[], None] | None = None


OK = Say()


@dataclass(slots=True)
class PublishedList:
    """The list and who asked for it. `plan(nth)` says how the nth asking (from 0) is met."""

    rows: list[Any] = field(default_factory=list)
    per_page: int = 10
    plan: Callable[[int], Say] = lambda _nth: OK
    asked: list[str | None] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    authorization: str = f"Bearer {SECRET}"
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, path: str, headers: dict[str, str]) -> tuple[Say, bytes]:
        """How this asking is met, and the page behind its cursor."""
        query = parse_qs(urlsplit(path).query)
        cursor = query.get("cursor", [None])[0]
        with self._lock:
            nth = len(self.asked)
            self.asked.append(cursor)
            self.limits.append(query["limit"][0])
        if headers.get("authorization") != self.authorization:
            return Say(status=401), b"{}"
        start = int(cursor.removeprefix("n-")) if cursor else 0
        rows = self.rows[start : start + self.per_page]
        page = {"rows": rows, "next": f"n-{start + len(rows)}"}
        return self.plan(nth), json.dumps(page).encode()


class _Handler(StageHandler):
    protocol_version = "HTTP/1.1"
    published: PublishedList

    def do_GET(self) -> None:  # noqa: N802  the library's name
        say, page = self.published.meet(self.path, {k.lower(): v for k, v in self.headers.items()})
        if say.before is not None:
            say.before()
        if say.cut:
            self.cut()
            return
        body = page if say.body is None else say.body
        self.send_response(say.status)
        for name, value in say.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if say.then is not None:
            say.then()


@contextmanager
def publishing() -> Iterator[PublishedList]:
    """A list on a free port of this machine."""
    published = PublishedList()
    with listening(type("Handler", (_Handler,), {"published": published})) as url:
        published.url = f"{url}/results?province=79"
        yield published


def published_row(number: int, **changes: Any) -> dict[str, Any]:
    """A good row as `results:batch` has it."""
    return {
        "dossier_code": f"H29.16-261101-{number:04d}",
        "procedure": "Cấp giấy chứng nhận quyền sử dụng đất",
        "addressee": {"name": "Nguyễn Thị Bích Ngọc", "phone": "0912345678"},
        "address": f"Số {number} Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh",
        "due_on": "2026-11-25",
        "ready_at": "2026-11-19T08:00:00+07:00",
        **changes,
    }

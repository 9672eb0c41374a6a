"""A small dossier system for the demo: takes webhooks, verifies them, keeps what it understood, shows a page.

It fails on purpose once in a while (an error before and a cut connection after applying), so that the day shows that
every status arrives all the same and counts once.
"""

import html
import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

_DELIVERED_PORTAL_STATUS = 10


@dataclass(slots=True)
class Dossiers:
    """What the dossier system holds: the events of each dossier once, in the order they came."""

    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def apply(self, event: dict[str, Any]) -> None:
        """Take an event in; the same id a second time changes nothing."""
        with self.lock:
            key = f"{event['source']} {event['id']}"
            if key in self.seen:
                self.counts["repeated"] += 1
                return
            self.seen.add(key)
            self.counts["applied"] += 1
            chain = self.events.setdefault(event["data"]["dossier_code"], [])
            if chain and chain[-1]["sequence"] >= event["sequence"]:
                self.counts["out_of_order"] += 1
            chain.append(event)

    def last(self, dossier_code: str) -> dict[str, Any] | None:
        """The latest event of a dossier."""
        chain = self.events.get(dossier_code)
        return chain[-1] if chain else None

    def returned(self) -> int:
        """How many dossiers stand at portal status 10."""
        with self.lock:
            lasts = [chain[-1] for chain in self.events.values()]
        return sum(event["data"]["portal_status"] == _DELIVERED_PORTAL_STATUS for event in lasts)


class Receiver:
    """The server; `url` is where webhooks go, `page_url` what a person opens."""

    def __init__(self, port: int = 0, *, fault_share: float = 0.02) -> None:
        self.dossiers = Dossiers()
        self.secret: str | None = None
        self._chance = random.Random(3)
        self._fault_share = fault_share
        self._faulted: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True)

    @property
    def page_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def url(self) -> str:
        return f"{self.page_url}hooks"

    def start(self) -> None:
        """Begin to listen, on loopback only."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and give the port back."""
        self._server.shutdown()
        self._server.server_close()

    def fault(self, message_id: str) -> str | None:
        """`before`, `after` or None; a message meets at most one fault."""
        if message_id in self._faulted or self._chance.random() >= self._fault_share:
            return None
        self._faulted.add(message_id)
        self.dossiers.counts["faults"] += 1
        return self._chance.choice(("before", "after"))


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                Webhook(receiver.secret or "").verify(body, {k.lower(): v for k, v in self.headers.items()})
            except WebhookVerificationError:
                receiver.dossiers.counts["refused"] += 1
                self._answer(401)
                return
            fault = receiver.fault(self.headers["webhook-id"])
            if fault == "before":
                self._answer(500)
                return
            receiver.dossiers.apply(json.loads(body))
            if fault == "after":
                self.close_connection = True
                return
            self._answer(204)

        def do_GET(self) -> None:
            page = _page(receiver.dossiers).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's name
            """Say nothing: the page shows what came."""

    return Handler


_STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1B1F24}
h1{color:#0B3D91;margin-bottom:0}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #dde2e8}b{font-size:1.3rem}
.sums{display:flex;gap:2rem;margin:1rem 0}"""

_STATUS_WORDS = {
    "accepted": "Đã tiếp nhận",
    "ready": "Sẵn sàng phát",
    "planned": "Đã xếp tuyến",
    "out": "➤ Đang đi phát",
    "delivered": "● Đã phát",
    "attempt_failed": "▲ Phát chưa thành công",
    "held": "■ Lưu tại bưu cục",
    "forwarded": "Chuyển tiếp",
    "returning": "Đang chuyển hoàn",
    "returned": "Đã chuyển hoàn",
    "collected": "Đã thu hồ sơ",
    "handed_in": "● Đã nộp hồ sơ",
    "lost": "▲ Đang tìm",
    "withdrawn": "Đã rút",
}


def _page(dossiers: Dossiers) -> str:
    with dossiers.lock:
        latest = [chain[-1] for chain in dossiers.events.values()]
        counts = dict(dossiers.counts)
    latest.sort(key=lambda event: str(event["recordedtime"]), reverse=True)
    rows = "".join(_row(event) for event in latest[:60])
    returned = sum(event["data"]["portal_status"] == _DELIVERED_PORTAL_STATUS for event in latest)
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
        f"<title>Hệ thống hồ sơ (mô phỏng)</title><style>{_STYLE}</style><h1>Hệ thống một cửa (mô phỏng)</h1>"
        f"<p>Nhận trạng thái từ Bưu Tá qua webhook có chữ ký. Trang tự làm mới.</p><div class=sums>"
        f"<span><b>{len(latest)}</b><br>hồ sơ</span><span><b>{returned}</b><br>đã trả kết quả (10)</span>"
        f"<span><b>{counts.get('applied', 0)}</b><br>trạng thái đã ghi</span>"
        f"<span><b>{counts.get('faults', 0)}</b><br>lỗi cố ý</span>"
        f"<span><b>{counts.get('repeated', 0)}</b><br>gửi lại, không ghi trùng</span></div>"
        f"<table><tr><th>Mã hồ sơ<th>Trạng thái<th>Mã cổng<th>Lý do, việc tiếp theo<th>Lúc</tr>{rows}</table>"
    )


def _row(event: dict[str, Any]) -> str:
    data = event["data"]
    reason = " → ".join(str(data[key]) for key in ("reason", "action") if data.get(key))
    cells = (
        data["dossier_code"],
        _STATUS_WORDS.get(data["status"], data["status"]),
        data["portal_status"],
        reason,
        event["time"],
    )
    return "<tr>" + "".join(f"<td>{html.escape(str(cell))}" for cell in cells) + "</tr>"

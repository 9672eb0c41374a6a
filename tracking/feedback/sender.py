"""Asking over HTTP: one checked address, kept-alive connections, time limits, no redirects, a limit to what is read."""

import base64
import ssl
import time
from dataclasses import dataclass, field
from functools import lru_cache
from types import TracebackType
from typing import Self

import httpx

from tracking.feedback.guard import Target

_CONNECT_S = 5.0
# Usual servers close what is idle for 5 s: letting go sooner, a message seldom meets a closed connection.
_IDLE_S = 2.0
ANSWER_S = 10.0
_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said; `status` is None when nothing came. `error` says what is wrong: every answer but 2xx
    is, also a redirect, which is not followed. `refused`: it concerns this message alone, the receiver is well. `body`
    is the beginning of the answer; `is_whole` unless it was too long or dripped.
    """

    status: int | None
    retry_after: str | None = None
    error: str | None = None
    refused: bool = False
    body: bytes = field(default=b"", repr=False)
    is_whole: bool = True

    @property
    def accepted(self) -> bool:
        """Whether the receiver has the message."""
        return self.error is None


class Sender:
    """Connections to one endpoint, never shared: each is trusted for the host its certificate was checked for."""

    def __init__(self, target: Target, *, connections: int, answer_s: float = ANSWER_S) -> None:
        """`answer_s`: seconds a receiver may take to answer."""
        self._url = httpx.URL(target.url)
        self._host = target.host_header
        limits = httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_IDLE_S
        )
        self._transport = httpx.HTTPTransport(verify=_tls(), trust_env=False, limits=limits, http2=False)
        timeout = {"connect": _CONNECT_S, "read": answer_s, "write": answer_s, "pool": None}
        self._answer_s = answer_s
        # The address in the URL is connected to; the certificate must be the name's.
        self._extensions = {"timeout": timeout, "sni_hostname": target.host}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def send(self, body: str, headers: dict[str, str]) -> Answer:
        """Post one message; never raises for what the other side or the network does."""
        return self._ask("POST", headers, body.encode(), most_bytes=_ANSWER_BYTES)

    def fetch(self, headers: dict[str, str], *, most_bytes: int) -> Answer:
        """Get what lies at the address; never raises for what the other side or the network does."""
        return self._ask("GET", headers, b"", most_bytes=most_bytes)

    def _ask(self, method: str, headers: dict[str, str], content: bytes, *, most_bytes: int) -> Answer:
        request = httpx.Request(
            method,
            self._url,
            # What is sent packed may be any size unpacked: it is asked for, and read, as it is.
            headers={"host": self._host, "accept-encoding": "identity", **headers},
            content=content,
            extensions=self._extensions,
        )
        try:
            response = self._transport.handle_request(request)
        except httpx.TransportError as broken:
            return Answer(status=None, error=type(broken).__name__)
        try:
            body, is_whole = self._read(response, most_bytes)
        except (httpx.TransportError, httpx.DecodingError):
            # The status line stands: the receiver has said it all the same.
            body, is_whole = b"", False
        finally:
            response.close()
        return Answer(
            status=response.status_code,
            retry_after=response.headers.get("retry-after"),
            error=None if 200 <= response.status_code < 300 else f"HTTP {response.status_code}",
            body=body,
            is_whole=is_whole,
        )

    def _read(self, response: httpx.Response, most_bytes: int) -> tuple[bytes, bool]:
        """The answer to its end, so that the connection can be used again, unless it is long or drips."""
        until, read = time.monotonic() + self._answer_s, bytearray()
        for chunk in response.iter_raw():
            read += chunk
            if len(read) > most_bytes or time.monotonic() > until:
                return bytes(read[:most_bytes]), False
        return bytes(read), True


def authorization(secret: str) -> str:
    """The header that shows a secret: `name:password` by Basic (RFC 7617), anything else by Bearer (RFC 6750)."""
    if ":" in secret:
        return f"Basic {base64.b64encode(secret.encode()).decode()}"
    return f"Bearer {secret}"


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Reading the certificates of all authorities takes 30 ms: once is enough."""
    return httpx.create_ssl_context(trust_env=False)

"""Sending over HTTP: one checked address, kept-alive connections, time limits, no redirects, little read back."""

import ssl
import time
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Self

import httpx

from tracking.feedback.guard import Target

_CONNECT_S = 5.0
ANSWER_S = 10.0
_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said; `status` is None when nothing came, and `error` says why."""

    status: int | None
    retry_after: str | None = None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the receiver has the message: any 2xx. A redirect is not followed, so it is no success."""
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """Connections to one endpoint, never shared: each is trusted for the host its certificate was checked for."""

    def __init__(self, target: Target, *, connections: int, answer_s: float = ANSWER_S) -> None:
        """`answer_s`: seconds a receiver may take to answer."""
        self._url = httpx.URL(target.url)
        self._host = target.host_header
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
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
        request = httpx.Request(
            "POST",
            self._url,
            headers={"host": self._host, **headers},
            content=body.encode(),
            extensions=self._extensions,
        )
        try:
            response = self._transport.handle_request(request)
        except httpx.TransportError as broken:
            return Answer(status=None, error=type(broken).__name__)
        try:
            self._read_a_little(response)
        except httpx.TransportError:
            # The status line stands: the receiver has said it all the same.
            pass
        finally:
            response.close()
        return Answer(
            status=response.status_code,
            retry_after=response.headers.get("retry-after"),
            error=None if 200 <= response.status_code < 300 else f"HTTP {response.status_code}",
        )

    def _read_a_little(self, response: httpx.Response) -> None:
        """Read the answer to its end, so that the connection can be used again, unless it is long or drips."""
        until, left = time.monotonic() + self._answer_s, _ANSWER_BYTES
        for chunk in response.iter_raw():
            left -= len(chunk)
            if left < 0 or time.monotonic() > until:
                return


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Reading the certificates of all authorities takes 30 ms: once is enough."""
    return httpx.create_ssl_context(trust_env=False)

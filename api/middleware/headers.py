"""Security headers on every answer: nothing from other hosts, no inline script, no frames, no referrer."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# WebAssembly is for the barcode reader, blob workers are for the map; both come from our own files.
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
_CACHE = b"cache-control"
_PRIVATE = ("/v1/", "/t/", "/t")


class SecurityHeaders:
    """Adds the headers; answers with data are never kept by caches unless they say so themselves."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        headers = {**HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if https else {})}
        # As they stand in a message: this is done for every answer.
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.names = {name for name, _ in self.headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [header for header in message["headers"] if header[0] not in self.names]
                if scope["path"].startswith(_PRIVATE) and not any(name == _CACHE for name, _ in own):
                    own.append((_CACHE, b"no-store"))
                message["headers"] = own + self.headers
            await send(message)

        await self.app(scope, receive, with_headers)

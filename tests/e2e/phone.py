"""Chromium as a phone with several tabs, and an ear for what its pages must not say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

_PATIENCE_MS = 20_000
# Not faults of the page: what the network says while it is away (to axe, too), and refusals that a test provokes.
_EXPECTED = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_FAILED",
    "preload assets",
    "(Unauthorized)",
    "(Not Found)",
    "(Conflict)",
    "GL Driver",
)


@dataclass
class Phone:
    """One phone: its tabs share the store, the cookies and the network. Breaches of the policy are console errors."""

    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)

    def tab(self) -> Page:
        """A new tab that is listened to."""
        page = self.context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)
        return page

    def offline(self, *, away: bool = True) -> None:
        """Take the network away, or give it back."""
        self.context.set_offline(away)

    def _note(self, request: Request) -> None:
        self.sent.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(known in message.text for known in _EXPECTED):
            self.complaints.append(message.text)


@contextmanager
def phone(browser: Browser, **changes: Any) -> Iterator[Phone]:
    """A cheap Android's screen, in Vietnam, at the first door."""
    settings: dict[str, Any] = {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "geolocation": {"longitude": 106.7002, "latitude": 10.7742, "accuracy": 9},
        "permissions": ["geolocation"],
    }
    context = browser.new_context(**settings | changes)
    yield Phone(context)
    context.close()

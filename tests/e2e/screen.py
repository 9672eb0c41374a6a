"""A real browser looking at a page, and what must hold behind it: nothing from elsewhere, no error, the policy kept."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, sync_playwright

from tests.api.house import PASSWORD
from tests.e2e.server import WEB

_AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
# Transitions and the like that end; what turns for ever is left.
_SETTLED = """() => Promise.allSettled(
    document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished)
)"""
_FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
)
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_WATCH = """
    window.broken = [];
    addEventListener('securitypolicyviolation', (e) => window.broken.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


@dataclass
class Faults:
    """What went wrong on a page that a person may not see at once."""

    url: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def asked(self, request: Request) -> None:
        """Note requests to other hosts."""
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.elsewhere.append(request.url)


@contextmanager
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield opened
        opened.close()


@contextmanager
def screen(opened: Browser, url: str, **options: Any) -> Iterator[Page]:
    """A page of a person of its own; at the end nothing may have gone wrong behind it."""
    faults = Faults(url)
    context = opened.new_context(
        base_url=url, locale="vi-VN", **{"viewport": {"width": 1440, "height": 900}, **options}
    )
    page = _watched(context, faults)
    try:
        yield page
        violations = page.evaluate("window.broken")
        assert (faults.elsewhere, faults.errors, violations) == ([], [], [])
    finally:
        context.close()


def _watched(context: BrowserContext, faults: Faults) -> Page:
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.on("request", faults.asked)
    page.on("pageerror", lambda error: faults.errors.append(str(error)))
    return page


def sign_in(page: Page, login: str, password: str) -> None:
    """Through the form."""
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def beside_the_rule(page: Page, login: str, title: str) -> Locator:
    """One of the dialogs reached from the office's rule of planning, opened by who signs in."""
    page.goto("/console")
    sign_in(page, login, PASSWORD)
    page.get_by_role("button", name="Cách lập tuyến của bưu cục").click()
    page.get_by_role("button", name=title).click()
    return page.get_by_role("dialog", name=title)


def picture(page: Page, name: str) -> None:
    """For the eyes of whoever names a folder for it."""
    folder = os.environ.get("BUUTA_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / name), full_page=True)


def wait_in_page(page: Page, holds: Callable[[], bool], otherwise: str, seconds: float = 20.0) -> None:
    """Until something holds that no locator tells; the browser's own events are heard meanwhile."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, otherwise
        page.wait_for_timeout(20)


def wcag_faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA. Marks on the map may lie over each other: their place is their meaning.

    The script is put in by the test itself, past the page's policy. What is still sliding in is looked at once it is
    there: half faded in nothing has its own colours.
    """
    page.evaluate(_SETTLED)
    page.evaluate(_AXE.read_text())
    found = page.evaluate(
        """async (tags) => {
            const result = await axe.run({ exclude: ['.maplibregl-marker'] }, { runOnly: tags });
            return result.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)}`));
        }""",
        _WCAG,
    )
    return [str(fault) for fault in found]


def take_back(page: Page, said: str) -> None:
    """Press the undo of the message that says `said`; one of an earlier deed may still stand beside it."""
    page.locator(".toast").filter(has_text=said).last.get_by_role("button", name="Hoàn tác").click()

"""What the demo says in the terminal: steps with their seconds, addresses, sign-ins, the day as it passes, its sum."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from api.demo.day import DemoDay
from api.demo.sign_ins import sign_ins
from core.clock import VIETNAM

_EVERY_S = 1.0
_QUIET_EVERY_S = 10.0
# The stages of `DemoDay.timings`, in words.
_STAGES = {
    "results_in": "Nhận kết quả · taking results in",
    "address_queue": "Trả lời địa chỉ · answering addresses",
    "signed_for": "Ký nhận ở cơ quan · signing at the agency",
    "plans": "Lập tuyến · planning",
    "publish": "Giao tuyến · publishing",
    "sheets": "In phiếu đi phát · printing sheets",
    "ride": "Đi phát · riding",
    "feedback_drained": "Báo hết trạng thái · telling all statuses",
}


class Terminal:
    """Speaks to a person, Vietnamese first; lines only when the output is no terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._started = time.monotonic()

    def say(self, text: str) -> None:
        """One line, with the seconds since the start."""
        self.console.print(f"[dim]{decimal(time.monotonic() - self._started):>6} s[/dim]  {text}")

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A step; its seconds stand behind it when it has ended."""
        began = time.monotonic()
        with self.console.status(text):
            yield
        self.say(f"{text} [dim]({decimal(time.monotonic() - began)} s)[/dim]")

    def addresses(self, day: DemoDay) -> None:
        """Where to look and how to sign in."""
        pages = Table(title="Mở trong trình duyệt · open in a browser", title_justify="left", show_header=False)
        for name, path in (
            ("Điều phối · dispatcher console", "/console"),
            ("Bưu tá · courier app", "/courier"),
            ("Báo cáo · reports", "/reports"),
            ("Tin báo người dân · messages to citizens", "/reports/messages"),
            ("Người dân tra cứu · tracking page", "/t"),
        ):
            pages.add_row(name, f"{day.base_url}{path}")
        pages.add_row("Hệ thống một cửa (mô phỏng) · dossier system", day.sandbox.page_url)
        people = Table("Đăng nhập · login", "Mật khẩu · password", "Ai · who", title_justify="left")
        for person in sign_ins():
            people.add_row(person.login, day.passwords[person.login], person.name)
        self.console.print(pages)
        self.console.print(people)

    def watch(self, day: DemoDay, ride: Future[None]) -> None:
        """The ride as it goes, until it has ended."""
        every_s = _EVERY_S if self.console.is_terminal else _QUIET_EVERY_S
        with self.console.status("") as status:
            while not wait([ride], every_s).done:
                line = _state(day)
                if self.console.is_terminal:
                    status.update(line)
                else:
                    self.say(line)

    def summary(self, day: DemoDay, plans_km: float, open_ones: list[str]) -> None:
        """The day in numbers."""
        counts = day.sandbox.dossiers.counts
        table = Table(title="Một ngày · one day", title_justify="left", show_header=False)
        rows = (
            ("Kết quả nhận · results in", len(day.item_ids)),
            ("Phát thành công · delivered", day.outcomes["delivered"]),
            ("Phát chưa thành công · attempts failed", day.outcomes["attempt_failed"]),
            ("Quãng đường kế hoạch · planned km", decimal(plans_km)),
            ("Hồ sơ đã trả (10) · dossiers at 10", day.sandbox.dossiers.returned()),
            ("Trạng thái đã nhận · statuses applied", counts["applied"]),
            ("Lỗi cố ý / gửi lại không trùng · faults / repeats", f"{counts['faults']} / {counts['repeated']}"),
            ("Sai thứ tự · out of order", counts["out_of_order"]),
            ("Tin tới điện thoại người dân / trùng · messages to citizens / doubles", _told(day)),
            ("Chưa kết thúc đúng · not ended as it should", len(open_ones)),
        )
        for name, value in rows:
            table.add_row(name, str(value))
        for name, seconds in day.timings.seconds.items():
            table.add_row(f"[dim]{_STAGES[name]}[/dim]", f"[dim]{decimal(seconds)} s[/dim]")
        self.console.print(table)


def decimal(value: float) -> str:
    """One decimal behind a comma, as Vietnamese is written."""
    return f"{value:.1f}".replace(".", ",")


def _told(day: DemoDay) -> str:
    return f"{day.phones.counts.total()} / {day.phones.repeated}"


def _state(day: DemoDay) -> str:
    applied = day.sandbox.dossiers.counts["applied"]
    return (
        f"{day.clock().astimezone(VIETNAM):%H:%M}  ● {day.outcomes['delivered']} đã phát · "
        f"▲ {day.outcomes['attempt_failed']} chưa được · {applied} trạng thái đã về · "
        f"{day.phones.counts.total()} tin báo"
    )

"""`buuta demo`: a whole day before your eyes, on an embedded PostGIS and a real road file."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated

import httpx
import typer

from api.commands.output import coded_errors
from api.demo.background import in_background
from api.demo.client import Person
from api.demo.day import EVENING, DemoDay
from api.demo.fast_clock import FastClock
from api.demo.ground import ROAD_FILE, demo_database
from api.demo.phones import Phones, receiving, set_up, telling
from api.demo.places import PROVINCE
from api.demo.processes import only_one, running, wait_healthy
from api.demo.seed import add_admin, seed
from api.demo.show import Terminal, decimal
from api.demo.sign_ins import passwords
from api.free_address import require_free
from api.sandbox.faults import Fault, Faults
from api.sandbox.server import Sandbox
from api.settings import Settings, load_settings
from api.setup_errors import DEMO_BROKEN
from core.calendar import WorkingCalendar
from core.clock import at_local, local_date, utc_now
from core.db import Database
from core.errors import fail
from core.ports import free_port
from geodata.roads import import_roads

WATCH_SPEED = 90.0
ONCE_SPEED = 900.0
_MORNING = time(6, 0)
_RIDE_FROM = time(6, 50)


def demo(
    once: Annotated[
        bool, typer.Option(help="Run the day, print its sum, stop. Exit 1 unless every dossier ended.")
    ] = False,
    speed: Annotated[float, typer.Option(help="How many times as fast the couriers' day passes.")] = 0.0,
    plan_seconds: Annotated[float, typer.Option(help="Search time per office; 0 chooses by size.")] = 0.0,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = -1,
) -> None:
    """Một ngày làm việc trọn vẹn trước mắt bạn · a whole working day before your eyes."""
    # Set, not inherited: a shell starts what runs in the background with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # `kill` must end what was started just as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    terminal = Terminal()
    pace = speed or (ONCE_SPEED if once else WATCH_SPEED)
    try:
        with coded_errors(), _stage(terminal, port, plan_seconds) as day:
            open_ones = play(day, terminal, pace)
            if not once:
                terminal.say("Ngày đã xong; các trang vẫn mở. Ctrl-C để dừng · the day is over, the pages stay open.")
                signal.pause()
    except KeyboardInterrupt:
        terminal.say("Đã dừng mọi thứ · everything is stopped.")
        return
    raise typer.Exit(1 if open_ones else 0)


@contextmanager
def _stage(terminal: Terminal, port: int, plan_seconds: float) -> Iterator[DemoDay]:
    settings = load_settings()
    with stage(settings, terminal, port=settings.port if port < 0 else port, plan_seconds=plan_seconds) as day:
        yield day


@contextmanager
def stage(
    settings: Settings, terminal: Terminal, *, port: int, plan_seconds: float = 0.0, fault_share: float = 0.02
) -> Iterator[DemoDay]:
    """Everything the day needs, running: database, roads, server, worker, dossier system, people."""
    data_dir = settings.data_dir.resolve()
    clock, today = FastClock(data_dir / "demo" / "clock"), demo_date()
    with ExitStack() as stack:
        stack.enter_context(only_one(data_dir / "demo"))
        port = port or free_port()
        require_free("127.0.0.1", port)
        clock.set(shows_at=at_local(today, _MORNING), closes_at=at_local(today, EVENING), speed=1.0)
        url = stack.enter_context(demo_database(data_dir, settings.database_url, terminal.say))
        with terminal.step("Đường bộ và bản đồ nền · roads and tiles"):
            import_roads(ROAD_FILE, data_dir, area=None, progress=lambda _: None)
        sandbox = Sandbox(faults=Faults({Fault.ERROR, Fault.RESET}, fault_share))
        sandbox.start()
        stack.callback(sandbox.stop)
        doors = _Doors(url=url, data_dir=data_dir, port=port, clock=clock)
        with terminal.step("Máy chủ và bộ xử lý · server and worker"):
            stack.enter_context(doors.open())
        phones = stack.enter_context(receiving())
        day = _peopled(doors, sandbox, phones, today, clock)
        stack.enter_context(telling(url))
        day.plan_seconds = plan_seconds or None
        terminal.addresses(day)
        try:
            yield day
        except httpx.TransportError as gone:
            raise fail(DEMO_BROKEN, folder=data_dir / "demo", reason=gone) from gone


def demo_date() -> date:
    """The last working day: its hours are past, so no instant of the demo lies in the future."""
    calendar, day = WorkingCalendar(), local_date(utc_now()) - timedelta(days=1)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doors:
    """The server and the worker of the demo."""

    url: str
    data_dir: Path
    port: int
    clock: FastClock

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def open(self) -> Iterator[None]:
        """Both running and answering while the block lasts."""
        environment = {
            "BUUTA_DATABASE_URL": self.url,
            "BUUTA_DATA_DIR": str(self.data_dir),
            "BUUTA_PROVINCE_CODE": PROVINCE,
            "BUUTA_DEMO_CLOCK": str(self.data_dir / "demo" / "clock"),
            "BUUTA_ALLOW_PRIVATE_WEBHOOKS": "true",
            # The demo is for this machine alone, whatever the installation beside it is set to.
            "BUUTA_HOST": "127.0.0.1",
            "BUUTA_PUBLIC_URL": "",
            "BUUTA_TRUSTED_HOSTS": "",
        }
        logs = self.data_dir / "demo"
        commands = {logs / "serve.log": ["serve", "--port", str(self.port)], logs / "worker.log": ["worker"]}
        with running(commands, environment) as (server, _):
            wait_healthy(f"{self.base_url}/healthz", server, logs / "serve.log")
            yield


def _peopled(doors: _Doors, sandbox: Sandbox, phones: Phones, today: date, clock: FastClock) -> DemoDay:
    known = passwords(doors.data_dir)
    database = Database(doors.url, pool_size=1)
    add_admin(database, known["admin"], clock)
    database.close()
    admin = Person(doors.base_url)
    admin.sign_in("admin", known["admin"])
    seeded = seed(admin, known, hooks_url=sandbox.url)
    set_up(admin, phones)
    sandbox.secret = seeded.webhook_secret
    return DemoDay(
        base_url=doors.base_url,
        passwords=known,
        seeded=seeded,
        clock=clock,
        sandbox=sandbox,
        phones=phones,
        day=today,
    )


def play(day: DemoDay, terminal: Terminal, speed: float) -> list[str]:
    """The day itself; the dossier codes that did not end as they should."""
    counts = day.hand_in()
    terminal.say(f"{counts['created']} kết quả đã nhận · results in")
    terminal.say(f"{day.answer_addresses()} địa chỉ do người trả lời · addresses answered by a person")
    terminal.say(f"{day.sign_for()} giấy tờ bưu cục ký nhận từ cơ quan · papers signed for at the agency")
    plans = day.plan()
    km = sum(route["distance_m"] for plan in plans.values() for route in plan["routes"]) / 1000
    routes = sum(len(plan["routes"]) for plan in plans.values())
    terminal.say(f"{routes} tuyến, {decimal(km)} km · routes planned in {decimal(day.timings.seconds['plans'])} s")
    day.publish()
    day.print_sheets()
    day.clock.set(shows_at=at_local(day.day, _RIDE_FROM), closes_at=at_local(day.day, EVENING), speed=speed)
    terminal.watch(day, ride := in_background(day.ride, "ride"))
    ride.result()
    open_ones = day.wait_for_feedback()
    terminal.summary(day, km, open_ones)
    return open_ones

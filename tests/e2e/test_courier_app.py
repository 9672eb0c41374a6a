"""The courier's page in a real browser, over the real server and database: offline first, each proof once."""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Geolocation, Page, expect
from sqlalchemy import text

from core.db import Database
from geodata.model import LonLat, PointSource
from tests.e2e.courier_day import NAMES, CourierDay, build_day
from tests.e2e.phone import Phone, phone
from tests.e2e.screen import take_back, wcag_faults
from tests.e2e.server import ROOT, served
from tracking.model import EventKind, Status

pytestmark = pytest.mark.browser

PHOTO = ROOT / "api" / "demo" / "data" / "door1.jpg"
PHOTO_LIMIT = 300_000


@dataclass
class Round:
    """A phone with a courier's day ahead, and what it has sent."""

    url: str
    day: CourierDay
    phone: Phone

    def open(self, screen: str = "today") -> Page:
        """A tab at a screen."""
        page = self.phone.tab()
        page.goto(f"{self.url}/courier#/{screen}")
        return page

    def sign_in(self) -> Page:
        """The first tab, signed in, with the route on the phone."""
        page = self.open()
        page.fill("input[name=login]", self.day.login)
        page.fill("input[name=password]", self.day.password)
        page.click("button[type=submit]")
        expect(page.get_by_text("Điểm kế tiếp")).to_be_visible()
        return page

    def stand(self, *, lon: float, lat: float, accuracy: float) -> None:
        """What the phone's receiver says from now on."""
        self.phone.context.set_geolocation(Geolocation(longitude=lon, latitude=lat, accuracy=accuracy))

    def puts(self, path: str) -> list[str]:
        """Paths of what was put, in order."""
        return [one.url for one in self.phone.sent if one.method == "PUT" and re.search(path, one.url)]


@pytest.fixture
def ride(chromium: Browser, database: Database, tmp_path: Path) -> Iterator[Round]:
    """A courier at the office in the morning."""
    day = build_day(database)
    with served(database, tmp_path) as url, phone(chromium) as device:
        yield Round(url=url, day=day, phone=device)
        assert device.complaints == []


def load_all(page: Page) -> None:
    """Count out and take everything."""
    page.get_by_role("link", name="Nhận · nộp").click()
    page.get_by_role("button", name=re.compile("nhận đi phát")).click()
    expect(page.get_by_text("Không còn bưu gửi nào phải nhận")).to_be_visible()
    page.get_by_role("link", name="Hôm nay", exact=True).click()


def sign(page: Page) -> None:
    """A name on the pad."""
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 90)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(box["x"] + 40 + step * 7, box["y"] + 90 + (25 if step % 4 < 2 else -25))
    page.mouse.up()


def deliver(page: Page, name: str, photo: Path = PHOTO) -> None:
    """Photo, signature, done: at the stop that comes next."""
    expect(page.locator("article .name")).to_have_text(name)
    page.get_by_role("link", name="Phát", exact=True).click()
    page.set_input_files("input[type=file]", photo)
    expect(page.get_by_alt_text("Ảnh vừa chụp")).to_be_visible()
    sign(page)
    page.get_by_role("button", name="Hoàn tất").click()
    expect(page.get_by_text(f"Đã ghi trên máy: {name}")).to_be_visible()


def all_sent(page: Page) -> None:
    """Wait until nothing waits on the phone."""
    expect(page.get_by_role("banner").get_by_text("Đã gửi hết")).to_be_visible(timeout=40_000)


def when_controlled(page: Page) -> None:
    """Wait until the page is kept on the phone."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_what_is_delivered_offline_survives_a_restart_and_arrives_exactly_once(ride: Round) -> None:
    page = ride.sign_in()
    when_controlled(page)
    load_all(page)
    all_sent(page)
    ride.phone.offline()
    deliver(page, NAMES[0])
    page.reload()
    expect(page.get_by_text("Không có mạng")).to_be_visible()
    expect(page.get_by_text("2 chờ gửi")).to_be_visible()
    expect(page.locator("article .name")).to_have_text(NAMES[1])
    assert {one.status for one in ride.day.items().values()} == {Status.OUT}
    second = ride.open("outbox")
    expect(second.get_by_role("heading", name="Chờ gửi")).to_be_visible()
    ride.phone.offline(away=False)
    all_sent(page)
    all_sent(second)
    assert_household_delivered(ride)


def assert_household_delivered(ride: Round) -> None:
    """One visit, a proof with photo and signature for each paper, one delivery in each chain, one upload of each."""
    paid, free = ride.day.household
    assert ride.day.proofs(paid) == [("delivered", None, "self", 76_000, 2)]
    assert ride.day.proofs(free) == [("delivered", None, "self", 0, 2)]
    items = ride.day.items()
    for one in ride.day.household:
        assert items[one].status is Status.DELIVERED
        kinds = [event.kind for event in ride.day.history(one)]
        assert kinds.count(EventKind.ITEM_DELIVERED) == 1
        assert kinds.count(EventKind.ITEM_OUT) == 1
    answered = [url for url in ride.puts(r"/v1/proofs/[^/]+$") if url]
    assert len(set(answered)) == 2
    uploads = ride.puts("/files/")
    assert len(uploads) == len(set(uploads)) == 4


def test_a_form_outlives_its_page_and_a_slip_of_the_finger_and_its_photo_leaves_small(
    ride: Round, tmp_path: Path
) -> None:
    page = ride.sign_in()
    big = tmp_path / "big.png"
    big.write_bytes(noise())
    page.get_by_role("link", name="Phát", exact=True).click()
    page.get_by_text("Người được ủy quyền").click()
    page.get_by_label("Họ tên người được ủy quyền").fill("Lý Thị Hồng")
    page.set_input_files("input[type=file]", big)
    expect(page.get_by_alt_text("Ảnh vừa chụp")).to_be_visible()
    page.reload()
    expect(page.get_by_alt_text("Ảnh vừa chụp")).to_be_visible()
    expect(page.get_by_label("Họ tên người được ủy quyền")).to_have_value("Lý Thị Hồng")
    sign(page)
    page.get_by_role("button", name="Hoàn tất").click()
    take_back(page, "Đã ghi trên máy")
    expect(page.get_by_label("Họ tên người được ủy quyền")).to_have_value("Lý Thị Hồng")
    assert ride.puts("/v1/proofs/") == []
    page.get_by_role("button", name="Hoàn tất").click()
    expect(page.get_by_text("2 chờ gửi")).to_be_visible()
    all_sent(page)
    assert [ride.day.proofs(one)[0][2] for one in ride.day.household] == ["agent", "agent"]
    assert_photos_small(ride, big)


def assert_photos_small(ride: Round, big: Path) -> None:
    """Coded anew on the phone, whatever the camera made."""
    with ride.day.scene.database.reading() as session:
        rows = session.execute(text("SELECT content_type, bytes_count, blob_key FROM proof_files")).all()
    photos = [row for row in rows if row.content_type == "image/jpeg"]
    assert big.stat().st_size > 4 * PHOTO_LIMIT
    assert len(photos) == 2
    assert all(10_000 < row.bytes_count <= PHOTO_LIMIT for row in photos)


def noise(width: int = 1600, height: int = 1200) -> bytes:
    """A PNG that compresses badly: every pixel a colour by chance, always the same."""
    chance = Random(7)
    rows = b"".join(b"\0" + chance.randbytes(3 * width) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def test_a_failed_attempt_offers_only_what_may_follow_its_reason(ride: Round) -> None:
    page = ride.sign_in()
    with page.expect_response(re.compile("/v1/positions$")) as answer:
        load_all(page)
    assert answer.value.ok
    assert ride.day.positions() == 1
    page.get_by_role("link", name="Không phát được").click()
    page.get_by_text("từ chối nhận").click()
    follow = page.get_by_role("group", name="Xử lý tiếp").get_by_role("radio")
    expect(follow).to_have_count(2)
    page.get_by_text("vắng nhà").click()
    page.get_by_role("group", name="Xử lý tiếp").get_by_text("phát lại").click()
    page.get_by_role("button", name="Ghi không phát được").click()
    expect(page.get_by_text("2 chờ gửi")).to_be_visible()
    all_sent(page)
    for one in ride.day.household:
        assert ride.day.proofs(one) == [("attempt_failed", "absent", None, 0, 0)]
        kinds = [event.kind for event in ride.day.history(one)]
        assert kinds[-2:] == [EventKind.ATTEMPT_FAILED, EventKind.REDELIVERY_SET]
        assert ride.day.items()[one].status is Status.READY


def test_what_the_server_refuses_is_kept_and_shown_and_holds_up_nothing(ride: Round) -> None:
    page = ride.sign_in()
    ride.phone.offline()
    load_all(page)
    # Meanwhile the office plans one of the papers for a colleague.
    lost = ride.day.item_ids[-1]
    with ride.day.scene.database.transaction() as session:
        query = text("UPDATE items SET courier_id = :other WHERE id = :item")
        session.execute(query, {"other": ride.day.scene.couriers[1].id, "item": lost})
    deliver(page, NAMES[0])
    ride.phone.offline(away=False)
    expect(page.get_by_text("1 cần xem lại")).to_be_visible(timeout=40_000)
    page.get_by_role("link", name="Đã làm").click()
    expect(page.locator(".refused")).to_contain_text(["C1000"])
    expect(page.get_by_text("chờ gửi")).to_have_count(0, timeout=40_000)
    statuses = {key: one.status for key, one in ride.day.items().items()}
    carried = dict.fromkeys(ride.day.item_ids, Status.OUT) | dict.fromkeys(ride.day.household, Status.DELIVERED)
    assert statuses == carried | {lost: Status.PLANNED}
    page.reload()
    expect(page.locator(".refused")).to_contain_text(["C1000"])


def test_a_wrong_pin_is_shown_standing_at_the_door_without_network_and_sent_later(ride: Round) -> None:
    page = ride.sign_in()
    when_controlled(page)
    load_all(page)
    all_sent(page)
    ride.phone.offline()
    ride.stand(lon=106.7021, lat=10.7761, accuracy=80)
    page.get_by_role("link", name="Ghim sai?").first.click()
    expect(page.get_by_role("status").filter(has_text="cần trong ±30 m")).to_be_visible()
    page.get_by_role("button", name="Đặt ghim ở chỗ tôi đứng").click()
    expect(page.get_by_role("alert")).to_contain_text("±80 m")
    assert faults(page) == []
    ride.stand(lon=106.7021, lat=10.7761, accuracy=7)
    expect(page.get_by_text("Máy biết chỗ này")).to_be_visible()
    page.get_by_role("button", name="Đặt ghim ở chỗ tôi đứng").click()
    expect(page.get_by_text("Đã ghi ghim trên máy")).to_be_visible()
    expect(page.locator("a[href^='geo:10.7761,106.7021']")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 chờ gửi")).to_be_visible()
    assert {item.point_source for item in ride.day.items().values()} == {PointSource.GIVEN}
    ride.phone.offline(away=False)
    all_sent(page)
    first = ride.day.items()[ride.day.household[0]]
    assert (first.point, first.error_m) == (LonLat(lon=106.7021, lat=10.7761), 25)
    assert first.point_source is PointSource.LEARNED_DOOR
    kinds = [event.kind for event in ride.day.history(first.id)]
    assert kinds.count(EventKind.DOOR_CORRECTED) == 1


def test_a_wrong_pin_is_moved_on_the_map(ride: Round) -> None:
    page = ride.sign_in()
    load_all(page)
    page.get_by_role("link", name="Ghim sai?").first.click()
    page.get_by_role("button", name="Đặt ghim ở chỗ này").click()
    expect(page.get_by_role("alert")).to_contain_text("Dời ghim trước đã")
    canvas = page.locator(".maplibregl-canvas")
    canvas.scroll_into_view_if_needed()
    canvas.tap(position={"x": 60, "y": 60})
    expect(page.get_by_text("cách ghim cũ").last).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Đặt ghim ở chỗ này").click()
    expect(page.get_by_text("Đã ghi ghim trên máy")).to_be_visible()
    all_sent(page)
    first = ride.day.items()[ride.day.household[0]]
    assert first.point_source is PointSource.LEARNED_DOOR
    assert first.point != LonLat(lon=106.7001, lat=10.7741)


SCREENS = {"load": "Nhận · nộp", "deliver": "Phát", "fail": "Không phát được", "outbox": "Đã làm", "more": "Thêm"}


def test_every_screen_is_accessible_and_fits_a_small_phone(ride: Round) -> None:
    page = ride.sign_in()
    found = {"today": faults(page)}
    for name, link in SCREENS.items():
        page.goto(f"{ride.url}/courier#/today")
        page.get_by_role("link", name=link, exact=True).click()
        page.wait_for_url(f"**/courier#/{name}**")
        found[name] = faults(page)
    assert found == {name: [] for name in found}


def faults(page: Page) -> list[str]:
    """Against WCAG 2.2 AA, of targets too small for a thumb, and of width."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*wcag_faults(page), *page.evaluate(TOO_SMALL), *([f"{wide} px wide"] if wide > 390 else [])]


# Buttons, links and fields lower than a thumb needs; a tick counts with the label around it.
TOO_SMALL = """() => [...document.querySelectorAll('button, a[href], input, select, textarea')]
    .map((one) => one.closest('label') ?? one)
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)
    .map((one) => one.outerHTML.slice(0, 120))"""

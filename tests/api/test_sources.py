"""Lists that dossier systems publish: read page by page, each row once, whatever the other side does."""

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api.pulling import poller_of
from api.runtime import WebOptions
from core.db import Database
from core.errors import CodedError
from core.scope import Scope
from tests.api.house import House, build_house
from tests.api.published_list import SECRET, PublishedList, Say, published_row, publishing
from tests.tracking.office_scene import PROVINCE, SYSTEM
from tracking import service
from tracking.model import Item
from tracking.sources import registry
from tracking.sources.jobs import forget_refused
from tracking.sources.polling import Polled, poll
from tracking.store_sources import SourceKey


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    options = WebOptions(web_dist=tmp_path / "dist", data_dir=tmp_path, allow_private_webhooks=True)
    return build_house(database, tmp_path, lambda: options)


@pytest.fixture
def published() -> Iterator[PublishedList]:
    with publishing() as published:
        yield published


class Link:
    """An agency's source, set by HTTP, and the worker's part done here."""

    def __init__(self, house: House, published: PublishedList, **changes: Any) -> None:
        self.house, self.system = house, house.system()
        content = {"url": published.url, "secret": SECRET, **changes}
        answer = self.system.post("/v1/sources", json=content)
        assert answer.status_code == 200, answer.text
        self.made = answer.json()
        self.key = SourceKey(PROVINCE, UUID(self.made["id"]))

    def poll(self, after: timedelta = timedelta()) -> Polled:
        self.house.clock.advance(after)
        return poll(poller_of(self.house.runtime), self.key)

    @property
    def shown(self) -> dict[str, Any]:
        [source] = self.system.get("/v1/sources").json()["sources"]
        return dict(source)

    @property
    def refused(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.system.get(f"/v1/sources/{self.key.source_id}/refused").json()["rows"]
        return rows


def codes(house: House) -> list[str]:
    """Dossier codes of all items, doubles too."""
    return sorted(code for item in items(house) for code in item.dossier_codes)


def items(house: House) -> list[Item]:
    with house.runtime.database.reading() as session:
        return list(service.list_items(session, scope=SYSTEM, limit=200).items)


def test_pages_are_read_to_the_end_and_only_what_is_new_comes_next_time(house: House, published: PublishedList) -> None:
    published.rows = [published_row(n) for n in range(25)]
    link = Link(house, published)
    first = link.poll()
    assert (first.taken, first.refused, first.pages) == (25, 0, 4)
    assert published.asked == [None, "n-10", "n-20", "n-25"]
    assert set(published.limits) == {"500"}
    assert codes(house) == [f"H29.16-261101-{n:04d}" for n in range(25)]
    assert link.poll().pages == 0, "not due yet"
    published.rows += [published_row(25), published_row(3, due_on="2026-11-27")]
    again = link.poll(timedelta(minutes=6))
    assert (again.taken, published.asked[4:]) == (2, ["n-25", "n-27"])
    assert len(codes(house)) == 26
    shown = link.shown
    assert (shown["cursor"], shown["rows_taken"], shown["rows_refused"]) == ("n-27", 27, 0)
    assert (shown["failures"], shown["last_error"], shown["state"]) == (0, None, "active")
    assert shown["last_ok_at"] == house.clock().isoformat().replace("+00:00", "Z")


BAD: list[Any] = [
    published_row(1, addressee={"name": "Nguyễn Văn An", "phone": "12"}, due_on="2150-01-01"),
    {"dossier_code": "H29.16-261101-0002"},
    "không phải là dòng",
    None,
    published_row(4, address="có \0 bên trong"),
    published_row(5, dossier_code="A\0B"),
    published_row(6, due_on="\\u0000"),
]


def test_a_bad_row_is_kept_named_and_shown_and_stops_no_other(house: House, published: PublishedList) -> None:
    published.rows = [published_row(90), *BAD, published_row(91)]
    link = Link(house, published)
    polled = link.poll()
    assert (polled.taken, polled.refused) == (2, len(BAD))
    assert codes(house) == ["H29.16-261101-0090", "H29.16-261101-0091"]
    kept = link.refused
    assert len(kept) == len(BAD)
    by_code = {one["dossier_code"]: one for one in kept}
    wrong = by_code["H29.16-261101-0001"]
    assert wrong["row"] == BAD[0]
    assert {one["code"] for one in wrong["problems"]} == {"T1004", "T1005"}
    with house.runtime.database.reading() as session:
        [closed, *_] = session.execute(text("SELECT content FROM refused_rows")).scalars()
        views = session.execute(text("SELECT what FROM views")).scalars().all()
    assert "Lê Lợi" not in bytes(closed).decode("latin-1")
    assert "refused_rows" in views
    published.rows += [BAD[0], published_row(2)]
    link.poll(timedelta(minutes=6))
    assert link.shown["rows_refused"] == len(BAD), "the same row again is no new one"
    assert "H29.16-261101-0002" not in {one["dossier_code"] for one in link.refused}, "it was mended"
    with house.runtime.database.transaction() as session:
        assert forget_refused(session, now=house.clock() + timedelta(days=89)) == 0
        assert forget_refused(session, now=house.clock() + timedelta(days=91)) == len(BAD) - 1


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say(status=500), "HTTP 500"),
        (Say(status=302, headers={"location": "http://127.0.0.1:1/"}), "HTTP 302"),
        (Say(cut=True), "ReadError"),
        (Say(body=b"<html>"), "T5101"),
        (Say(body=b"[]"), "T5101"),
        (Say(body=b'{"rows": [], "next": 7}'), "T5101"),
        # Nobody asked for it packed: what is small may be any size unpacked.
        (Say(body=gzip.compress(b'{"rows": []}'), headers={"content-encoding": "gzip"}), "T5101"),
        (Say(body=b'{"rows": [' + b"1," * 1000 + b"1]}"), "T5101"),
    ],
)
def test_a_source_that_fails_rests_longer_each_time_and_loses_nothing(
    house: House, published: PublishedList, say: Say, error: str
) -> None:
    published.rows = [published_row(n) for n in range(3)]
    faults = [say]
    published.plan = lambda _nth: faults[0] if faults else Say()
    link = Link(house, published)
    rests = []
    for failures in range(1, 6):
        polled = link.poll()
        assert polled.error is not None
        assert polled.taken == 0
        shown = link.shown
        assert (shown["failures"], shown["last_error"].split()[0]) == (failures, error.split(maxsplit=1)[0])
        assert link.poll().error is None, "it rests"
        due = instant_of(shown["next_at"])
        rests.append((due - house.clock()).total_seconds())
        house.clock.shows = due
    assert rests == sorted(rests)
    assert 5 <= rests[0] <= 6
    assert 600 <= rests[-1] <= 720
    assert codes(house) == []
    faults.clear()
    assert link.poll().taken == 3
    assert (link.shown["failures"], link.shown["last_error"].split()[0]) == (0, error.split(maxsplit=1)[0])


def instant_of(shown: str) -> datetime:
    """An instant as the interface writes it."""
    return datetime.fromisoformat(shown)


def test_what_the_source_asks_for_is_kept_and_gone_is_gone(house: House, published: PublishedList) -> None:
    link = Link(house, published)
    published.plan = lambda _nth: Say(status=503, headers={"retry-after": "7200"})
    link.poll()
    assert (instant_of(link.shown["next_at"]) - house.clock()) == timedelta(hours=2)
    published.plan = lambda _nth: Say(status=410)
    link.poll(timedelta(hours=2))
    assert (link.shown["state"], link.shown["state_reason"]) == ("disabled", "410 Gone")
    asked = len(published.asked)
    link.poll(timedelta(days=1))
    assert len(published.asked) == asked
    refused = link.system.post(f"/v1/sources/{link.key.source_id}/poll")
    assert (refused.status_code, refused.json()["code"]) == (409, "T5103")


def test_switched_off_and_on_it_goes_on_where_it_was(house: House, published: PublishedList) -> None:
    published.rows = [published_row(n) for n in range(4)]
    link = Link(house, published)
    link.poll()
    off = link.system.post(f"/v1/sources/{link.key.source_id}/disable").json()
    assert (off["state"], off["cursor"]) == ("disabled", "n-4")
    assert off["state_reason"].startswith("key:")
    published.rows.append(published_row(4))
    assert link.poll(timedelta(hours=1)).pages == 0
    assert link.system.post(f"/v1/sources/{link.key.source_id}/enable").json()["state"] == "active"
    assert link.poll().taken == 1
    published.rows.append(published_row(5))
    assert link.system.post(f"/v1/sources/{link.key.source_id}/poll").json()["state"] == "active"
    assert link.poll().taken == 1
    assert published.asked.count(None) == 1


def test_a_new_secret_is_a_new_secret_and_a_password_goes_by_basic(house: House, published: PublishedList) -> None:
    link = Link(house, published, secret="sai")
    link.poll()
    assert link.shown["last_error"] == "HTTP 401"
    published.authorization = "Basic YnV1dGE6bWF0LWtoYXU="
    again = link.system.post("/v1/sources", json={"url": published.url, "secret": "buuta:mat-khau"}).json()
    assert again["id"] == link.made["id"]
    assert link.poll(timedelta(minutes=1)).error is None
    assert "secret" not in link.shown
    with house.runtime.database.reading() as session:
        assert b"mat-khau" not in bytes(session.execute(text("SELECT secret FROM result_sources")).scalar_one())


def test_orders_of_the_dialect_are_read_too(house: House, published: PublishedList) -> None:
    good = {
        "OrderNumber": "H29.16-261101-0007",
        "ReceiverName": "Trần Văn Bảy",
        "ReceiverAddress": "Số 9, phường Sài Gòn",
        "ReceiverTel": "0987000111",
    }
    published.rows = [good, "không phải đơn", good | {"OrderNumber": "H29.16-261101-0008", "ReceiverTel": "1\0"}, good]
    link = Link(house, published, kind="orders")
    polled = link.poll()
    assert (polled.taken, polled.refused) == (2, 2)
    assert codes(house) == ["H29.16-261101-0007"]
    assert len(link.refused) == 2


def test_the_same_guard_as_feedback_and_nobody_elses(house: House, published: PublishedList, tmp_path: Path) -> None:
    link = Link(house, published)
    assert link.system.post("/v1/sources", json={"url": "ftp://x", "secret": "s"}).status_code == 422
    key = {"url": published.url, "secret": SECRET, "agency_id": str(house.other_agency.id)}
    assert house.person("agency2").get("/v1/sources").json() == {"sources": []}
    with house.runtime.database.transaction() as session, pytest.raises(CodedError) as refused:
        registry.save_source(
            session,
            scope=Scope(province_code=PROVINCE, actor="key:x", agency_id=house.other_agency.id),
            agency_id=house.scene.agency.id,
            url=published.url,
            secret=SECRET,
            box=house.runtime.secrets,
            allow_private=True,
            now=house.clock(),
        )
    assert refused.value.code == "T5102"
    theirs = house.system(house.other_agency.id)
    for deed in ("poll", "disable", "enable"):
        assert theirs.post(f"/v1/sources/{link.key.source_id}/{deed}").json()["code"] == "C1000"
    assert theirs.get(f"/v1/sources/{link.key.source_id}/refused").json()["code"] == "C1000"
    seen = house.person("manager").get("/v1/sources").json()["sources"]
    assert [one["id"] for one in seen] == [link.made["id"]]
    assert house.person("manager").post("/v1/sources", json=key).json()["code"] == "A1004"
    assert house.person("dispatcher").get("/v1/sources").json()["code"] == "A1004"
    assert house.person("admin").post("/v1/sources", json=key).json()["agency_id"] == key["agency_id"]
    careful = poller_of(house.runtime)
    object.__setattr__(careful, "allow_private", False)
    assert poll(careful, link.key).error == "T5001", "plain http to a private address"
    assert published.asked == []

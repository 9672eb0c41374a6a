"""The comparison of three sides against an oracle that is a table of rules, and lists as agencies write them."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CodedError
from tracking.model import Status
from tracking.reconcile.compare import differences
from tracking.reconcile.sheet import read_list
from tracking.reconcile.values import AgencyList, Held, Kind, Listed, Ours, Sides, Taken, Told

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = [date(2026, 11, 23), date(2026, 11, 24)]
ITEM = UUID(int=1)
Case = tuple[Listed | None, Ours | None, Told | None, AgencyList | None, bool]

hours = st.sampled_from([-0.5, -1, -1.5, -3, -30])
statuses = st.sampled_from(
    [Status.READY, Status.OUT, Status.RETURNING, Status.LOST, Status.DELIVERED, Status.RETURNED, Status.WITHDRAWN]
)


@st.composite
def endpoints(draw: st.DrawFn, last: int, delivered: int | None) -> Taken:
    """One endpoint that should have some of a dossier's events and has taken some of those."""
    due = draw(st.integers(1, last))
    knows = delivered if delivered is not None and delivered <= due and draw(st.booleans()) else None
    url = draw(st.sampled_from(["https://a", "https://b"]))
    return Taken(url=url, last=due, acknowledged=draw(st.integers(0, due)), delivered=knows)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One dossier as the three sides may have it."""
    listed = draw(st.none() | st.builds(Listed, held=st.sampled_from(Held), due_on=st.sampled_from([None, *DAYS])))
    changed = draw(hours)
    ours = draw(
        st.none()
        | st.builds(
            Ours,
            item_id=st.just(ITEM),
            status=statuses,
            is_recalled=st.booleans(),
            due_on=st.sampled_from(DAYS),
            came_at=st.just(NOW + HOUR * min(changed, draw(hours))),
            changed_at=st.just(NOW + HOUR * changed),
        )
    )
    last = draw(st.integers(1, 3))
    delivered = draw(st.none() | st.integers(1, last))
    taken = draw(st.lists(endpoints(last, delivered), max_size=2, unique_by=lambda one: one.url))
    told = Told(
        last=last,
        acknowledged=draw(st.integers(max((one.acknowledged for one in taken), default=0), last)),
        delivered=delivered,
        at=NOW + HOUR * changed,
        taken=tuple(taken),
    )
    at = NOW + HOUR * draw(st.sampled_from([0, -2, -24]))
    sheet = AgencyList(at=at, complete=draw(st.booleans()), entries={"A": listed} if listed else {})
    has_list = listed is not None or draw(st.booleans())
    return (
        listed,
        ours,
        draw(st.sampled_from([None, told])),
        sheet if has_list else None,
        bool(taken) or draw(st.booleans()),
    )


def expected(case: Case) -> set[Kind]:
    """Each kind by what must hold for it, in order of precedence; of the states the first that holds counts."""
    listed, ours, told, sheet, pushed = case
    if ours is None:
        return {Kind.MISSING_HERE} if listed is not None and listed.held is Held.WITH_POST else set()
    fresh = sheet is not None and (sheet.at - ours.changed_at) >= HOUR
    held = listed.held if listed is not None else None
    says = held if fresh else None
    done, gone = ours.status is Status.DELIVERED, ours.status in (Status.RETURNED, Status.WITHDRAWN)
    running = not done and not gone
    knows_delivery = told is not None and told.delivered is not None and told.acknowledged >= told.delivered
    each = told.taken if told is not None else ()
    lacks_delivery = any(one.delivered is not None and one.delivered > one.acknowledged for one in each)
    settled = pushed and told is not None and NOW - told.at >= HOUR
    closed_there = done and held is Held.DELIVERED
    rules: list[tuple[Kind, Callable[[], bool]]] = [
        (Kind.MISSING_THERE, lambda: fresh and held is None and running and sheet is not None and sheet.complete
            and not ours.is_recalled and sheet.at - ours.came_at >= HOUR),
        (Kind.DELIVERED_UNACKNOWLEDGED, lambda: done and says not in (None, Held.DELIVERED) and lacks_delivery),
        (Kind.DELIVERED_NOT_CLOSED, lambda: done and says not in (None, Held.DELIVERED)),
        (Kind.GONE_HERE, lambda: gone and says is Held.WITH_POST),
        (Kind.ACKNOWLEDGED_AHEAD, lambda: running and says is Held.DELIVERED and knows_delivery),
        (Kind.CLOSED_NOT_DELIVERED, lambda: running and says is Held.DELIVERED),
        (Kind.CANCELLED_THERE, lambda: running and says is Held.CANCELLED and not ours.is_recalled),
        (Kind.UNFINISHED_THERE, lambda: running and says is Held.UNFINISHED),
        (Kind.DELIVERED_UNACKNOWLEDGED, lambda: settled and done and not closed_there and lacks_delivery),
        (Kind.ACKNOWLEDGED_AHEAD, lambda: settled and running and knows_delivery),
        (Kind.ACKNOWLEDGED_BEHIND, lambda: settled and not closed_there
            and any(one.last > one.acknowledged for one in each)),
    ]  # fmt: skip
    found = {next((kind for kind, holds in rules if holds()), None)} - {None}
    due = listed.due_on if listed is not None else None
    if running and says is Held.WITH_POST and due is not None and due != ours.due_on:
        found.add(Kind.DUE_DIFFERS)
    return {kind for kind in found if kind is not None}


def compared(case: Case) -> list[Kind]:
    _, ours, told, sheet, pushed = case
    sides = Sides(
        listed=sheet,
        ours={"A": ours} if ours else {},
        told={"A": told} if told and ours else {},
        has_endpoint=pushed,
    )
    return [one.kind for one in differences(sides, now=NOW)]


@settings(max_examples=1500)
@given(cases())
def test_every_difference_and_no_other_is_found(case: Case) -> None:
    found = compared(case)
    assert len(found) == len(set(found))
    assert set(found) == expected(case)


def test_sides_that_agree_differ_in_nothing() -> None:
    ours = Ours(
        item_id=ITEM,
        status=Status.OUT,
        is_recalled=False,
        due_on=DAYS[0],
        came_at=NOW - 9 * HOUR,
        changed_at=NOW - 3 * HOUR,
    )
    all_three = Taken(url="https://a", last=3, acknowledged=3)
    told = Told(last=3, acknowledged=3, delivered=None, at=NOW - 3 * HOUR, taken=(all_three,))
    listed = Listed(held=Held.WITH_POST, due_on=DAYS[0])
    assert compared((listed, ours, told, AgencyList(at=NOW, complete=True, entries={"A": listed}), True)) == []


def test_one_endpoint_that_has_everything_hides_no_other() -> None:
    ours = Ours(
        item_id=ITEM,
        status=Status.DELIVERED,
        is_recalled=False,
        due_on=DAYS[0],
        came_at=NOW - 9 * HOUR,
        changed_at=NOW - 3 * HOUR,
    )
    well = Taken(url="https://a", last=4, acknowledged=4, delivered=4)
    late = Taken(url="https://b", last=4, acknowledged=3, delivered=4)
    dead = Taken(url="https://c", last=4, acknowledged=1, delivered=4)
    told = Told(last=4, acknowledged=4, delivered=4, at=NOW - 3 * HOUR, taken=(well, late, dead))
    [found] = differences(Sides(listed=None, ours={"A": ours}, told={"A": told}, has_endpoint=True), now=NOW)
    assert found.kind is Kind.DELIVERED_UNACKNOWLEDGED
    assert found.endpoints == ("https://c", "https://b"), "the one furthest behind first"
    assert (found.told, found.acknowledged) == (4, 1)


def workbook(*rows: tuple[object, ...]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


HEADER = ("STT", "Mã hồ sơ", "Trạng thái hồ sơ", "Ngày hẹn trả")


def test_a_list_is_read_whatever_its_words() -> None:
    data = workbook(
        ("Danh sách hồ sơ đã giao bưu điện",),
        HEADER,
        (1, "h29.16-261101-0001", 9, "25/11/2026"),
        (2, "H29.16 - 261101 - 0002", "Đã trả kết quả", ""),
        (3, "H29.16-261101-0003", "DỪNG XỬ LÝ", ""),
        ("", "", "", ""),
        (4, "H29.16-261101-0001", "Đã xử lý xong", "2026-11-25"),
    )
    assert read_list(data) == {
        "H29.16-261101-0001": Listed(held=Held.WITH_POST, due_on=date(2026, 11, 25)),
        "H29.16-261101-0002": Listed(held=Held.DELIVERED),
        "H29.16-261101-0003": Listed(held=Held.CANCELLED),
    }


def test_everything_wrong_with_a_list_is_told_at_its_cells() -> None:
    bad = workbook(HEADER, (1, "", 9, ""), (2, "H29.16-261101-0002", "bay lên trời", "hôm nào đó"))
    with pytest.raises(CodedError) as refused:
        read_list(bad)
    assert [(one.code, one.pointer) for one in refused.value.problems] == [
        ("T1001", "B2"),
        ("T5205", "C3"),
        ("T1005", "D3"),
    ]
    with pytest.raises(CodedError) as refused:
        read_list(workbook(("Họ tên",), ("An",)))
    assert [one.code for one in refused.value.problems] == ["T1102", "T1102"]
    twice = workbook(HEADER, (1, "H29.16-261101-0002", 9, ""), (2, "H29.16-261101-0002", 10, ""))
    with pytest.raises(CodedError, match="T5204"):
        read_list(twice)

"""Reports against an oracle that looks at every item by itself, in plain Python."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.calendar import WorkingCalendar
from core.db import Database
from core.errors import CodedError
from core.ids import make_s10, new_id, new_tracking_code
from core.scope import Scope
from tracking.model import GENESIS_HASH
from tracking.reports import Group, OnTimeReport, ReportRow, on_time_report
from tracking.standard import ServiceStandard, save_overrides, save_standard
from tracking.tables import EventRow, ItemRow
from tracking.tables_offices import AgencyRow, OfficeRow

PROVINCE, LOCAL = "79", ZoneInfo("Asia/Ho_Chi_Minh")
CENTRE, FAR, FARTHER = "26740", "27637", "27595"
BEYOND = "31120"  # of Cần Thơ
FROM, TO, CLOSED = date(2026, 10, 5), date(2026, 10, 23), date(2026, 10, 14)  # no national holiday in October
NOW = datetime(2026, 10, 27, 5, 0, tzinfo=UTC)
TODAY = date(2026, 10, 27)
OFFICES, AGENCIES = [uuid4(), uuid4()], [uuid4(), uuid4()]
WHOLE = Scope(province_code=PROVINCE, actor="test")


@dataclass(slots=True, kw_only=True)
class Paper:
    """One item of the oracle's world."""

    commune: str | None
    office: UUID
    agency: UUID
    ready_at: datetime
    handed_over_at: datetime | None
    due_on: date
    status: str
    not_before_on: date | None
    failed: list[tuple[datetime, str]] = field(default_factory=list)
    delivered_at: datetime | None = None
    late_report: bool = False

    @property
    def delivered_on(self) -> date | None:
        return self.delivered_at.astimezone(LOCAL).date() if self.delivered_at else None

    @property
    def handed_over_on(self) -> date | None:
        return self.handed_over_at.astimezone(LOCAL).date() if self.handed_over_at else None

    @property
    def last_day(self) -> date:
        assert self.handed_over_on is not None
        day, left = self.handed_over_on, {CENTRE: 1, BEYOND: 6}.get(self.commune or "", 2)
        while left:
            day += timedelta(days=1)
            left -= works(day)
        return day


def works(day: date) -> bool:
    return day.weekday() < 5 and day != CLOSED


def walked(start: date, end: date) -> int:
    return sum(works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def _paper(rng: random.Random) -> Paper:
    ready_at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(26 * 24 * 60))
    paper = Paper(
        commune=rng.choice([CENTRE, FAR, FARTHER, BEYOND]),
        office=rng.choice(OFFICES),
        agency=rng.choice(AGENCIES),
        ready_at=ready_at,
        handed_over_at=ready_at + timedelta(minutes=rng.randrange(3000)),
        due_on=ready_at.date() + timedelta(days=rng.randint(-3, 6)),
        status=rng.choice(["delivered"] * 6 + ["ready", "planned", "out", "held", "returning", "returned", "accepted"]),
        not_before_on=rng.choice([None, None, TODAY + timedelta(days=rng.randint(-2, 4))]),
    )
    if paper.status in ("ready", "planned", "accepted") and rng.random() < 0.4:
        paper.handed_over_at = None
    at = paper.handed_over_at or ready_at
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        at += timedelta(minutes=rng.randrange(60, 2500))
        paper.failed.append((at, rng.choice(["absent", "refused", "road_cut"])))
    if paper.status == "delivered":
        paper.delivered_at = at + timedelta(minutes=rng.randrange(30, 4000))
        paper.late_report = rng.random() < 0.1
    if paper.status == "accepted":
        paper.commune = None
    return paper


def _write(session: Session, papers: list[Paper]) -> None:
    for n, paper in enumerate(papers):
        item_id = new_id(paper.ready_at)
        session.add(ItemRow(**_item(paper, item_id, n)))
        events: list[tuple[str, str, datetime, dict[str, Any]]] = [
            ("attempt_failed", "attempt_failed", at, {"reason": reason}) for at, reason in paper.failed
        ]
        if paper.delivered_at:
            events.append(("item_delivered", "delivered", paper.delivered_at, {}))
            if paper.late_report:
                again = paper.delivered_at + timedelta(hours=1)
                events.append(("item_delivered", "delivered", again, {"superseded": True}))
        for seq, (kind, status, at, data) in enumerate(events, 1):
            session.add(EventRow(**_event(paper, item_id, seq, kind, status, at, data)))


def _item(paper: Paper, item_id: UUID, n: int) -> dict[str, Any]:
    nothing = ["lon", "lat", "error_m", "point_source", "household_key", "window_start_at", "window_end_at"]
    return dict.fromkeys([*nothing, "plan_id", "holder_courier_id"]) | {
        "province_code": PROVINCE,
        "id": item_id,
        "item_code": make_s10("RA", n),
        "tracking_code": new_tracking_code(),
        "office_id": paper.office,
        "agency_id": paper.agency,
        "procedure": "Khai sinh",
        "leg": "return",
        "status": paper.status,
        "attempts": len(paper.failed),
        "addressee_name": "Trần Văn Bảy",
        "addressee_phone": "",
        "address": "",
        "search_text": "",
        "commune_code": paper.commune,
        "due_on": paper.due_on,
        "ready_at": paper.ready_at,
        "handed_over_at": paper.handed_over_at,
        "not_before_on": paper.not_before_on,
        "weight_g": 50,
        "papers": 1,
        "state_fee_vnd": 0,
        "postage_vnd": 0,
        "in_person": False,
        "courier_id": uuid4(),
        "event_seq": 1,
        "last_hash": GENESIS_HASH,
        "created_at": paper.ready_at,
    }


def _event(
    paper: Paper, item_id: UUID, seq: int, kind: str, status: str, at: datetime, data: dict[str, Any]
) -> dict[str, Any]:
    return {
        "province_code": PROVINCE,
        "id": new_id(at),
        "item_id": item_id,
        "seq": seq,
        "kind": kind,
        "status": status,
        "occurred_at": at,
        "recorded_at": at,
        "actor": "test",
        "office_id": paper.office,
        "data": data,
        "prev_hash": GENESIS_HASH,
        "hash": GENESIS_HASH,
    }


Key = Callable[[Paper, date | None], str | None]


def _week(_paper: Paper, day: date | None) -> str | None:
    return None if day is None else day.strftime("%G-W%V")


KEYS: dict[Group, Key] = {
    Group.COMMUNE: lambda paper, _day: paper.commune or "",
    Group.OFFICE: lambda paper, _day: str(paper.office),
    Group.AGENCY: lambda paper, _day: str(paper.agency),
    Group.WEEK: _week,
}


def _expected(papers: list[Paper], key: Key) -> dict[str, dict[str, Any]]:
    """Every figure by key and for all ("*"), from item to item."""
    figures: dict[str, Counter[str]] = {"*": Counter()}
    transit: dict[str, list[int]] = {"*": []}

    def count(paper: Paper, day: date | None, *names: str) -> None:
        for k in {"*", key(paper, day)} - {None}:
            figures.setdefault(str(k), Counter()).update(names)

    for paper in papers:
        day = paper.delivered_on
        if day and FROM <= day <= TO:
            timely = "early" if day < paper.last_day else "on_time" if day == paper.last_day else "overdue"
            assert paper.handed_over_on is not None
            agency = ["agency_in_time"] if paper.handed_over_on <= paper.due_on else []
            first = [] if paper.failed else ["first_attempt"]
            count(paper, day, "delivered", timely, *agency, *first)
            for k in {"*", key(paper, day)} - {None}:
                transit.setdefault(str(k), []).append(walked(paper.handed_over_on, day))
        for at, reason in paper.failed:
            failed_on = at.astimezone(LOCAL).date()
            if FROM <= failed_on <= TO:
                count(paper, failed_on, f"failed:{reason}")
        if paper.status in ("accepted", "ready", "planned", "out", "attempt_failed", "held", "forwarded"):
            count(paper, None, "running", *_open_flags(paper))
    return {k: {**counts, "transit": transit.get(k, [])} for k, counts in figures.items()}


def _open_flags(paper: Paper) -> list[str]:
    if paper.handed_over_at is None:
        return ["with_agency"] + ["with_agency_overdue"] * (paper.due_on < TODAY)
    if paper.last_day < TODAY:
        return ["running_overdue"]
    earliest = TODAY + timedelta(days=1)  # 28 October 2026 is a Wednesday
    if paper.status in ("planned", "out"):
        earliest = TODAY
    elif paper.not_before_on:
        earliest = max(TODAY, paper.not_before_on)
    return ["foreseen_overdue"] if earliest > paper.last_day else []


def _figures(row: ReportRow) -> dict[str, Any]:
    names = ["delivered", "early", "on_time", "overdue", "agency_in_time", "first_attempt", "running"]
    names += ["with_agency", "with_agency_overdue"]
    counts = {name: getattr(row, name) for name in [*names, "running_overdue", "foreseen_overdue"]}
    counts |= {f"failed:{reason}": attempts for reason, attempts in row.failed_attempts.items()}
    return {name: value for name, value in counts.items() if value} | {
        "transit": sorted(days for days, items in row.transit.items() for _ in range(items))
    }


@pytest.fixture
def papers(database: Database) -> list[Paper]:
    """Three hundred items of a month."""
    rng = random.Random(5)
    papers = [_paper(rng) for _ in range(300)]
    with database.transaction() as session:
        save_overrides(session, PROVINCE, {CLOSED: False}, reason="bão")
        calendar = WorkingCalendar(overrides={CLOSED: False})
        save_standard(session, PROVINCE, ServiceStandard(calendar=calendar, centre_commune_codes=frozenset({CENTRE})))
        _write(session, papers)
    return papers


def _report(database: Database, group: Group, scope: Scope = WHOLE) -> OnTimeReport:
    with database.reading() as session:
        return on_time_report(session, scope=scope, from_on=FROM, to_on=TO, group=group, now=NOW)


@pytest.mark.parametrize("group", Group)
def test_every_figure_is_what_item_by_item_gives(database: Database, papers: list[Paper], group: Group) -> None:
    report, expected = _report(database, group), _expected(papers, KEYS[group])
    for counts in expected.values():
        counts["transit"] = sorted(counts["transit"])
    total = expected.pop("*")
    assert _figures(report.total) == total
    assert {row.key: _figures(row) for row in report.rows} == expected
    assert total["early"]
    assert total["overdue"]
    assert total["with_agency"] > total["with_agency_overdue"] > 0
    assert total["foreseen_overdue"], "the world holds a case of each kind"


def test_shares_and_transit_are_those_of_the_items(database: Database, papers: list[Paper]) -> None:
    total = _report(database, Group.COMMUNE).total
    done = [p for p in papers if p.delivered_on and FROM <= p.delivered_on <= TO]
    days = [walked(p.handed_over_on, p.delivered_on) for p in done if p.delivered_on and p.handed_over_on]
    assert total.mean_transit_days == pytest.approx(mean(days))
    assert total.median_transit_days == median(days)
    in_time = [p for p in done if p.delivered_on and p.delivered_on <= p.last_day]
    assert total.on_time_share == pytest.approx(len(in_time) / len(done))
    assert total.first_attempt_share == pytest.approx(sum(not p.failed for p in done) / len(done))
    assert total.agency_on_time_share == pytest.approx(
        sum(p.handed_over_on <= p.due_on for p in done if p.handed_over_on) / len(done)
    )


def test_an_office_and_an_agency_see_their_own_items(database: Database, papers: list[Paper]) -> None:
    office = Scope(province_code=PROVINCE, actor="test", office_ids=frozenset({OFFICES[0]}))
    agency = Scope(province_code=PROVINCE, actor="test", agency_id=AGENCIES[1])
    elsewhere = Scope(province_code="64", actor="test")
    of_office = _expected([p for p in papers if p.office == OFFICES[0]], KEYS[Group.COMMUNE])["*"]
    of_agency = _expected([p for p in papers if p.agency == AGENCIES[1]], KEYS[Group.COMMUNE])["*"]
    assert _report(database, Group.COMMUNE, office).total.delivered == of_office["delivered"]
    assert _report(database, Group.COMMUNE, agency).total.running == of_agency["running"]
    assert _report(database, Group.COMMUNE, elsewhere).rows == ()


def test_nothing_delivered_has_no_share(database: Database) -> None:
    total = _report(database, Group.WEEK).total
    assert (total.delivered, total.on_time_share, total.mean_transit_days, total.median_transit_days) == (
        0,
        None,
        None,
        None,
    )


def test_offices_and_agencies_are_named(database: Database, papers: list[Paper]) -> None:
    with database.transaction() as session:
        session.add(AgencyRow(province_code=PROVINCE, id=AGENCIES[0], code="H29.16", name="Sở Tư pháp"))
        office = {"code": "700000", "name": "Bưu cục Sài Gòn", "kind": "delivery", "address": "", "phone": ""}
        place = {"lon": 106.7, "lat": 10.78, "cut_off": datetime(2026, 1, 1, 6, 30, tzinfo=UTC).time()}
        session.add(OfficeRow(province_code=PROVINCE, id=OFFICES[0], **office, **place))
    assert "Sở Tư pháp" in {row.name for row in _report(database, Group.AGENCY).rows}
    assert "Bưu cục Sài Gòn" in {row.name for row in _report(database, Group.OFFICE).rows}


@pytest.mark.parametrize(("first", "last"), [(TO, FROM), (FROM, FROM + timedelta(days=401))])
def test_a_period_that_is_none_is_refused(database: Database, first: date, last: date) -> None:
    with database.reading() as session, pytest.raises(CodedError) as refused:
        on_time_report(session, scope=WHOLE, from_on=first, to_on=last, group=Group.WEEK, now=NOW)
    assert refused.value.code == "T6001"


def test_what_happened_at_doors_is_found_by_its_index(database: Database, papers: list[Paper]) -> None:
    with database.transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.scalars(
            text("""
                EXPLAIN SELECT 1 FROM events WHERE province_code = '79' AND kind = 'item_delivered'
                AND occurred_at >= '2026-10-05Z' AND occurred_at < '2026-10-24Z'
            """)
        ).all()
    assert "kind_occurred_at_idx" in "\n".join(plan)

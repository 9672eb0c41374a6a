"""Reports on the service standard: on-time share, first-attempt success and what is about to be late.

What counts is the postal item (one paper or several of one person). Delivered figures are of the days from-to, both
inclusive, by the local date at the door; open figures are of now.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import at_local, local_date
from core.errors import fail
from core.scope import Scope
from geodata.store import communes_by_code
from tracking import store_names
from tracking import store_reports as store
from tracking.pauses import pauses_from
from tracking.report_errors import BAD_PERIOD
from tracking.standard import (
    IN_TIME,
    ItemFacts,
    ServiceStandard,
    Timeliness,
    agency_clock,
    load_standard,
    post_clock,
    transit_days,
    will_be_overdue,
)

LONGEST_PERIOD = timedelta(days=400)
_SATISFIED = 4
_ENDED = IN_TIME | {Timeliness.OVERDUE}
_RUNNING = frozenset({Timeliness.RUNNING, Timeliness.RUNNING_OVERDUE})


class Group(StrEnum):
    """What a row of the report stands for."""

    COMMUNE = "commune"
    OFFICE = "office"
    AGENCY = "agency"
    WEEK = "week"


_PLACES = {Group.COMMUNE: "commune_code", Group.OFFICE: "office_id", Group.AGENCY: "agency_id", Group.WEEK: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """Counts of items. `key` is a commune code, an id, or an ISO week such as 2026-W47; empty where none is known.

    `early`, `on_time`, `overdue` are of the post's clock; `agency_in_time` of those delivered had been handed over by
    the due date. `foreseen_overdue` of the `running` are in time still but will miss the standard as things stand;
    `with_agency` of them the agency has not handed over, `with_agency_overdue` of these are past their due date.
    `dossiers` fetched at homes were handed in, `dossiers_in_time` of them by the post's standard; `dossiers_running`
    are on their way to their agency, `dossiers_overdue` of these past it.
    `transit` maps working days from hand-over to delivery to items; `failed_attempts` maps a reason to attempts.
    `flags` maps what looked odd at doors in the period to the proofs that say so, one proof under each of its flags.
    `stars` maps 1 to 5 to the ratings given in the period; `complaints` were filed in it, `complaints_overdue` of them
    should have been settled by now.
    """

    key: str
    name: str
    delivered: int
    early: int
    on_time: int
    overdue: int
    agency_in_time: int
    first_attempt: int
    running: int
    running_overdue: int
    foreseen_overdue: int
    transit: Mapping[int, int]
    failed_attempts: Mapping[str, int]
    flags: Mapping[str, int]
    stars: Mapping[int, int]
    complaints: int
    complaints_overdue: int
    with_agency: int
    with_agency_overdue: int
    dossiers: int
    dossiers_in_time: int
    dossiers_running: int
    dossiers_overdue: int

    @property
    def dossiers_on_time_share(self) -> float | None:
        """Share 0..1 of the dossiers handed in that met the post's standard; None without any."""
        return self.dossiers_in_time / self.dossiers if self.dossiers else None

    @property
    def mean_stars(self) -> float | None:
        """Mean of the ratings, 1 to 5; None without any."""
        count = sum(self.stars.values())
        return sum(stars * items for stars, items in self.stars.items()) / count if count else None

    @property
    def satisfied_share(self) -> float | None:
        """Share 0..1 of the ratings with 4 or 5 stars; None without any."""
        count = sum(self.stars.values())
        return sum(items for stars, items in self.stars.items() if stars >= _SATISFIED) / count if count else None

    @property
    def on_time_share(self) -> float | None:
        """Share 0..1 of the delivered that met the post's standard; None when none was delivered."""
        return self._share(self.early + self.on_time)

    @property
    def agency_on_time_share(self) -> float | None:
        """Share 0..1 of the delivered that the agency handed over by the due date."""
        return self._share(self.agency_in_time)

    @property
    def first_attempt_share(self) -> float | None:
        """Share 0..1 of the delivered that needed no second attempt."""
        return self._share(self.first_attempt)

    @property
    def mean_transit_days(self) -> float | None:
        """Mean working days from hand-over to delivery."""
        return self._share(sum(days * items for days, items in self.transit.items()))

    @property
    def median_transit_days(self) -> float | None:
        """Median of the same; of an even count the mean of the middle two."""
        if not self.delivered:
            return None
        return (self._nth_transit((self.delivered - 1) // 2) + self._nth_transit(self.delivered // 2)) / 2

    def _share(self, count: int) -> float | None:
        return count / self.delivered if self.delivered else None

    def _nth_transit(self, nth: int) -> int:
        for days in sorted(self.transit):
            nth -= self.transit[days]
            if nth < 0:
                return days
        raise AssertionError("fewer items in transit counts than delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTimeReport:
    """Rows by name (weeks by time) and their total. Open figures stand in the total only when rows are weeks."""

    from_on: date
    to_on: date
    group: Group
    total: ReportRow
    rows: tuple[ReportRow, ...]


@dataclass(slots=True)
class _Tally:
    delivered: Counter[Timeliness] = field(default_factory=Counter)
    agency: Counter[Timeliness] = field(default_factory=Counter)
    first_attempt: int = 0
    running: int = 0
    running_overdue: int = 0
    foreseen_overdue: int = 0
    transit: Counter[int] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    stars: Counter[int] = field(default_factory=Counter)
    complaints: int = 0
    complaints_overdue: int = 0
    with_agency: int = 0
    with_agency_overdue: int = 0
    dossiers: Counter[Timeliness] = field(default_factory=Counter)

    def row(self, key: str, name: str) -> ReportRow:
        return ReportRow(
            key=key,
            name=name,
            delivered=self.delivered.total(),
            early=self.delivered[Timeliness.EARLY],
            on_time=self.delivered[Timeliness.ON_TIME],
            overdue=self.delivered[Timeliness.OVERDUE],
            agency_in_time=sum(self.agency[timely] for timely in IN_TIME),
            first_attempt=self.first_attempt,
            running=self.running,
            running_overdue=self.running_overdue,
            foreseen_overdue=self.foreseen_overdue,
            transit=dict(self.transit),
            failed_attempts=dict(self.failed),
            flags=dict(self.flags),
            stars=dict(self.stars),
            complaints=self.complaints,
            complaints_overdue=self.complaints_overdue,
            with_agency=self.with_agency,
            with_agency_overdue=self.with_agency_overdue,
            dossiers=sum(self.dossiers[timely] for timely in _ENDED),
            dossiers_in_time=sum(self.dossiers[timely] for timely in IN_TIME),
            dossiers_running=sum(self.dossiers[timely] for timely in _RUNNING),
            dossiers_overdue=self.dossiers[Timeliness.RUNNING_OVERDUE],
        )


class _Tallies:
    """A tally for each key, and one of all."""

    def __init__(self, group: Group) -> None:
        self._weekly = group is Group.WEEK
        self.total = _Tally()
        self.rows: dict[str, _Tally] = {}

    def of(self, place: str, day: date | None) -> tuple[_Tally, ...]:
        """Where something at a place and day counts; something open has no day, so no week."""
        if not self._weekly:
            return self.total, self.rows.setdefault(place, _Tally())
        if day is None:
            return (self.total,)
        year, week, _ = day.isocalendar()
        return self.total, self.rows.setdefault(f"{year}-W{week:02d}", _Tally())


def check_period(from_on: date, to_on: date) -> None:
    """Whether a report can be of these days, both inclusive. Raises T6001 for a period backwards or over 400 days."""
    if not timedelta(0) <= to_on - from_on <= LONGEST_PERIOD:
        raise fail(BAD_PERIOD, from_on=from_on, to_on=to_on)


def on_time_report(
    session: Session, *, scope: Scope, from_on: date, to_on: date, group: Group, now: datetime
) -> OnTimeReport:
    """The service standard in numbers, of what the scope sees. Raises T6001 for a period backwards or over 400 days."""
    check_period(from_on, to_on)
    standard, today = load_standard(session, scope.province_code), local_date(now)
    period = {"start_at": at_local(from_on, time()), "end_at": at_local(to_on + timedelta(days=1), time())}
    place, tallies = _PLACES[group], _Tallies(group)
    for done in store.delivered(session, scope=scope, place=place, **period):
        _count_delivered(tallies.of(done.place, done.delivered_on), done, standard)
    _count_doors(session, scope, place, tallies, **period)
    _count_voices(session, scope, place, tallies, today=today, **period)
    for waiting in store.still_open(session, scope=scope, place=place):
        _count_open(tallies.of(waiting.place, None), waiting, standard, today)
    for dossier in store.dossiers_handed_in(session, scope=scope, place=place, **period):
        _count_dossier(tallies.of(dossier.place, dossier.handed_in_on), dossier, standard, today)
    for dossier in store.dossiers_open(session, scope=scope, place=place):
        _count_dossier(tallies.of(dossier.place, None), dossier, standard, today)
    names = _names(session, scope.province_code, group, tallies.rows)
    rows = [tally.row(key, names.get(key, key)) for key, tally in tallies.rows.items()]
    return OnTimeReport(
        from_on=from_on,
        to_on=to_on,
        group=group,
        total=tallies.total.row("", ""),
        rows=tuple(sorted(rows, key=lambda row: (row.name, row.key))),
    )


def _count_doors(
    session: Session, scope: Scope, place: str, tallies: _Tallies, *, start_at: datetime, end_at: datetime
) -> None:
    for failed in store.failures(session, scope=scope, place=place, start_at=start_at, end_at=end_at):
        for tally in tallies.of(failed.place, failed.failed_on):
            tally.failed[failed.reason] += failed.attempts
    for odd in store.flags(session, scope=scope, place=place, start_at=start_at, end_at=end_at):
        for tally in tallies.of(odd.place, odd.said_on):
            tally.flags[odd.flag] += odd.proofs


def _count_voices(
    session: Session, scope: Scope, place: str, tallies: _Tallies, *, today: date, start_at: datetime, end_at: datetime
) -> None:
    period = {"start_at": start_at, "end_at": end_at}
    for rated in store.ratings(session, scope=scope, place=place, **period):
        for tally in tallies.of(rated.place, rated.rated_on):
            tally.stars[rated.stars] += rated.items
    for filed in store.complaints(session, scope=scope, place=place, today=today, **period):
        for tally in tallies.of(filed.place, filed.filed_on):
            tally.complaints += filed.complaints
            tally.complaints_overdue += filed.overdue


def _count_delivered(tallies: Iterable[_Tally], done: store.DeliveredCount, standard: ServiceStandard) -> None:
    facts = ItemFacts(
        handed_over_on=done.handed_over_on,
        due_on=done.due_on,
        commune_code=done.commune_code,
        delivered_on=done.delivered_on,
        pauses=pauses_from(done.pauses),
    )
    timely = post_clock(facts, standard, today=done.delivered_on)
    agency = agency_clock(facts, today=done.delivered_on)
    days = transit_days(facts, standard) or 0
    for tally in tallies:
        tally.delivered[timely] += done.items
        tally.agency[agency] += done.items
        tally.transit[days] += done.items
        tally.first_attempt += done.first_attempt


def _count_open(tallies: Iterable[_Tally], waiting: store.OpenCount, standard: ServiceStandard, today: date) -> None:
    facts = ItemFacts(
        handed_over_on=waiting.handed_over_on,
        due_on=waiting.due_on,
        commune_code=waiting.commune_code,
        pauses=pauses_from(waiting.pauses),
    )
    overdue = post_clock(facts, standard, today=today) is Timeliness.RUNNING_OVERDUE
    planned_on = today if waiting.on_the_way else waiting.not_before_on
    foreseen = not overdue and will_be_overdue(facts, standard, today=today, planned_on=planned_on)
    with_agency = waiting.leg != "collect" and waiting.handed_over_on is None
    agency_overdue = with_agency and agency_clock(facts, today=today) is Timeliness.RUNNING_OVERDUE
    for tally in tallies:
        tally.running += waiting.items
        tally.running_overdue += waiting.items * overdue
        tally.foreseen_overdue += waiting.items * foreseen
        tally.with_agency += waiting.items * with_agency
        tally.with_agency_overdue += waiting.items * agency_overdue


def _count_dossier(
    tallies: Iterable[_Tally], dossier: store.DossierCount, standard: ServiceStandard, today: date
) -> None:
    facts = ItemFacts(
        handed_over_on=dossier.handed_over_on,
        due_on=dossier.due_on,
        commune_code=dossier.commune_code,
        delivered_on=dossier.handed_in_on,
        pauses=pauses_from(dossier.pauses),
    )
    timely = post_clock(facts, standard, today=today)
    for tally in tallies:
        tally.dossiers[timely] += dossier.items


def _names(session: Session, province_code: str, group: Group, keys: Iterable[str]) -> Mapping[str, str]:
    known = [key for key in keys if key]
    names_of = {Group.OFFICE: store_names.office_names, Group.AGENCY: store_names.agency_names}
    if group in names_of:
        found = names_of[group](session, province_code, [UUID(key) for key in known])
        return {str(key): name for key, name in found.items()}
    if group is Group.COMMUNE:
        return {commune.code: commune.full_name for commune in communes_by_code(session, known)}
    return {}

"""The clocks as the events alone tell them, to hold against what is kept in tables and served."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from core.clock import local_date
from tests.tracking.office_scene import PROVINCE, SYSTEM, Scene
from tracking import service
from tracking.clocks import Clocks, clocks_of
from tracking.model import Event, Item, Status
from tracking.reports import Group, ReportRow, on_time_report
from tracking.standard import (
    IN_TIME,
    ServiceStandard,
    Timeliness,
    agency_clock,
    load_standard,
    post_clock,
    will_be_overdue,
)

_ENDS = {Status.DELIVERED, Status.RETURNED, Status.HANDED_IN, Status.RETURNING, Status.WITHDRAWN}
# A courier was there and will be again today.
_TODAY = {Status.PLANNED, Status.OUT}


def rebuilt(scene: Scene, key: UUID) -> Clocks:
    """An item's clocks from its chain."""
    with scene.database.reading() as session:
        return clocks_of(service.item_history(session, scope=SYSTEM, item_id=key))


def assert_rebuilt(item: Item, events: Sequence[Event]) -> None:
    """What the table keeps of the clocks is what the events say."""
    clocks = clocks_of(events)
    kept = (item.leg, item.status, item.due_on, item.ready_at, item.commune_code, item.handed_over_at, item.pauses)
    assert kept == (
        clocks.leg,
        clocks.status,
        clocks.due_on,
        clocks.ready_at,
        clocks.commune_code,
        clocks.handed_over_at,
        clocks.pauses,
    )


def assert_report_rebuilt(scene: Scene, now: datetime) -> None:
    """The report that is served says what the events of all items say, item by item."""
    to_on = local_date(now)
    from_on = to_on - timedelta(days=400)
    with scene.database.reading() as session:
        standard = load_standard(session, PROVINCE)
        report = on_time_report(session, scope=SYSTEM, from_on=from_on, to_on=to_on, group=Group.OFFICE, now=now)
        keys = session.execute(text("SELECT id, not_before_on FROM items")).all()
    counted: Counter[str] = Counter()
    for key, not_before_on in keys:
        counted.update(_counts(rebuilt(scene, key), standard, to_on, not_before_on))
    assert {name: getattr(report.total, name) for name in _FIGURES} == {name: counted[name] for name in _FIGURES}


_FIGURES = [
    name
    for name in ReportRow.__dataclass_fields__
    if name.startswith(
        ("early", "on_time", "overdue", "agency", "running", "foreseen", "with", "dossiers", "delivered")
    )
]


def _counts(clocks: Clocks, standard: ServiceStandard, today: date, not_before_on: date | None) -> list[str]:
    facts = clocks.facts
    timely = post_clock(facts, standard, today=today)
    if clocks.leg == "collect" and clocks.handed_over_at is not None:
        return _of_dossier(clocks, timely)
    if clocks.status is Status.DELIVERED:
        agency = agency_clock(facts, today=today) in IN_TIME
        return ["delivered", timely.value, *["agency_in_time"] * agency]
    if clocks.status in _ENDS:
        return []
    if clocks.handed_over_at is None:
        late = agency_clock(facts, today=today) is Timeliness.RUNNING_OVERDUE
        waits = ["with_agency", *["with_agency_overdue"] * late]
        return ["running", *(waits if clocks.leg != "collect" else [])]
    overdue = timely is Timeliness.RUNNING_OVERDUE
    planned_on = today if clocks.status in _TODAY else not_before_on
    foreseen = not overdue and will_be_overdue(facts, standard, today=today, planned_on=planned_on)
    return ["running", *["running_overdue"] * overdue, *["foreseen_overdue"] * foreseen]


def _of_dossier(clocks: Clocks, timely: Timeliness) -> list[str]:
    if clocks.status is Status.HANDED_IN:
        return ["dossiers", *["dossiers_in_time"] * (timely in IN_TIME)]
    if clocks.status in _ENDS:
        return []
    return ["dossiers_running", *["dossiers_overdue"] * (timely is Timeliness.RUNNING_OVERDUE)]

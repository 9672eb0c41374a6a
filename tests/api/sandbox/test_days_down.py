"""Three simulated days down, then every fault at once: each event has one effect, in order, and nothing waits."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from api.sandbox.faults import Fault
from api.sandbox.server import Sandbox
from bench.feedback_faults import Line, disorder
from core.clock import utc_now
from core.db import Database
from tests.tracking.feedback_scene import BOX, Parcel, agency_scope, happened
from tracking.feedback.outbox import enqueue_many
from tracking.model import EventKind

KINDS = (EventKind.RESULT_ACCEPTED, EventKind.ITEM_READY, EventKind.ITEM_OUT, EventKind.ITEM_DELIVERED)
DOSSIERS = 60
SIX_HOURS_S = 6 * 3600.0
DAYS_LIMIT = 60.0


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    """What happened to 60 dossiers waits for a system that fails."""
    agency = uuid4()
    line = Line(database, BOX, agency_scope(agency))
    line.open()
    try:
        parcels = [Parcel(agency_id=agency, dossier_codes=(f"D{n:04d}",)) for n in range(DOSSIERS)]
        with database.transaction() as session:
            enqueue_many(session, pairs=[(happened(k, item=p, at=utc_now()), p) for k in KINDS for p in parcels])
        yield line
    finally:
        line.place.stop()


def assert_once_and_in_order(line: Line) -> None:
    """Every event has had its one effect, in the order of its dossier."""
    counts = line.place.dossiers.counts
    assert line.states() == {"delivered": DOSSIERS * len(KINDS)}
    assert counts["applied"] == DOSSIERS * len(KINDS)
    assert counts["out_of_order"] == disorder(line.place, each=len(KINDS)) == 0
    assert len(line.place.dossiers.events) == line.place.dossiers.returned() == DOSSIERS


def test_what_waited_for_three_days_arrives_once_and_in_order(line: Line) -> None:
    line.drain_through_faults(step_s=SIX_HOURS_S)
    assert_once_and_in_order(line)
    counts = line.place.dossiers.counts
    assert counts["faults"] > 10, "nothing failed, so nothing was tested"
    assert counts["repeated"] > 0


def test_an_acceptance_that_a_later_try_overtakes_doubles_nothing_and_reorders_nothing(line: Line) -> None:
    line.place.faults.on = {Fault.OVERTAKEN}
    line.place.faults.share = 0.2
    while line.states().get("pending") and line.days_passed < DAYS_LIMIT:
        line.drain()
        line.pass_time(SIX_HOURS_S)
    assert_once_and_in_order(line)
    assert line.place.withheld.overtaken > 10, "no retry overtook, so nothing was tested"
    assert line.place.dossiers.counts["repeated"] >= line.place.withheld.overtaken


def test_disorder_is_seen() -> None:
    place = Sandbox()
    place.dossiers.events = {"D1": [{"sequence": "1"}, {"sequence": "2"}], "D2": [{"sequence": "2"}], "D3": []}
    assert disorder(place, each=2) == 2

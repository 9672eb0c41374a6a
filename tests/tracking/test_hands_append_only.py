"""The database itself refuses to change what was written down at a change of hands."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.tracking.office_scene import Scene
from tests.tracking.test_handovers import LATER, done, tally
from tracking import service
from tracking.handover_values import IncidentState
from tracking.rounds import Counted

# What of these rows may change, and until when.
_DECIDED = {"state", "explanation", "decided_by", "decided_at"}


@pytest.fixture
def closed(scene: Scene) -> Scene:
    """A round closed with a paper missing: a change of hands, an end of a round, open incidents."""
    scene.out(2)
    short = Counted(tally=tally(), papers=0, cash_vnd=5_000, confirmed=True)
    courier_id = scene.couriers[0].id
    done(scene, service.close_round, courier_id=courier_id, counted=short, now=LATER)
    return scene


def refused(scene: Scene, statement: str, **values: Any) -> None:
    with pytest.raises(DBAPIError, match="append-only"), scene.database.transaction() as session:
        session.execute(text(statement), values)


def columns(scene: Scene, table: str) -> list[str]:
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = :t AND table_schema = 'public'"
    with scene.database.reading() as session:
        return list(session.scalars(text(query), {"t": table}))


@pytest.mark.parametrize("table", ["handovers", "round_closings", "incidents"])
def test_what_was_written_at_a_change_of_hands_stays(closed: Scene, table: str) -> None:
    with closed.database.reading() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")), table  # noqa: S608  our own names
    refused(closed, f"DELETE FROM {table}")  # noqa: S608  the same
    refused(closed, f"TRUNCATE {table}")
    own = columns(closed, table)
    assert len(own) > 8
    for column in set(own) - (_DECIDED if table == "incidents" else set()):
        change = _other(closed, table, column)
        refused(closed, f"UPDATE {table} SET {column} = {change}")  # noqa: S608  the same


def test_of_a_change_of_hands_only_the_name_of_who_signed_may_go(closed: Scene) -> None:
    signed = tally(*closed.ready(), counterpart="Hoàng Thị Ký Tên")
    office, agency = closed.office.id, closed.agency.id
    done(closed, service.receive_from_agency, office_id=office, agency_id=agency, tally=signed)
    mine = "WHERE counterpart = 'Hoàng Thị Ký Tên'"
    refused(closed, f"UPDATE handovers SET counterpart = 'x' {mine}")  # noqa: S608  our own words
    refused(closed, f"UPDATE handovers SET counterpart = NULL, counted = 7 {mine}")  # noqa: S608  the same
    with closed.database.transaction() as session:
        session.execute(text(f"UPDATE handovers SET counterpart = NULL {mine}"))  # noqa: S608  the same
    refused(closed, "UPDATE handovers SET counterpart = 'x'")


def _other(scene: Scene, table: str, column: str) -> str:
    """Another value of the column's type."""
    query = "SELECT udt_name FROM information_schema.columns WHERE table_name = :t AND column_name = :c"
    with scene.database.reading() as session:
        kind = session.scalar(text(query), {"t": table, "c": column})
    return {
        "text": f"coalesce({column}, '') || 'x'",
        "bool": f"{column} IS NOT TRUE",
        "uuid": "gen_random_uuid()",
        "timestamptz": f"coalesce({column}, now()) + interval '1 second'",
        "int4": f"coalesce({column}, 0) + 1",
        "int8": f"coalesce({column}, 0) + 1",
        "_uuid": f"{column} || gen_random_uuid()",
        "_text": f"{column} || 'x'::text",
    }[kind]


def test_an_incident_is_decided_until_it_is_closed(closed: Scene) -> None:
    with closed.database.reading() as session:
        [first, *_] = service.list_incidents(session, scope=closed.dispatcher)
    decide = {"incident_id": first.id, "explanation": "Tìm thấy trong tủ"}
    for hours, state in enumerate((IncidentState.EXPLAINED, IncidentState.CLOSED), start=1):
        found = done(closed, service.decide_incident, state=state, now=LATER + timedelta(hours=hours), **decide)
        assert found.state is state
    for column in sorted(_DECIDED):
        refused(closed, f"UPDATE incidents SET {column} = NULL WHERE id = :id", id=first.id)  # noqa: S608  our own names

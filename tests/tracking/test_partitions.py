"""Rows that came before their month's partition move into it, and stay as guarded as before."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db import ensure_partitions, monthly
from core.ids import new_id
from geodata.model import LonLat
from tests.tracking.office_scene import DOOR, RESOLVER, SYSTEM, Scene, delivery, snapshot
from tracking import service
from tracking.model import Fix

FAR = datetime(2031, 5, 3, tzinfo=UTC)


def test_rows_of_a_month_that_was_not_made_move_into_it(scene: Scene) -> None:
    """A phone whose clock is years ahead makes a proof id of that time; the server's clock too, for the rest."""
    (key,) = scene.out()
    with scene.database.transaction() as session:
        scope, courier_id = scene.courier_scope(), scene.couriers[0].id
        proof = delivery(key, proof_id=new_id(FAR))
        service.record_proof(session, scope=scope, proof=proof, now=FAR)
        fix = Fix(occurred_at=FAR, point=LonLat(lon=DOOR.lon, lat=DOOR.lat))
        service.record_positions(session, scope=scope, courier_id=courier_id, fixes=[fix], now=FAR)
    before = snapshot(scene)
    with scene.database.transaction() as session:
        made = ensure_partitions(session, FAR - timedelta(days=31), months=3)
        assert monthly("events", FAR) in made
        assert ensure_partitions(session, FAR - timedelta(days=31), months=3) == []
    assert snapshot(scene) == before
    with scene.database.reading() as session:
        for table in ("events", "proofs", "positions"):
            places = session.scalars(text(f"SELECT DISTINCT tableoid::regclass::text FROM {table}"))  # noqa: S608
            assert monthly(table, FAR) in set(places)
    again = delivery(key, proof_id=new_id(FAR))
    with scene.database.transaction() as session:
        service.record_proof(session, scope=SYSTEM, proof=again, now=FAR + timedelta(hours=1))
        assert service.verify_chain(service.item_history(session, scope=SYSTEM, item_id=key)) == []


@pytest.mark.parametrize("place", ["events_default", monthly("events", FAR)])
def test_moved_and_reattached_partitions_still_refuse_changes(scene: Scene, place: str) -> None:
    scene.ready()
    later = FAR + timedelta(days=90)
    for moment in (FAR, later):
        with scene.database.transaction() as session:
            service.accept_results(
                session, scope=SYSTEM, agency_id=scene.agency.id, rows=[scene.row()], resolver=RESOLVER, now=moment
            )
    with scene.database.transaction() as session:
        ensure_partitions(session, FAR, months=1)
    with scene.database.reading() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {place}"))  # noqa: S608
    with pytest.raises(DBAPIError, match="append-only"), scene.database.transaction() as session:
        session.execute(text(f"UPDATE {place} SET actor = 'user:9'"))  # noqa: S608

"""Positions: each named filter, order, doubles, and where a courier was seen last."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import CodedError
from core.scope import Scope
from geodata.model import LonLat
from tests.tracking.office_scene import DOOR, NOW, SYSTEM, Scene
from tracking import service
from tracking.model import Fix, PositionAnswer
from tracking.position_filters import sift


def fix(seconds: int, *, east_m: float = 0.0, accuracy_m: float | None = 5.0) -> Fix:
    """A fix so many seconds after `NOW`, so many metres east of the door (at this latitude 1° is 109.4 km)."""
    point = LonLat(lon=DOOR.lon + east_m / 109_370, lat=DOOR.lat)
    return Fix(occurred_at=NOW + timedelta(seconds=seconds), point=point, accuracy_m=accuracy_m)


def record(scene: Scene, *fixes: Fix, courier: int = 0, now: datetime = NOW + timedelta(hours=1)) -> PositionAnswer:
    with scene.database.transaction() as session:
        return service.record_positions(
            session,
            scope=scene.courier_scope(courier),
            courier_id=scene.couriers[courier].id,
            fixes=fixes,
            now=now,
        )


def test_each_filter_has_a_name_and_a_count() -> None:
    fixes = [
        fix(0),
        fix(0, east_m=1),
        fix(10, east_m=10),
        fix(20, accuracy_m=201),
        fix(30, east_m=30_000),
        fix(10_000),
        Fix(occurred_at=NOW + timedelta(seconds=40), point=LonLat(lon=0, lat=0)),
        Fix(occurred_at=NOW + timedelta(seconds=50), point=LonLat(lon=float("nan"), lat=10)),
        fix(60, east_m=500),
    ]
    kept, left_out = sift(fixes, previous=None, now=NOW + timedelta(hours=1))
    assert [f.occurred_at for f in kept] == [NOW + timedelta(seconds=s) for s in (0, 10, 60)]
    assert Counter(name for _, name in left_out) == {
        "duplicate": 1,
        "inaccurate": 1,
        "impossible_speed": 1,
        "future": 1,
        "invalid": 2,
    }


@pytest.mark.parametrize(("metres", "is_kept"), [(2_400, True), (2_600, False)])
def test_a_hundred_and_fifty_kilometres_an_hour_is_the_limit(metres: float, is_kept: bool) -> None:
    """One minute: 2,500 m, and 10 m for the two circles of accuracy."""
    kept, _ = sift([fix(60, east_m=metres)], previous=fix(0), now=NOW + timedelta(hours=1))
    assert bool(kept) == is_kept


@given(st.lists(st.integers(0, 3600).map(lambda s: fix(s, east_m=s)), max_size=30), st.randoms())
def test_the_order_of_a_batch_does_not_matter(fixes: list[Fix], random: object) -> None:
    shuffled = list(fixes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    now = NOW + timedelta(hours=2)
    kept, left_out = sift(fixes, previous=None, now=now)
    assert sift(shuffled, previous=None, now=now) == (kept, left_out)
    assert len(kept) + len(left_out) == len(fixes)


def test_a_batch_sent_twice_adds_nothing(scene: Scene) -> None:
    fixes = [fix(s, east_m=s) for s in range(0, 300, 10)]
    assert record(scene, *fixes) == PositionAnswer(accepted=30, filtered={})
    assert record(scene, *fixes) == PositionAnswer(accepted=0, filtered={"duplicate": 30})
    with scene.database.reading() as session:
        track = service.courier_track(
            session,
            scope=SYSTEM,
            courier_id=scene.couriers[0].id,
            start_at=NOW + timedelta(seconds=10),
            end_at=NOW + timedelta(seconds=30),
        )
        assert session.scalar(text("SELECT count(*) FROM positions")) == 30
    assert track == fixes[1:3]


def test_a_late_batch_fills_the_track_and_does_not_move_the_courier_back(scene: Scene) -> None:
    record(scene, fix(600, east_m=600))
    assert record(scene, fix(0), fix(10, east_m=10)).accepted == 2
    with scene.database.reading() as session:
        (last,) = service.last_positions(session, scope=SYSTEM)
    assert last.fix == fix(600, east_m=600)
    assert (last.courier_id, last.office_id) == (scene.couriers[0].id, scene.office.id)


def test_couriers_of_other_offices_are_not_shown(scene: Scene) -> None:
    record(scene, fix(0))
    record(scene, fix(0), courier=2)
    with scene.database.reading() as session:
        everywhere = service.last_positions(session, scope=SYSTEM)
        here = service.last_positions(session, scope=scene.dispatcher)
        there = service.last_positions(session, scope=SYSTEM, office_id=scene.other_office.id)
        own = service.last_positions(session, scope=scene.courier_scope(2))
    assert {p.courier_id for p in everywhere} == {scene.couriers[0].id, scene.couriers[2].id}
    assert {p.courier_id for p in here} == {scene.couriers[0].id}
    assert there == own == [p for p in everywhere if p.courier_id == scene.couriers[2].id]


def test_refusals(scene: Scene) -> None:
    stranger = Scope(province_code="79", actor="user:x", office_ids=frozenset({scene.other_office.id}))
    courier_id = scene.couriers[0].id
    naive = Fix(occurred_at=datetime(2026, 11, 20), point=DOOR)  # noqa: DTZ001  that is the fault
    for scope, fixes, code in (
        (stranger, [fix(0)], "C1000"),
        (scene.courier_scope(1), [fix(0)], "C1000"),
        (SYSTEM, [fix(0)] * 2001, "T3004"),
        (SYSTEM, [naive], "C1001"),
    ):
        with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
            service.record_positions(session, scope=scope, courier_id=courier_id, fixes=fixes, now=NOW)
        assert refused.value.code == code


def test_an_empty_batch_is_nothing(scene: Scene) -> None:
    assert record(scene) == PositionAnswer(accepted=0, filtered={})


@pytest.mark.parametrize("label", ["", "  ", "x" * 61, "a\x00b"])
def test_a_phone_needs_a_name_of_the_right_length(scene: Scene, label: str) -> None:
    courier_id = scene.couriers[0].id
    with scene.database.transaction() as session, pytest.raises(CodedError) as refused:
        service.add_device(session, scope=SYSTEM, courier_id=courier_id, label=label, now=NOW)
    assert refused.value.code == "T3012"

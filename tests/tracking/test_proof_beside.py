"""What looks odd in a proof beside others is flagged and accepted; just inside each bound nothing is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from core.errors import CodedError
from core.ids import new_id
from geodata.model import LonLat
from tests.tracking.office_scene import DOOR, NOW, SYSTEM, TODAY, Scene, delivery
from tracking import service
from tracking.model import FileClaim, Person, ProofInput, Receipt
from tracking.reports import Group, on_time_report

LATER = NOW + timedelta(hours=3)
AT = NOW + timedelta(hours=1)
PHOTO = FileClaim(sha256="ab" * 32, kind="photo", bytes_count=1000)
OTHER_PHOTO = FileClaim(sha256="cd" * 32, kind="photo", bytes_count=1000)
# One degree of a meridian on the sphere of the earth's mean radius.
_M_A_DEGREE = 111_195.08


def north(metres: float) -> LonLat:
    return LonLat(lon=DOOR.lon, lat=DOOR.lat + metres / _M_A_DEGREE)


def proof_of(key: UUID, after_s: float = 0, **changes: Any) -> ProofInput:
    """A delivery so long after `AT`, its position measured at once."""
    at = AT + timedelta(seconds=after_s)
    said: dict[str, Any] = {"occurred_at": at, "proof_id": new_id(at), "position_age_s": 0.0, "accuracy_m": 5.0}
    return replace(delivery(key), **said | changes)


def prove(scene: Scene, *proofs: ProofInput, couriers: tuple[int, ...] = (0, 0), together: bool = False) -> list[str]:
    """The flags of the last one."""
    said = [service.Said(scope=scene.courier_scope(n), proof=proof) for n, proof in zip(couriers, proofs, strict=False)]
    answers: list[Receipt | CodedError] = []
    for batch in [said] if together else [[one] for one in said]:
        with scene.database.transaction() as session:
            answers += service.record_proofs(session, batch, now=LATER)
    last = answers[-1]
    assert isinstance(last, Receipt)
    return [flag for flag in last.flags if flag != "far_from_address"]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(("metres", "flags"), [(2505.0, []), (2515.0, ["impossible_speed"])])
def test_faster_than_150_km_an_hour_between_two_doors_is_impossible(
    scene: Scene, metres: float, flags: list[str], *, together: bool
) -> None:
    """A minute is 2,500 m at 150 km/h, and both positions may be 5 m off."""
    first, second = scene.out(2)
    assert prove(scene, proof_of(first), proof_of(second, 60, point=north(metres)), together=together) == flags


def test_a_late_upload_is_held_beside_what_happened_after_it(scene: Scene) -> None:
    first, second = scene.out(2)
    after, before = proof_of(first, 60, point=north(2515)), proof_of(second)
    assert prove(scene, after, before) == ["impossible_speed"]


def test_only_neighbours_in_time_count_and_a_proof_without_position_is_none(scene: Scene) -> None:
    """Between the two is one that lies half way; one without a position hides nothing."""
    first, second, third, fourth = scene.out(4)
    proofs = [
        proof_of(first),
        proof_of(second, 120, point=north(5000)),
        proof_of(third, 60, point=north(2500)),
        proof_of(fourth, 130, point=None),
    ]
    assert prove(scene, *proofs[:2]) == []
    assert prove(scene, proofs[2]) == []
    assert prove(scene, proofs[3]) == ["no_position"]
    (fifth,) = scene.out(1)
    assert prove(scene, proof_of(fifth, 140)) == ["impossible_speed"]


def test_the_age_of_a_position_counts_back_to_when_it_was_measured(scene: Scene) -> None:
    first, second = scene.out(2)
    aged = proof_of(second, 120, point=north(2515), position_age_s=60.0)
    assert prove(scene, proof_of(first), aged) == ["impossible_speed"]


def test_two_couriers_are_two(scene: Scene) -> None:
    (first,), (second,) = scene.out(1), scene.out(1, courier=1)
    assert prove(scene, proof_of(first), proof_of(second, 1, point=north(2500)), couriers=(0, 1)) == []


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(("offset_s", "flags"), [(-119.0, []), (-121.0, ["clock_jump"])])
def test_a_clock_that_jumps_within_the_day(scene: Scene, offset_s: float, flags: list[str], *, together: bool) -> None:
    """The first proof's clock is 1 s slow; two minutes of difference are the bound."""
    first, second = scene.out(2)
    steady = proof_of(first, clock_offset_s=-1.0, occurred_at=AT)
    moved = proof_of(second, 600 + offset_s - 1, clock_offset_s=offset_s - 1)
    assert prove(scene, steady, moved, together=together) == flags


@pytest.mark.parametrize(("minutes", "flags"), [(-1, ["clock_jump"]), (1, [])])
def test_a_clock_set_right_over_night_has_not_jumped(scene: Scene, minutes: int, flags: list[str]) -> None:
    """Midnight in Vietnam is 17:00 by UTC."""
    first, second = scene.out(2)
    midnight = NOW.replace(hour=17)
    late, next_one = midnight - timedelta(minutes=2), midnight + timedelta(minutes=minutes)
    proofs = [
        proof_of(first, occurred_at=late, proof_id=new_id(late)),
        proof_of(second, occurred_at=next_one, proof_id=new_id(next_one), clock_offset_s=200.0),
    ]
    proofs[1] = replace(proofs[1], occurred_at=next_one + timedelta(seconds=200))
    with scene.database.transaction() as session:
        said = [service.Said(scope=scene.courier_scope(), proof=proof) for proof in proofs]
        answers = service.record_proofs(session, said, now=midnight + timedelta(hours=1))
    assert [list(one.flags) for one in answers if isinstance(one, Receipt)] == [[], flags]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(("photo", "flags"), [(OTHER_PHOTO, []), (PHOTO, ["photo_reused"])])
def test_a_photo_shown_at_two_households(scene: Scene, photo: FileClaim, flags: list[str], *, together: bool) -> None:
    (first,), (second,) = scene.out(1), scene.out(1, addressee=Person(name="Lý Văn Hai", phone="0903000111"))
    shown = proof_of(first, files=(PHOTO,)), proof_of(second, 60, files=(photo,))
    assert prove(scene, *shown, together=together) == flags


def test_one_photo_for_two_papers_of_one_household_is_as_it_should_be(scene: Scene) -> None:
    address = "Số 7 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"
    first, second = scene.out(1, address=address)[0], scene.out(1, address=address, procedure="Khai sinh")[0]
    assert first != second
    assert prove(scene, proof_of(first, files=(PHOTO,)), proof_of(second, files=(PHOTO,))) == []


def test_a_signature_is_no_photo(scene: Scene) -> None:
    first, second = scene.out(2)
    drawn = replace(PHOTO, kind="signature")
    assert prove(scene, proof_of(first, files=(drawn,)), proof_of(second, files=(drawn,))) == []


@pytest.mark.parametrize(("age_s", "flags"), [(600.0, []), (600.5, ["old_position"])])
def test_an_old_position(scene: Scene, age_s: float, flags: list[str]) -> None:
    (key,) = scene.out()
    assert prove(scene, proof_of(key, position_age_s=age_s)) == flags


def test_a_manager_sees_how_often_each_flag_was_raised(scene: Scene) -> None:
    first, second, third = scene.out(3)
    prove(scene, proof_of(first, files=(PHOTO,)))
    prove(scene, proof_of(second, 60, files=(PHOTO,), clock_offset_s=130.0, occurred_at=AT + timedelta(seconds=190)))
    prove(scene, proof_of(third, 3600, point=None, clock_offset_s=130.0))
    with scene.database.reading() as session:
        report = on_time_report(session, scope=SYSTEM, from_on=TODAY, to_on=TODAY, group=Group.OFFICE, now=LATER)
        before = on_time_report(
            session,
            scope=SYSTEM,
            from_on=TODAY - timedelta(days=2),
            to_on=TODAY - timedelta(days=1),
            group=Group.OFFICE,
            now=LATER,
        )
    expected = {"photo_reused": 1, "clock_jump": 1, "no_position": 1}
    assert report.total.flags == expected
    assert [row.flags for row in report.rows] == [expected]
    assert before.total.flags == {}


def test_a_photo_is_looked_up_by_its_hash_also_in_a_month_that_has_just_begun(scene: Scene) -> None:
    """A plan is made once for a connection and kept: made while a month's table is new, it must not read all of it."""
    asked: list[tuple[str, Any]] = []
    [item_id] = scene.out(1)
    engine = scene.database.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "asked.sha256" in statement:
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        prove(scene, proof_of(item_id, files=(PHOTO,)))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked
    with scene.database.transaction() as session:
        # A table of one page is read as it is; what counts is which index is taken.
        session.execute(text("SET LOCAL enable_seqscan = off"))
        rows = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
        plan = "\n".join(line for (line,) in rows)
    assert "Index Cond: (jsonb_path_query_array(files" in plan
    assert "province_code_item_id_idx" not in plan

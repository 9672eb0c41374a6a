"""From a delivery to the next paper of the household: learned, corrected, forgotten, recalled; no ghost pin."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.errors import CodedError
from core.ids import new_id
from core.scope import Scope
from geodata.communes import metres_between
from geodata.doors import CORRECTED_ERROR_M, Teaching
from geodata.model import LonLat, PointSource
from tests.tracking.office_scene import DOOR, NOW, RESOLVER, SYSTEM, Scene, build_scene, delivery, failure, item_id
from tracking import service
from tracking.door_care import DoorCard, DoorChange
from tracking.model import EventKind, Item, Person, ProofInput, Status

HOME = "145/17/24 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"
NEIGHBOUR = "145/17/9 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh"
TRUE_DOOR = LonLat(lon=106.7009, lat=10.7757)
ELSEWHERE = LonLat(lon=106.7042, lat=10.7741)
CAN_THO = LonLat(lon=105.7852, lat=10.0341)


@pytest.fixture
def scene(database: Any) -> Scene:
    return build_scene(database)


def deliver(scene: Scene, key: UUID, point: LonLat | None = TRUE_DOOR, courier: int = 0, **changes: Any) -> ProofInput:
    at = changes.pop("at", NOW + timedelta(hours=1))
    proof = delivery(key, proof_id=new_id(at), occurred_at=at, point=point, **changes)
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(courier), proof=proof, now=at + timedelta(minutes=1))
    return proof


def taught(scene: Scene, point: LonLat = TRUE_DOOR, address: str = HOME, days: int = 0, **changes: Any) -> UUID:
    """A paper delivered at a point some days later."""
    [key] = scene.out(1, address=address)
    deliver(scene, key, point, at=NOW + timedelta(days=days, hours=1), **changes)
    return key


def arrived(scene: Scene, address: str = HOME, **changes: Any) -> Item:
    """A new paper as it stands after the intake."""
    return scene.item(scene.ready(1, address=address, **changes)[0])


def card(scene: Scene, key: UUID, scope: Scope = SYSTEM, now: datetime = NOW) -> DoorCard:
    with scene.database.reading() as session:
        return service.find_door(session, scope=scope, item_id=key, now=now)


def correct(scene: Scene, key: UUID, point: LonLat, scope: Scope | None = None, now: datetime = NOW) -> DoorChange:
    with scene.database.transaction() as session:
        return service.correct_door(session, scope=scope or scene.dispatcher, item_id=key, point=point, now=now)


def forget(scene: Scene, key: UUID, now: datetime = NOW + timedelta(days=1), **changes: Any) -> DoorChange:
    with scene.database.transaction() as session:
        return service.forget_door(session, scope=scene.dispatcher, item_id=key, resolver=RESOLVER, now=now, **changes)


def test_the_next_paper_goes_to_where_the_last_was_handed_over(scene: Scene) -> None:
    assert arrived(scene).point_source is PointSource.COMMUNE
    taught(scene)
    item = arrived(scene)
    assert item.point_source is PointSource.LEARNED_DOOR
    assert item.point is not None
    assert metres_between(item.point, TRUE_DOOR) < 1
    assert item.error_m is not None
    assert item.error_m <= 30


def test_the_same_house_however_it_is_written(scene: Scene) -> None:
    taught(scene)
    other = arrived(scene, "Số 24 hẻm 145/17 đường Lê Lợi, phường Sài Gòn, TP.HCM", addressee=Person(name="Người khác"))
    assert other.point_source is PointSource.LEARNED_DOOR


def test_a_neighbour_in_the_alley_is_looked_for_there(scene: Scene) -> None:
    taught(scene)
    item = arrived(scene, NEIGHBOUR)
    assert item.point_source is PointSource.LEARNED_DOOR
    assert item.point is not None
    assert metres_between(item.point, TRUE_DOOR) < 1
    assert item.error_m is not None
    assert item.error_m >= 100
    assert arrived(scene, "145/18/9 Lê Lợi, phường Sài Gòn").point_source is PointSource.COMMUNE


def test_a_given_point_is_kept_until_a_person_set_the_door_right(scene: Scene) -> None:
    taught(scene)
    given = arrived(scene, point=ELSEWHERE)
    assert (given.point, given.point_source) == (ELSEWHERE, PointSource.GIVEN)
    correct(scene, given.id, TRUE_DOOR)
    assert arrived(scene, point=ELSEWHERE).point == TRUE_DOOR


@pytest.mark.parametrize(
    "changes",
    [
        {"point": None},
        {"accuracy_m": 400.0},
        {"accuracy_m": None},
        {"position_age_s": 1_800.0},
        {"position_age_s": None},
        {"point": CAN_THO},
    ],
)
def test_a_delivery_without_a_good_fix_teaches_nothing(scene: Scene, changes: dict[str, Any]) -> None:
    [key] = scene.out(1, address=HOME)
    deliver(scene, key, **{"point": TRUE_DOOR} | changes)
    assert card(scene, key).lessons == ()
    assert arrived(scene).point_source is PointSource.COMMUNE


def test_a_failed_attempt_and_a_paper_fetched_at_the_office_teach_nothing(scene: Scene) -> None:
    failed, held = scene.out(2, address=HOME)
    with scene.database.transaction() as session:
        for key, action in ((failed, {}), (held, {"action": "hold", "redelivery_on": None})):
            proof = failure(key, point=TRUE_DOOR, **action)
            service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=2))
    assert scene.item(held).status is Status.HELD
    deliver(scene, held, DOOR, at=NOW + timedelta(hours=3))
    assert card(scene, held).lessons == ()


def test_a_paper_handed_over_at_the_counter_teaches_nothing(scene: Scene) -> None:
    [key] = scene.out(1, address=HOME, point=TRUE_DOOR)
    deliver(scene, key, DOOR)
    assert card(scene, key).lessons == ()


def test_the_same_proof_twice_is_one_lesson(scene: Scene) -> None:
    [key] = scene.out(1, address=HOME)
    proof = deliver(scene, key)
    with scene.database.transaction() as session:
        service.record_proof(session, scope=scene.courier_scope(), proof=proof, now=NOW + timedelta(hours=5))
    assert len(card(scene, key).lessons) == 1


def test_one_bad_fix_among_deliveries_moves_nothing(scene: Scene) -> None:
    for day in range(3):
        taught(scene, days=day)
    taught(scene, ELSEWHERE, days=4)
    item = arrived(scene)
    assert item.point is not None
    assert metres_between(item.point, TRUE_DOOR) < 1


def test_the_card_says_who_taught_it_and_when(scene: Scene) -> None:
    key = taught(scene)
    shown = card(scene, key)
    assert [(one.kind, one.taught_by) for one in shown.lessons] == [(Teaching.DELIVERY, "user:courier0")]
    assert shown.lessons[0].observed_at == NOW + timedelta(hours=1)
    assert shown.household is not None
    assert (shown.household.lessons, shown.household.taught_by) == (1, "user:courier0")
    assert shown.area is not None


@pytest.mark.parametrize("status", ["accepted", "ready", "planned", "out"])
def test_a_correction_moves_every_open_paper_of_the_household(scene: Scene, status: str) -> None:
    key = {"accepted": scene.ready, "ready": scene.ready, "planned": scene.planned, "out": scene.out}[status](
        1, address=HOME
    )[0]
    sibling = arrived(scene)
    before = scene.item(key)
    change = correct(scene, key, TRUE_DOOR)
    assert set(change.moved) == {key, sibling.id}
    for moved in change.moved:
        item = scene.item(moved)
        assert (item.point, item.error_m, item.point_source) == (TRUE_DOOR, CORRECTED_ERROR_M, PointSource.LEARNED_DOOR)
    assert scene.item(key).status is before.status
    with scene.database.reading() as session:
        last = service.item_history(session, scope=SYSTEM, item_id=key)[-1]
    assert (last.kind, last.actor, last.data["by"]) == (EventKind.DOOR_CORRECTED, "user:dispatcher", "office")
    assert "lon" not in str(last.data)
    assert last.data["moved_m"] == round(metres_between(before.point or DOOR, TRUE_DOOR))


def test_a_courier_corrects_what_he_carries_and_nothing_else(scene: Scene) -> None:
    [mine] = scene.out(1, address=HOME)
    change = correct(scene, mine, TRUE_DOOR, scene.courier_scope(0))
    assert change.moved == (mine,)
    with pytest.raises(CodedError) as refused:
        correct(scene, mine, TRUE_DOOR, scene.courier_scope(1))
    assert refused.value.code == "C1000"


def test_a_correction_stays_whatever_deliveries_say(scene: Scene) -> None:
    key = arrived(scene).id
    correct(scene, key, TRUE_DOOR)
    for day in range(1, 5):
        taught(scene, ELSEWHERE, days=day)
    assert arrived(scene).point == TRUE_DOOR
    shown = card(scene, key, now=NOW + timedelta(days=5)).household
    assert shown is not None
    assert shown.disputed


def test_a_pin_abroad_far_away_or_without_a_decided_address_is_refused(scene: Scene) -> None:
    key = arrived(scene).id
    [waiting] = [item_id(answer) for answer in scene.accept(scene.row(address="không rõ ở đâu"))]
    for where, what, code in (
        (key, LonLat(lon=2.35, lat=48.85), "T1012"),
        (key, CAN_THO, "T2302"),
        (waiting, TRUE_DOOR, "T2301"),
    ):
        with pytest.raises(CodedError) as refused:
            correct(scene, where, what)
        assert refused.value.code == code


def test_forgetting_restores_what_was_there_before(scene: Scene) -> None:
    taught(scene)
    first = card(scene, arrived(scene).id)
    key = arrived(scene).id
    change = correct(scene, key, ELSEWHERE, now=NOW + timedelta(hours=3))
    wrong = [one.id for one in change.card.lessons if one.kind is Teaching.CORRECTION]
    back = forget(scene, key, lessons=wrong)
    assert (back.card.household, back.card.area) == (first.household, first.area)
    assert key in back.moved
    moved = scene.item(key).point
    assert moved is not None
    assert metres_between(moved, TRUE_DOOR) < 1
    gone = next(one for one in back.card.lessons if one.id in wrong)
    assert (gone.forgotten_by, gone.forgotten_at) == ("user:dispatcher", NOW + timedelta(days=1))


def test_forgetting_all_pins_open_papers_by_their_text_again_and_can_be_taken_back(scene: Scene) -> None:
    taught(scene)
    item = arrived(scene)
    forgotten = forget(scene, item.id)
    assert forgotten.card.household is None
    assert len(forgotten.card.lessons) == 1
    assert scene.item(item.id).point_source is PointSource.COMMUNE
    assert arrived(scene).point_source is PointSource.COMMUNE
    with scene.database.transaction() as session:
        again = service.recall_door(
            session,
            scope=scene.dispatcher,
            item_id=item.id,
            resolver=RESOLVER,
            forgotten_at=NOW + timedelta(days=1),
            now=NOW + timedelta(days=2),
        )
    assert again.card.household is not None
    assert scene.item(item.id).point == item.point


def test_papers_that_wait_are_pinned_anew_when_the_plan_is_made(scene: Scene) -> None:
    waiting, planned, given = arrived(scene), scene.planned(1, address=HOME)[0], arrived(scene, point=ELSEWHERE)
    taught(scene)
    with scene.database.transaction() as session:
        moved = service.refresh_points(session, scope=SYSTEM, office_id=scene.office.id, now=NOW + timedelta(days=1))
    assert moved == (waiting.id,)
    item = scene.item(waiting.id)
    assert item.point_source is PointSource.LEARNED_DOOR
    assert scene.item(planned).point_source is PointSource.COMMUNE
    assert scene.item(given.id).point == ELSEWHERE
    with scene.database.transaction() as session:
        again = service.refresh_points(session, scope=SYSTEM, office_id=scene.office.id, now=NOW + timedelta(days=1))
    assert again == ()


def test_a_pin_a_person_looked_for_in_the_queue_is_learned(scene: Scene) -> None:
    [key] = [item_id(answer) for answer in scene.accept(scene.row(address="145/17/24 Lê Lợi, không rõ phường"))]
    with scene.database.transaction() as session:
        service.resolve_address(
            session,
            scope=scene.dispatcher,
            item_id=key,
            commune_code=scene.office.commune_codes[0],
            point=TRUE_DOOR,
            now=NOW,
        )
    assert [one.kind for one in card(scene, key).lessons] == [Teaching.CORRECTION]


def test_what_is_kept_names_nobody(scene: Scene) -> None:
    taught(scene)
    with scene.database.reading() as session:
        kept = session.scalars(
            text("SELECT t::text FROM door_observations t UNION ALL SELECT t::text FROM doors t")
        ).all()
    assert len(kept) == 3
    for word in ("Ngọc", "ngoc", "0912345678", "912345678", "Lê Lợi", "leloi", "145/17"):
        assert word not in " ".join(kept)


def test_another_province_learns_nothing_from_it(scene: Scene) -> None:
    key = taught(scene)
    shown = card(scene, key)
    assert shown.household is not None
    with scene.database.reading() as session, pytest.raises(CodedError):
        service.find_door(session, scope=replace(SYSTEM, province_code="01"), item_id=key, now=NOW)
    with scene.database.reading() as session:
        assert set(session.scalars(text("SELECT DISTINCT province_code FROM doors"))) == {"79"}


def test_couriers_and_the_office_at_the_same_moment_do_not_stop_each_other(scene: Scene) -> None:
    first, second = scene.out(1, courier=0, address=HOME)[0], scene.out(1, courier=1, address=HOME)[0]
    begin = threading.Barrier(3)
    failed: list[BaseException] = []

    def run(work: Any) -> None:
        begin.wait(10)
        try:
            work()
        except BaseException as error:  # noqa: BLE001  shown below
            failed.append(error)

    jobs = [
        lambda: deliver(scene, first, courier=0),
        lambda: deliver(scene, second, courier=1),
        lambda: correct(scene, first, ELSEWHERE),
    ]
    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [repr(error) for error in failed] == []
    assert len(card(scene, first).lessons) == 3
    found = arrived(scene).point
    assert found == ELSEWHERE

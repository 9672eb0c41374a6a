"""A courier's day on a real database: a published plan of today with a household of two, money, an appointment."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from api import store
from api.identity import User
from api.roles import Role
from core.clock import local_date, utc_now
from core.db import Database
from core.ids import new_id
from geodata.model import LonLat
from routing import service as routing
from routing.stored import PlanState, StoredPlan
from tests.api.house import PASSWORD, password_hash
from tests.routing.planning_scene import QUICK, Planning, build_planning
from tests.tracking.office_scene import PROVINCE, SYSTEM, Scene
from tracking import service
from tracking.model import Event, Item, Person

LOGIN = "buuta1"
NAMES = ("Nguyễn Thị Bích Ngọc", "Trần Quốc Bảo", "Lê Hoàng Phương Anh", "Đặng Văn Thuận", "Võ Thị Mỹ Duyên")


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierDay:
    """Who works, and what the courier has to bring, in the order of the route. `household` are two items of a door."""

    scene: Scene
    courier_id: UUID
    login: str
    password: str
    household: tuple[UUID, UUID]
    item_ids: tuple[UUID, ...]

    def items(self) -> dict[UUID, Item]:
        """The items as they stand."""
        with self.scene.database.reading() as session:
            return {one: service.find_item(session, scope=SYSTEM, item_id=one) for one in self.item_ids}

    def history(self, item_id: UUID) -> list[Event]:
        """What has happened to an item."""
        with self.scene.database.reading() as session:
            return service.item_history(session, scope=SYSTEM, item_id=item_id)

    def proofs(self, item_id: UUID) -> list[tuple[str, str | None, str | None, int, int]]:
        """Outcome, reason, relation, money and number of stored files of each proof of an item."""
        query = """
            SELECT p.outcome, p.reason, p.relation, p.money_vnd,
                   (SELECT count(*) FROM proof_files f WHERE f.province_code = p.province_code AND f.proof_id = p.id)
            FROM proofs p WHERE p.item_id = :item ORDER BY p.id
        """
        with self.scene.database.reading() as session:
            return [tuple(row) for row in session.execute(text(query), {"item": item_id})]

    def positions(self) -> int:
        """How many positions of the courier are stored."""
        with self.scene.database.reading() as session:
            query = text("SELECT count(*) FROM positions WHERE courier_id = :courier")
            return int(session.execute(query, {"courier": self.courier_id}).scalar_one())


def build_day(database: Database) -> CourierDay:
    """One courier's published plan of today: five doors, the first of them with two papers."""
    planning = build_planning(database)
    scene, now = planning.scene, utc_now()
    ids = _items(planning, now)
    _publish(planning, now)
    courier = scene.couriers[0]
    user = User(
        id=new_id(),
        province_code=PROVINCE,
        login=LOGIN,
        name=courier.name,
        role=Role.COURIER,
        language="vi",
        office_ids=(scene.office.id,),
        courier_id=courier.id,
    )
    with database.transaction() as session:
        store.add_user(session, user, password_hash=password_hash(), now=now)
    return CourierDay(
        scene=scene,
        courier_id=courier.id,
        login=LOGIN,
        password=PASSWORD,
        household=(ids[0], ids[1]),
        item_ids=tuple(ids),
    )


def _items(planning: Planning, now: datetime) -> list[UUID]:
    day = local_date(now)
    ready = {"due_on": day}  # ready since the scene's own past, which is before now whatever day this runs
    home = {
        "addressee": Person(name=NAMES[0], phone="0912345678"),
        "address": "Số 12 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh",
        "point": LonLat(lon=106.7001, lat=10.7741),
    }
    made = planning.scene.ready(1, **ready, **home, state_fee_vnd=50_000, postage_vnd=26_000)
    made += planning.scene.ready(1, **ready, **home)
    for number, name in enumerate(NAMES[1:], 1):
        person = Person(name=name, phone=f"09123456{number}0")
        point = LonLat(lon=106.7001 + 0.004 * number, lat=10.7741 + 0.003 * number)
        made += planning.scene.ready(1, **ready, addressee=person, point=point, in_person=number == 1)
    return made


def _publish(planning: Planning, now: datetime) -> StoredPlan:
    scene, day = planning.scene, local_date(now)
    # Only the first courier rides, so that every item is his.
    alone = replace(QUICK, absent=frozenset({scene.couriers[1].id}))
    plan_id = planning.request(alone, now=now, day=day)
    assert planning.run(plan_id, clock=utc_now) is PlanState.DRAFT
    plan = planning.plan(plan_id)
    assert not plan.unplanned
    with scene.database.transaction() as session:
        routing.publish_plan(session, scope=scene.dispatcher, plan_id=plan_id, version=plan.head.version, now=utc_now())
    return plan

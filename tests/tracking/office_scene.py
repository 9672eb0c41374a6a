"""What tests of tracking share: two offices, three couriers, an agency, a resolver that knows three communes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.clock import local_date
from core.db import Database
from core.ids import new_id
from core.scope import Scope, system_scope
from geodata.model import Candidate, LonLat, PointSource, Resolution, Vintage
from tracking import service
from tracking.handover_values import Tally
from tracking.model import (
    Agency,
    Courier,
    FailureReason,
    Item,
    NextAction,
    Office,
    Person,
    ProofInput,
    ResultRow,
    RowAnswer,
)

PROVINCE = "79"
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam
TODAY = date(2026, 11, 20)
SYSTEM = system_scope(PROVINCE)

SAI_GON, BINH_THANH, UNCOVERED = "26740", "26929", "27637"
DOOR = LonLat(lon=106.7025, lat=10.7799)

_COMMUNES = {
    "phường Sài Gòn": (SAI_GON, DOOR),
    "phường Bình Thạnh": (BINH_THANH, LonLat(lon=106.7049, lat=10.8117)),
    "xã Bình Chánh": (UNCOVERED, LonLat(lon=106.5963, lat=10.6730)),
}


class StreetResolver:
    """Decides an address by the one commune it names; two or none are left to a person."""

    def resolve(
        self,
        text: str,
        *,
        province_code: str | None = None,  # noqa: ARG002  the protocol's
        point: LonLat | None = None,  # noqa: ARG002  the protocol's
    ) -> Resolution:
        named = [candidate_of(name) for name in _COMMUNES if name in text]
        decided = named[0] if len(named) == 1 else None
        reason = "new_name" if decided else "several" if named else "not_found"
        return Resolution(text=text, candidates=tuple(named), decided=decided, reason=reason)


def candidate_of(name: str, province_code: str = PROVINCE) -> Candidate:
    code, point = _COMMUNES[name]
    return Candidate(
        commune_code=code,
        commune_full_name=name,
        province_code=province_code,
        vintage=Vintage.NEW,
        matched=(name,),
        score=1.0,
        reason="new_name",
        point=point,
        error_m=900,
        point_source=PointSource.COMMUNE,
    )


RESOLVER = StreetResolver()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A province small enough to look at. Courier 0 and 1 work at the first office, 2 at the second."""

    database: Database
    office: Office
    other_office: Office
    couriers: tuple[Courier, ...]
    agency: Agency
    serial: list[int] = field(default_factory=lambda: [0])

    def courier_scope(self, number: int = 0) -> Scope:
        """What the courier's phone may see."""
        courier = self.couriers[number]
        return Scope(
            province_code=PROVINCE,
            actor=f"user:courier{number}",
            office_ids=frozenset({courier.office_id}),
            courier_id=courier.id,
        )

    @property
    def dispatcher(self) -> Scope:
        """What the first office's dispatcher may see."""
        return Scope(province_code=PROVINCE, actor="user:dispatcher", office_ids=frozenset({self.office.id}))

    def row(self, **changes: Any) -> ResultRow:
        """A good row with a dossier code of its own."""
        self.serial[0] += 1
        return replace(result_row(self.serial[0]), **changes)

    def accept(self, *rows: ResultRow, scope: Scope = SYSTEM, now: datetime = NOW) -> list[RowAnswer]:
        """Hand rows in, in a transaction of their own."""
        with self.database.transaction() as session:
            return service.accept_results(
                session, scope=scope, agency_id=self.agency.id, rows=rows, resolver=RESOLVER, now=now
            )

    def ready(self, count: int = 1, **changes: Any) -> list[UUID]:
        """READY items of the first office."""
        return [item_id(answer) for answer in self.accept(*(self.row(**changes) for _ in range(count)))]

    def planned(self, count: int = 1, courier: int = 0, **changes: Any) -> list[UUID]:
        """Items planned for a courier."""
        ids = self.ready(count, **changes)
        self.plan(ids, courier)
        return ids

    def plan(self, ids: list[UUID], courier: int = 0, now: datetime = NOW) -> None:
        """Plan items for a courier."""
        assignments = dict.fromkeys(ids, self.couriers[courier].id)
        with self.database.transaction() as session:
            service.mark_planned(
                session, scope=SYSTEM, assignments=assignments, plan_id=new_id(now), on=local_date(now), now=now
            )

    def out(self, count: int = 1, courier: int = 0, **changes: Any) -> list[UUID]:
        """Items in a courier's hands."""
        ids = self.planned(count, courier, **changes)
        self.take_out(ids, courier)
        return ids

    def receive(self, ids: list[UUID], now: datetime = NOW) -> None:
        """The first office signs for items at the agency's desk."""
        office_id, agency_id = self.office.id, self.agency.id
        with self.database.transaction() as session:
            service.receive_from_agency(
                session,
                scope=self.dispatcher,
                office_id=office_id,
                agency_id=agency_id,
                tally=Tally(item_ids=tuple(ids)),
                now=now,
            )

    def take_out(self, ids: list[UUID], courier: int = 0, now: datetime = NOW) -> None:
        """The courier scans items out."""
        scope, courier_id = self.courier_scope(courier), self.couriers[courier].id
        with self.database.transaction() as session:
            service.take_out(session, scope=scope, courier_id=courier_id, item_ids=ids, now=now)

    def hand_back(self, ids: list[UUID], courier: int = 0, now: datetime = NOW) -> None:
        """The courier gives items back."""
        scope, courier_id = self.courier_scope(courier), self.couriers[courier].id
        with self.database.transaction() as session:
            service.hand_back(session, scope=scope, courier_id=courier_id, item_ids=ids, now=now)

    def item(self, key: UUID) -> Item:
        """The item as it stands."""
        with self.database.reading() as session:
            return service.find_item(session, scope=SYSTEM, item_id=key)


def result_row(number: int) -> ResultRow:
    """A good row, each number of another dossier, all of the first office."""
    return ResultRow(
        dossier_code=f"H29.16-261101-{number:04d}",
        procedure="Cấp giấy chứng nhận quyền sử dụng đất",
        addressee=Person(name="Nguyễn Thị Bích Ngọc", phone="0912345678"),
        address=f"Số {number} Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh",
        due_on=date(2026, 11, 25),
        ready_at=NOW - timedelta(hours=20),
    )


def build_scene(database: Database) -> Scene:
    """Write the province."""
    office = _office("700000", "Bưu cục Sài Gòn", SAI_GON)
    other = _office("717000", "Bưu cục Bình Thạnh", BINH_THANH)
    places = (("Trần Văn An", office), ("Lê Thị Bình", office), ("Phạm Văn Cường", other))
    couriers = tuple(Courier(id=new_id(), office_id=at.id, name=name, phone="0987654321") for name, at in places)
    agency = Agency(id=new_id(), code="H29.16", name="Sở Nông nghiệp và Môi trường")
    with database.transaction() as session:
        _save(session, office, other, couriers, agency)
    return Scene(database=database, office=office, other_office=other, couriers=couriers, agency=agency)


def _office(code: str, name: str, commune: str) -> Office:
    return Office(id=new_id(), code=code, name=name, point=DOOR, phone="02838221677", commune_codes=(commune,))


def _save(session: Session, office: Office, other: Office, couriers: tuple[Courier, ...], agency: Agency) -> None:
    for one in (office, other):
        service.save_office(session, scope=SYSTEM, office=one)
    for courier in couriers:
        service.save_courier(session, scope=SYSTEM, courier=courier)
    service.save_agency(session, scope=SYSTEM, agency=agency)


def item_id(answer: RowAnswer) -> UUID:
    """The id of the row's item; the row must have one."""
    assert answer.item_id is not None, answer.problems
    return answer.item_id


def delivery(key: UUID, **changes: Any) -> ProofInput:
    """A plain delivery an hour after `NOW`."""
    at = NOW + timedelta(hours=1)
    good = ProofInput(
        proof_id=new_id(at),
        item_id=key,
        outcome="delivered",
        occurred_at=at,
        recipient_name="Nguyễn Thị Bích Ngọc",
        relation="self",
        point=DOOR,
        accuracy_m=8.0,
        position_age_s=2.0,
        clock_offset_s=0.0,
    )
    return replace(good, **changes)


def failure(key: UUID, **changes: Any) -> ProofInput:
    """A plain failed attempt an hour after `NOW`: absent, again tomorrow."""
    plain = delivery(key, outcome="attempt_failed", recipient_name=None, relation=None)
    again: dict[str, Any] = {
        "reason": FailureReason.ABSENT,
        "action": NextAction.REDELIVER,
        "redelivery_on": TODAY + timedelta(days=1),
    }
    return replace(plain, **again | changes)


_WRITTEN = (
    "items",
    "dossiers",
    "item_dossiers",
    "events",
    "address_queue",
    "proofs",
    "proof_files",
    "handovers",
    "incidents",
    "transfers",
    "round_closings",
    "feedback_messages",
    "item_serials",
)


def snapshot(scene: Scene) -> dict[str, tuple[int, str]]:
    """Everything tracking writes, as it stands: rows and a digest of their content for each table."""
    with scene.database.reading() as session:
        return {table: _digest(session, table) for table in _WRITTEN}


def _digest(session: Session, table: str) -> tuple[int, str]:
    query = f"SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"  # noqa: S608
    row = session.execute(text(query)).one()
    return row[0], row[1]

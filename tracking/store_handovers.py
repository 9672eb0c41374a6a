"""SQL of changes of hands, incidents, transfers and ends of rounds."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Select, Table, Uuid, any_, insert, literal, or_, select, tuple_, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.db import lock_keys, uuids
from core.scope import Scope
from tracking.handover_values import (
    Handover,
    HandoverKind,
    Incident,
    IncidentKind,
    IncidentState,
    RoundClosing,
    Transfer,
    TransferState,
)
from tracking.model import Item, Status
from tracking.store import ITEMS, item_of, select_items
from tracking.tables_custody import ProofRow
from tracking.tables_handovers import HandoverRow, IncidentRow, RoundClosingRow, TransferRow

_HANDOVERS = cast("Table", HandoverRow.__table__)
_INCIDENTS = cast("Table", IncidentRow.__table__)
_TRANSFERS = cast("Table", TransferRow.__table__)
_CLOSINGS = cast("Table", RoundClosingRow.__table__)
_PROOFS = cast("Table", ProofRow.__table__)
_MOST = 200
_INTO_COURIERS_HANDS = (HandoverKind.TAKE_OUT.value, HandoverKind.TRANSFER.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbalanced:
    """A proof that no end of a round has counted yet."""

    proof_id: UUID
    papers: int


def insert_handover(session: Session, province_code: str, handover: Handover) -> None:
    """A change of hands."""
    columns = asdict(handover) | {"item_ids": list(handover.item_ids), "province_code": province_code}
    session.execute(insert(_HANDOVERS), columns)


def handovers_of_courier(session: Session, province_code: str, courier_id: UUID) -> list[Handover]:
    """A courier's changes of hands, newest first, 200 at most."""
    query = select(_HANDOVERS).where(_HANDOVERS.c.province_code == province_code, _HANDOVERS.c.courier_id == courier_id)
    return _newest(session, query)


def handovers_of_office(session: Session, scope: Scope, office_id: UUID, since: datetime) -> list[Handover]:
    """Changes of hands at an office since an instant, newest first, 200 at most."""
    query = select(_HANDOVERS).where(
        _HANDOVERS.c.province_code == scope.province_code,
        _HANDOVERS.c.office_id == office_id,
        _HANDOVERS.c.at >= since,
    )
    return _newest(session, query)


def _newest(session: Session, query: Select[Any]) -> list[Handover]:
    newest = query.order_by(_HANDOVERS.c.at.desc(), _HANDOVERS.c.id.desc()).limit(_MOST)
    return [_handover(row) for row in session.execute(newest)]


def set_out(
    session: Session, province_code: str, courier_ids: Collection[UUID], *, since: datetime, until: datetime
) -> set[UUID]:
    """Those of the couriers who took something out in a time, bounds included."""
    query = select(_HANDOVERS.c.courier_id).where(
        _HANDOVERS.c.province_code == province_code,
        _HANDOVERS.c.courier_id.in_(courier_ids),
        _HANDOVERS.c.kind == HandoverKind.TAKE_OUT.value,
        _HANDOVERS.c.at.between(since, until),
    )
    return set(session.scalars(query.distinct()))


def had_in_hands(session: Session, province_code: str, courier_id: UUID, item_id: UUID) -> bool:
    """Whether the courier ever had the item in hands."""
    query = select(_HANDOVERS.c.id).where(
        _HANDOVERS.c.province_code == province_code,
        _HANDOVERS.c.courier_id == courier_id,
        _HANDOVERS.c.kind.in_(_INTO_COURIERS_HANDS),
        literal(item_id) == any_(_HANDOVERS.c.item_ids),
    )
    return session.scalar(query.limit(1)) is not None


def seals_of(session: Session, province_code: str, items: Collection[Item]) -> list[str | None]:
    """The seals of the bags in which items travel, as they were closed."""
    bagged = {(item.office_id, item.bagged_at) for item in items if item.bagged_at is not None}
    query = select(_HANDOVERS.c.seal).where(
        _HANDOVERS.c.province_code == province_code,
        tuple_(_HANDOVERS.c.office_id, _HANDOVERS.c.at).in_(bagged),
        _HANDOVERS.c.kind == HandoverKind.BAG.value,
        _HANDOVERS.c.item_ids.bool_op("&&")(literal([item.id for item in items], ARRAY(Uuid))),
    )
    return list(session.scalars(query))


def insert_incident(session: Session, province_code: str, incident: Incident) -> None:
    """A difference."""
    session.execute(insert(_INCIDENTS), _listed(asdict(incident), province_code, "missing", "surplus"))


def same_open_incident(session: Session, province_code: str, incident: Incident) -> Incident | None:
    """An open incident that says the same of the same people."""
    query = select(_INCIDENTS).where(
        _INCIDENTS.c.province_code == province_code,
        _INCIDENTS.c.state == IncidentState.OPEN.value,
        _INCIDENTS.c.kind == incident.kind.value,
        _INCIDENTS.c.office_id == incident.office_id,
        _INCIDENTS.c.courier_id.is_not_distinct_from(incident.courier_id),
        _INCIDENTS.c.listed == incident.listed,
        _INCIDENTS.c.counted == incident.counted,
        _INCIDENTS.c.missing == list(incident.missing),
        _INCIDENTS.c.surplus == list(incident.surplus),
        _INCIDENTS.c.seal_expected.is_not_distinct_from(incident.seal_expected),
        _INCIDENTS.c.seal_found.is_not_distinct_from(incident.seal_found),
    )
    row = session.execute(query.order_by(_INCIDENTS.c.id).limit(1)).one_or_none()
    return _incident(row) if row is not None else None


def incidents(session: Session, scope: Scope, *, office_id: UUID | None, open_only: bool) -> list[Incident]:
    """Differences at the offices within reach, newest first, 200 at most."""
    query = select(_INCIDENTS).where(_INCIDENTS.c.province_code == scope.province_code)
    if scope.office_ids is not None:
        query = query.where(_INCIDENTS.c.office_id == uuids(scope.office_ids))
    if office_id is not None:
        query = query.where(_INCIDENTS.c.office_id == office_id)
    if open_only:
        query = query.where(_INCIDENTS.c.state != IncidentState.CLOSED.value)
    newest = query.order_by(_INCIDENTS.c.opened_at.desc(), _INCIDENTS.c.id.desc()).limit(_MOST)
    return [_incident(row) for row in session.execute(newest)]


def lock_incident(session: Session, province_code: str, incident_id: UUID) -> Incident | None:
    """One difference, locked until the transaction ends."""
    query = select(_INCIDENTS).where(_INCIDENTS.c.province_code == province_code, _INCIDENTS.c.id == incident_id)
    row = session.execute(query.with_for_update()).one_or_none()
    return _incident(row) if row is not None else None


def decide_incident(session: Session, province_code: str, incident: Incident) -> None:
    """Its state, explanation and who decided."""
    values = {name: getattr(incident, name) for name in ("state", "explanation", "decided_by", "decided_at")}
    mine = (_INCIDENTS.c.province_code == province_code, _INCIDENTS.c.id == incident.id)
    session.execute(update(_INCIDENTS).where(*mine).values(values))


def insert_transfer(session: Session, province_code: str, transfer: Transfer) -> None:
    """A courier's wish."""
    session.execute(insert(_TRANSFERS), _listed(asdict(transfer), province_code, "item_ids"))


def lock_transfer(session: Session, province_code: str, transfer_id: UUID) -> Transfer | None:
    """A wish by the phone's id, locked until the transaction ends whether or not it stands yet."""
    lock_keys(session, [f"transfer:{province_code}:{transfer_id}"])
    query = select(_TRANSFERS).where(_TRANSFERS.c.province_code == province_code, _TRANSFERS.c.id == transfer_id)
    row = session.execute(query).one_or_none()
    return _transfer(row) if row is not None else None


def decide_transfer(session: Session, province_code: str, transfer: Transfer) -> None:
    """What became of it."""
    values = {name: getattr(transfer, name) for name in ("state", "decided_by", "decided_at")}
    mine = (_TRANSFERS.c.province_code == province_code, _TRANSFERS.c.id == transfer.id)
    session.execute(update(_TRANSFERS).where(*mine).values(values))


def asked_transfers(session: Session, scope: Scope) -> list[Transfer]:
    """Wishes that wait, within reach, oldest first; a courier sees those of which they are a part."""
    query = select(_TRANSFERS).where(
        _TRANSFERS.c.province_code == scope.province_code, _TRANSFERS.c.state == TransferState.ASKED.value
    )
    if scope.office_ids is not None:
        query = query.where(_TRANSFERS.c.office_id == uuids(scope.office_ids))
    if scope.courier_id is not None:
        own = scope.courier_id
        query = query.where(or_(_TRANSFERS.c.from_courier_id == own, _TRANSFERS.c.to_courier_id == own))
    oldest = query.order_by(_TRANSFERS.c.asked_at, _TRANSFERS.c.id).limit(_MOST)
    return [_transfer(row) for row in session.execute(oldest)]


def lock_round(session: Session, province_code: str, courier_id: UUID) -> None:
    """Let one end of a courier's round be counted at a time."""
    lock_keys(session, [f"round:{province_code}:{courier_id}"])


def last_closing(session: Session, province_code: str, courier_id: UUID) -> RoundClosing | None:
    """When the courier's last round ended."""
    query = select(_CLOSINGS).where(_CLOSINGS.c.province_code == province_code, _CLOSINGS.c.courier_id == courier_id)
    row = session.execute(query.order_by(_CLOSINGS.c.closed_at.desc()).limit(1)).one_or_none()
    return _closing(row) if row is not None else None


def insert_closing(session: Session, province_code: str, closing: RoundClosing) -> None:
    """The end of a round."""
    session.execute(insert(_CLOSINGS), asdict(closing) | {"province_code": province_code})


def unbalanced(session: Session, province_code: str, courier_id: UUID, *, lock: bool = False) -> list[Unbalanced]:
    """What a courier has proved and no end of a round has counted yet; `lock` holds it until the transaction ends."""
    query = select(_PROOFS.c.id, _PROOFS.c.papers_taken_back).where(
        _PROOFS.c.province_code == province_code, _PROOFS.c.courier_id == courier_id, _PROOFS.c.round_id.is_(None)
    )
    query = query.order_by(_PROOFS.c.id)
    found = session.execute(query.with_for_update() if lock else query)
    return [Unbalanced(proof_id=row.id, papers=row.papers_taken_back) for row in found]


def balance_proofs(session: Session, province_code: str, proof_ids: Iterable[UUID], round_id: UUID) -> None:
    """Say which end of a round has counted these proofs."""
    mine = (_PROOFS.c.province_code == province_code, _PROOFS.c.id == uuids(proof_ids))
    session.execute(update(_PROOFS).where(*mine).values(round_id=round_id))


def lock_of_agency(session: Session, province_code: str, agency_id: UUID, ids: Iterable[UUID]) -> list[Item]:
    """Items of an agency of whatever office, locked, by id: their papers may lie on any counter of the province."""
    return _locked(session, province_code, ITEMS.c.agency_id == agency_id, ITEMS.c.id == uuids(ids))


def lock_coming(session: Session, province_code: str, office_id: UUID, ids: Iterable[UUID]) -> list[Item]:
    """Items on their way to an office, locked, by id."""
    return _locked(session, province_code, ITEMS.c.to_office_id == office_id, ITEMS.c.id == uuids(ids))


def coming_items(session: Session, province_code: str, office_id: UUID) -> list[Item]:
    """What other offices have put into bags for an office."""
    query = select_items().where(
        ITEMS.c.province_code == province_code, ITEMS.c.to_office_id == office_id, ITEMS.c.bagged_at.is_not(None)
    )
    return [item_of(row) for row in session.execute(query.order_by(ITEMS.c.id))]


def awaited_from_agency(session: Session, province_code: str, office_id: UUID, agency_id: UUID) -> list[Item]:
    """What an agency has announced for an office and no office has received yet."""
    before = [status.value for status in (Status.ACCEPTED, Status.READY, Status.PLANNED)]
    query = select_items().where(
        ITEMS.c.province_code == province_code,
        ITEMS.c.office_id == office_id,
        ITEMS.c.agency_id == agency_id,
        ITEMS.c.leg == "return",
        ITEMS.c.status.in_(before),
        ITEMS.c.received_at.is_(None),
        ITEMS.c.out_at.is_(None),
    )
    return [item_of(row) for row in session.execute(query.order_by(ITEMS.c.due_on, ITEMS.c.id).limit(1000))]


def item_of_code(session: Session, province_code: str, code: str) -> Item | None:
    """The item of a scanned code."""
    query = select_items().where(ITEMS.c.province_code == province_code, ITEMS.c.item_code == code)
    row = session.execute(query).one_or_none()
    return item_of(row) if row is not None else None


def _locked(session: Session, province_code: str, *where: Any) -> list[Item]:
    query = select_items().where(ITEMS.c.province_code == province_code, *where).order_by(ITEMS.c.id)
    return [item_of(row) for row in session.execute(query.with_for_update(of=ITEMS))]


def _listed(columns: dict[str, Any], province_code: str, *names: str) -> dict[str, Any]:
    return columns | {name: list(columns[name]) for name in names} | {"province_code": province_code}


def _own(row: Row[Any], *names: str) -> dict[str, Any]:
    columns = row._asdict()
    columns.pop("province_code")
    return columns | {name: tuple(columns[name]) for name in names}


def _handover(row: Row[Any]) -> Handover:
    return Handover(**_own(row, "item_ids") | {"kind": HandoverKind(row.kind)})


def _incident(row: Row[Any]) -> Incident:
    kinds = {"kind": IncidentKind(row.kind), "state": IncidentState(row.state)}
    return Incident(**_own(row, "missing", "surplus") | kinds)


def _transfer(row: Row[Any]) -> Transfer:
    return Transfer(**_own(row, "item_ids") | {"state": TransferState(row.state)})


def _closing(row: Row[Any]) -> RoundClosing:
    return RoundClosing(**_own(row))

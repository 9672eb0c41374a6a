"""SQL of items: reading within a scope, locking, inserting, the guarded update."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Table,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select, Update

from core.db import insert_rows, uuids, uuids_later
from core.scope import Scope
from geodata.model import LonLat, PointSource
from tracking.model import Item, Person, Status, Window
from tracking.pauses import pauses_from
from tracking.tables import DossierRow, ItemDossierRow, ItemRow

ITEMS = cast("Table", ItemRow.__table__)
_DOSSIERS = cast("Table", DossierRow.__table__)
_CARRIED = cast("Table", ItemDossierRow.__table__)

DOSSIER_CODES = (
    select(func.array_agg(aggregate_order_by(_DOSSIERS.c.dossier_code, _DOSSIERS.c.dossier_code)))
    .join_from(
        _CARRIED,
        _DOSSIERS,
        and_(_DOSSIERS.c.province_code == _CARRIED.c.province_code, _DOSSIERS.c.id == _CARRIED.c.dossier_id),
    )
    .where(_CARRIED.c.province_code == ITEMS.c.province_code, _CARRIED.c.item_id == ITEMS.c.id)
    .correlate(ITEMS)
    .scalar_subquery()
    .label("dossier_codes")
)


def carries_code(part: str) -> ColumnElement[bool]:
    """Whether an item's own code or that of a dossier it carries has this part; `part` is in lower case."""
    carried = (
        select(_CARRIED.c.item_id)
        .join_from(
            _CARRIED,
            _DOSSIERS,
            and_(_DOSSIERS.c.province_code == _CARRIED.c.province_code, _DOSSIERS.c.id == _CARRIED.c.dossier_id),
        )
        .where(
            _CARRIED.c.province_code == ITEMS.c.province_code,
            _CARRIED.c.item_id == ITEMS.c.id,
            func.lower(_DOSSIERS.c.dossier_code).contains(part, autoescape=True),
        )
        .correlate(ITEMS)
    )
    return or_(func.lower(ITEMS.c.item_code).contains(part, autoescape=True), carried.exists())


def in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions that keep items outside a caller's reach out of every answer."""
    where: list[ColumnElement[bool]] = [ITEMS.c.province_code == scope.province_code]
    if scope.office_ids is not None:
        where.append(ITEMS.c.office_id == uuids(scope.office_ids))
    if scope.agency_id is not None:
        where.append(ITEMS.c.agency_id == scope.agency_id)
    if scope.courier_id is not None:
        where.append(
            or_(ITEMS.c.courier_id == scope.courier_id, ITEMS.c.holder_courier_id == scope.courier_id),
        )
    return where


def select_items() -> Select[Any]:
    """Every column of items and the codes of the dossiers they carry; rows go through `item_of`."""
    return select(*ITEMS.c, DOSSIER_CODES)


# Built once: every proof, every photo and every event asks these.
_ANY = select_items().where(ITEMS.c.province_code == bindparam("province"), ITEMS.c.id == uuids_later("items"))
_ANY_LOCKED = _ANY.order_by(ITEMS.c.id).with_for_update(of=ITEMS)


def items_by_id(session: Session, scope: Scope, ids: Iterable[UUID]) -> dict[UUID, Item]:
    """The items among `ids` that the scope may see."""
    found = session.execute(select_items().where(*in_scope(scope), ITEMS.c.id == uuids(ids)))
    return {row.id: item_of(row) for row in found}


def lock_items(session: Session, scope: Scope, ids: Iterable[UUID]) -> dict[UUID, Item]:
    """The same with a row lock until the transaction ends; in order of id, so two writers cannot deadlock."""
    query = select_items().where(*in_scope(scope), ITEMS.c.id == uuids(ids)).order_by(ITEMS.c.id)
    return {row.id: item_of(row) for row in session.execute(query.with_for_update(of=ITEMS))}


def lock_any_items(session: Session, province_code: str, ids: Iterable[UUID]) -> dict[UUID, Item]:
    """Items of the province whoever asks, under a row lock, in order of id: the caller must check what the asker may
    do with them.
    """
    found = session.execute(_ANY_LOCKED, {"province": province_code, "items": list(ids)})
    return {row.id: item_of(row) for row in found}


def lock_any_item(session: Session, province_code: str, item_id: UUID) -> Item | None:
    """One of them."""
    return lock_any_items(session, province_code, [item_id]).get(item_id)


def find_any_item(session: Session, province_code: str, item_id: UUID) -> Item | None:
    """One item of the province without the lock."""
    return find_any_items(session, province_code, [item_id]).get(item_id)


def find_any_items(session: Session, province_code: str, ids: Iterable[UUID]) -> dict[UUID, Item]:
    """The same without the lock."""
    found = session.execute(_ANY, {"province": province_code, "items": list(ids)})
    return {row.id: item_of(row) for row in found}


def insert_items(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """New items with where their chain stands already."""
    insert_rows(session, ITEMS, rows)


def update_items(session: Session, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> int:
    """Set `columns` of items whose event_seq is still `expected`; returns how many were.

    Each row has `key_province`, `key_id`, `expected` and the columns.
    """
    keys = ("key_province", "key_id", "expected")
    values = [{k: row[k] for k in keys} | {f"new_{name}": row[name] for name in columns} for row in rows]
    return int(session.connection().execute(_setting(tuple(columns)), values).rowcount)


@lru_cache(maxsize=64)
def _setting(columns: tuple[str, ...]) -> Update:
    """Built once for each set of columns: there are as many as there are kinds of moves."""
    return (
        update(ITEMS)
        .where(
            ITEMS.c.province_code == bindparam("key_province"),
            ITEMS.c.id == bindparam("key_id"),
            ITEMS.c.event_seq == bindparam("expected"),
        )
        .values({name: bindparam(f"new_{name}") for name in columns})
    )


def item_of(row: Row[Any]) -> Item:
    """The domain value of a row of `select_items`."""
    return item_from(row._asdict())


def item_from(columns: Mapping[str, Any]) -> Item:
    """The domain value of an item's columns and its `dossier_codes`."""
    row = SimpleNamespace(**columns)
    return Item(
        province_code=row.province_code,
        id=row.id,
        item_code=row.item_code,
        tracking_code=row.tracking_code,
        office_id=row.office_id,
        agency_id=row.agency_id,
        dossier_codes=tuple(row.dossier_codes or ()),
        procedure=row.procedure,
        leg=row.leg,
        status=Status(row.status),
        attempts=row.attempts,
        addressee=Person(name=row.addressee_name, phone=row.addressee_phone),
        address=row.address,
        commune_code=row.commune_code,
        point=point_of(row.lon, row.lat),
        error_m=row.error_m,
        point_source=PointSource(row.point_source) if row.point_source else None,
        household_key=row.household_key,
        due_on=row.due_on,
        ready_at=row.ready_at,
        not_before_on=row.not_before_on,
        weight_g=row.weight_g,
        papers=row.papers,
        state_fee_vnd=row.state_fee_vnd,
        postage_vnd=row.postage_vnd,
        in_person=row.in_person,
        window=_window(row),
        plan_id=row.plan_id,
        courier_id=row.courier_id,
        holder_courier_id=row.holder_courier_id,
        out_at=row.out_at,
        last_attempt_at=row.last_attempt_at,
        last_attempt_id=row.last_attempt_id,
        received_at=row.received_at,
        to_office_id=row.to_office_id,
        bagged_at=row.bagged_at,
        recalled_at=row.recalled_at,
        handed_over_at=row.handed_over_at,
        invitations=row.invitations,
        invited_on=row.invited_on,
        pauses=pauses_from(row.pauses),
        event_seq=row.event_seq,
        last_hash=row.last_hash,
        created_at=row.created_at,
    )


def point_of(lon: float | None, lat: float | None) -> LonLat | None:
    """A point from its two columns, or None."""
    return None if lon is None or lat is None else LonLat(lon=lon, lat=lat)


def _window(row: SimpleNamespace) -> Window | None:
    if row.window_start_at is None:
        return None
    return Window(start_at=row.window_start_at, end_at=row.window_end_at)

"""Writing what the intake decided: new items with their first events, and changed ones, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import fail
from core.ids import make_s10, new_id, new_tracking_code
from core.scope import Scope
from tracking import events, fields, store, store_intake, store_notification_settings, store_offices
from tracking.canonical import plain
from tracking.errors import SERIALS_USED_UP
from tracking.events import Draft
from tracking.intake_checks import CheckedRow
from tracking.model import GENESIS_HASH, EventKind, Item, ResultRow, Status
from tracking.placing import Place, household_key_of
from tracking.store_intake import Key, KnownDossier

Placed = tuple[CheckedRow, Place]

# S10 leaves 8 digits of serial: two for the province, six to count, and the second letter of the service indicator
# counts on, so a code is used once in the country. 26 letters are 26 million items a province.
_PER_LETTER = 1_000_000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_BEFORE_ANY_EVENT: dict[str, Any] = {
    "status": Status.ACCEPTED.value,
    "attempts": 0,
    "event_seq": 0,
    "last_hash": GENESIS_HASH,
    "not_before_on": None,
    "plan_id": None,
    "courier_id": None,
    "holder_courier_id": None,
    "out_at": None,
    "last_attempt_at": None,
    "last_attempt_id": None,
    "received_at": None,
    "to_office_id": None,
    "bagged_at": None,
    "recalled_at": None,
    "handed_over_at": None,
    "invitations": 0,
    "invited_on": None,
    "pauses": [],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New content for an item that has not gone out. `place` None: the address stayed as it was."""

    checked: CheckedRow
    item: Item
    dossier_id: UUID
    place: Place | None


def create(
    session: Session,
    scope: Scope,
    agency_id: UUID,
    placed: Sequence[Placed],
    known: Mapping[Key, KnownDossier],
    now: datetime,
) -> list[Item]:
    """Items, dossiers, events, feedback and queue entries of new rows; a dossier that is known gets one more item.

    Returns the items as they were before their first event, one for each row.
    """
    if not placed:
        return []
    serials = store_offices.take_serials(session, scope.province_code, len(placed))
    rows = [
        _item_columns(scope.province_code, agency_id, row, place, serial, now)
        for (row, place), serial in zip(placed, serials, strict=True)
    ]
    items = [_unborn(columns, row.row) for columns, (row, _) in zip(rows, placed, strict=True)]
    drafts = [d for item, (row, place) in zip(items, placed, strict=True) for d in _first_events(item, row, place, now)]
    linked, heads = events.chain_new(drafts, now=now, actor=scope.actor)
    store.insert_items(session, [columns | heads[columns["id"]] for columns in rows])
    _write_dossiers(session, agency_id, placed, items, known, now)
    _queue(session, [(item, place) for item, (_, place) in zip(items, placed, strict=True)], now)
    events.publish(session, linked, [draft.item for draft in drafts])
    emails = {item.id: row.row.email for item, (row, _) in zip(items, placed, strict=True) if row.row.email}
    store_notification_settings.put_emails(session, scope.province_code, emails, now=now)
    return items


def change(session: Session, scope: Scope, changes: Sequence[Change], now: datetime) -> None:
    """Write changed rows: item columns, dossier, events, queue."""
    if not changes:
        return
    drafts = [draft for one in changes for draft in _change_events(one, now)]
    events.record_events(session, drafts, now=now, actor=scope.actor)
    dossiers = [_dossier_change(one.checked, one.item.province_code, one.dossier_id, now) for one in changes]
    store_intake.update_dossiers(session, dossiers)
    emails = {one.item.id: one.checked.row.email for one in changes}
    store_notification_settings.put_emails(session, scope.province_code, emails, now=now)
    moved = [(one.item, one.place) for one in changes if one.place is not None]
    settled = [item.id for item, place in moved if place.commune_code]
    store_intake.close_addresses(session, scope.province_code, settled, at=now, by=scope.actor)
    _queue(session, moved, now)


def note_receipts(
    session: Session,
    province_code: str,
    rows: Sequence[CheckedRow],
    known: Mapping[Key, KnownDossier],
    now: datetime,
) -> None:
    """Write the receipt codes of known dossiers."""
    changes = [_dossier_change(row, province_code, known[row.key].dossier_id, now) for row in rows]
    store_intake.update_dossiers(session, changes)


def is_moved(item: Item, row: ResultRow) -> bool:
    """Whether the row's destination differs from the item's."""
    return row.address != item.address or (row.point is not None and row.point != item.point)


def item_code_of(province_code: str, serial: int) -> str:
    """The S10 code of a province's serial (from 1).

    Raises:
        CodedError: T1020 beyond 26 million.
    """
    letter, count = divmod(serial, _PER_LETTER)
    if letter >= len(_LETTERS):
        raise fail(SERIALS_USED_UP, province=province_code)
    return make_s10(f"R{_LETTERS[letter]}", int(province_code) * _PER_LETTER + count)


def _item_columns(
    province_code: str, agency_id: UUID, checked: CheckedRow, place: Place, serial: int, now: datetime
) -> dict[str, Any]:
    code = checked.row.item_code or item_code_of(province_code, serial)
    return (
        {
            "province_code": province_code,
            "id": new_id(now),
            "item_code": code,
            "tracking_code": new_tracking_code(),
            "agency_id": agency_id,
            "leg": checked.row.leg,
            "created_at": now,
        }
        | _BEFORE_ANY_EVENT
        | _row_columns(checked.row, code)
        | place.columns()
    )


def _row_columns(row: ResultRow, item_code: str) -> dict[str, Any]:
    """The columns of an item that an agency may change while the item is still here."""
    searched = (row.addressee.name, row.addressee.phone, row.dossier_code, item_code)
    return {
        "procedure": row.procedure,
        "addressee_name": row.addressee.name,
        "addressee_phone": row.addressee.phone,
        "address": row.address,
        "search_text": fields.folded(" ".join(searched)),
        "due_on": row.due_on,
        "ready_at": row.ready_at,
        "weight_g": row.weight_g,
        "papers": row.papers,
        "state_fee_vnd": row.state_fee_vnd,
        "postage_vnd": row.postage_vnd or 0,
        "in_person": row.in_person,
        "window_start_at": row.window.start_at if row.window else None,
        "window_end_at": row.window.end_at if row.window else None,
    }


def _unborn(columns: dict[str, Any], row: ResultRow) -> Item:
    """The item before its first event, as events and feedback need it."""
    return store.item_from(columns | {"dossier_codes": (row.dossier_code,)})


def _first_events(item: Item, checked: CheckedRow, place: Place, now: datetime) -> Iterator[Draft]:
    accepted = {
        "agency_id": str(item.agency_id),
        "dossier_codes": list(item.dossier_codes),
        "item_code": item.item_code,
        "leg": item.leg,
        "due_on": item.due_on.isoformat(),
        "ready_at": item.ready_at.isoformat(),
        "weight_g": item.weight_g,
        "papers": item.papers,
        "state_fee_vnd": item.state_fee_vnd,
        "postage_vnd": item.postage_vnd,
        "in_person": item.in_person,
        "row_digest": checked.digest,
    }
    accepted |= {"postage": checked.postage} if checked.postage else {}
    yield Draft(item=item, kind=EventKind.RESULT_ACCEPTED, occurred_at=now, data=accepted)
    if place.commune_code:
        yield Draft(item=item, kind=EventKind.ITEM_READY, occurred_at=now, data=_place_data(place))
    else:
        yield Draft(item=item, kind=EventKind.ADDRESS_QUESTIONED, occurred_at=now, data={"cause": place.reason})


def _change_events(change: Change, now: datetime) -> Iterator[Draft]:
    """What a change comes to: off the plan when the visit changes, the new content, then the new place."""
    item, row, place = change.item, change.checked.row, change.place
    columns = _row_columns(row, item.item_code) | (place.columns() if place else {})
    if item.status is Status.WITHDRAWN:
        columns["recalled_at"] = None
    if item.commune_code and place is None:
        columns["household_key"] = household_key_of(row, item.commune_code)
    is_visit_changed = place is not None or row.window != item.window
    if item.status is Status.PLANNED and is_visit_changed:
        off_plan = {"plan_id": None, "courier_id": None}
        yield Draft(item=item, kind=EventKind.ITEM_UNPLANNED, occurred_at=now, changes=off_plan)
    dates = {"due_on": row.due_on and row.due_on.isoformat(), "ready_at": row.ready_at and row.ready_at.isoformat()}
    data: dict[str, Any] = {"changed": changed_fields(item, row), **dates}
    data |= {"row_digest": change.checked.digest} | (_place_data(place) if place else {})
    data |= {"postage": change.checked.postage} if change.checked.postage else {}
    yield Draft(item=item, kind=EventKind.RESULT_UPDATED, occurred_at=now, data=data, changes=columns)
    if place is None:
        return
    if place.commune_code is None:
        yield Draft(item=item, kind=EventKind.ADDRESS_QUESTIONED, occurred_at=now, data={"cause": place.reason})
    elif item.status in (Status.ACCEPTED, Status.WITHDRAWN):
        yield Draft(item=item, kind=EventKind.ITEM_READY, occurred_at=now, data=_place_data(place))


def changed_fields(item: Item, row: ResultRow) -> list[str]:
    """Names of what changed, never the values: the chain holds no personal data."""
    pairs = {
        "procedure": (item.procedure, row.procedure),
        "addressee": (item.addressee, row.addressee),
        "address": (item.address, row.address),
        "due_on": (item.due_on, row.due_on),
        "ready_at": (item.ready_at, row.ready_at),
        "weight_g": (item.weight_g, row.weight_g),
        "papers": (item.papers, row.papers),
        "state_fee_vnd": (item.state_fee_vnd, row.state_fee_vnd),
        "postage_vnd": (item.postage_vnd, row.postage_vnd or 0),
        "in_person": (item.in_person, row.in_person),
        "window": (item.window, row.window),
    }
    return [name for name, (before, after) in pairs.items() if before != after]


def _place_data(place: Place) -> dict[str, Any]:
    source = place.point_source.value if place.point_source else None
    return {"commune_code": place.commune_code, "point_source": source, "error_m": plain(place.error_m)}


def _write_dossiers(
    session: Session,
    agency_id: UUID,
    placed: Sequence[Placed],
    items: Sequence[Item],
    known: Mapping[Key, KnownDossier],
    now: datetime,
) -> None:
    fresh, changed, links = [], [], []
    for (checked, _), item in zip(placed, items, strict=True):
        before = known.get(checked.key)
        dossier_id = new_id(now) if before is None else before.dossier_id
        if before is None:
            times = {"created_at": now, "updated_at": now}
            own = {"agency_id": agency_id, "dossier_code": checked.row.dossier_code, "leg": checked.row.leg}
            key = {"province_code": item.province_code, "id": dossier_id}
            fresh.append(key | own | times | _dossier_content(checked))
        else:
            changed.append(_dossier_change(checked, item.province_code, dossier_id, now))
        links.append({"province_code": item.province_code, "item_id": item.id, "dossier_id": dossier_id})
    store_intake.insert_dossiers(session, fresh, links)
    store_intake.update_dossiers(session, changed)


def _dossier_change(checked: CheckedRow, province_code: str, dossier_id: UUID, now: datetime) -> dict[str, Any]:
    key = {"key_province": province_code, "key_id": dossier_id}
    return key | {"updated_at": now} | _dossier_content(checked)


def _dossier_content(checked: CheckedRow) -> dict[str, Any]:
    row = checked.row
    return {
        "procedure": row.procedure,
        "due_on": row.due_on,
        "ready_at": row.ready_at,
        "digest": checked.digest,
        "receipt_code": row.receipt_code,
    }


def _queue(session: Session, placed: Sequence[tuple[Item, Place]], now: datetime) -> None:
    rows = [
        {
            "province_code": item.province_code,
            "item_id": item.id,
            "address": item.address,
            "reason": place.reason,
            "candidates": list(place.candidates),
            "created_at": now,
        }
        for item, place in placed
        if place.commune_code is None
    ]
    store_intake.queue_addresses(session, rows)

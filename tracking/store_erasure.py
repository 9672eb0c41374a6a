"""SQL of the erasure of personal data: what is due, what is held, what goes, and which files wait to be deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Table,
    Uuid,
    and_,
    any_,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from core.clock import local_date
from core.db import uuids
from core.ids import floor_id
from tracking.handover_values import IncidentState
from tracking.lifecycle import CLOSED
from tracking.model import Item
from tracking.records import PERSONAL
from tracking.store import ITEMS, item_of, select_items
from tracking.store_events import EVENTS
from tracking.store_voices import complaint_holds
from tracking.tables import AddressQueueRow, DossierRow, ItemDossierRow
from tracking.tables_custody import ProofFileRow, ProofRow
from tracking.tables_erasure import ErasureRow
from tracking.tables_handovers import HandoverRow, IncidentRow, RoundClosingRow
from tracking.tables_notifications import NotificationEmailRow, NotificationItemRow, NotificationRow

_PROOFS = cast("Table", ProofRow.__table__)
_FILES = cast("Table", ProofFileRow.__table__)
_ERASURES = cast("Table", ErasureRow.__table__)
_QUEUE = cast("Table", AddressQueueRow.__table__)
_DOSSIERS = cast("Table", DossierRow.__table__)
_CARRIED = cast("Table", ItemDossierRow.__table__)
_INCIDENTS = cast("Table", IncidentRow.__table__)
_HANDOVERS = cast("Table", HandoverRow.__table__)
_CLOSINGS = cast("Table", RoundClosingRow.__table__)
_MESSAGES = cast("Table", NotificationRow.__table__)
_TOLD = cast("Table", NotificationItemRow.__table__)
_EMAILS = cast("Table", NotificationEmailRow.__table__)


def lock_due(session: Session, *, before: datetime, closed_before: datetime, most: int) -> list[Item]:
    """Items that ended, and were promised, before an instant, and that nothing holds; locked, those others lock left
    out.
    """
    later = exists().where(
        EVENTS.c.province_code == ITEMS.c.province_code,
        EVENTS.c.item_id == ITEMS.c.id,
        # Ids are made at the moment of recording: only the newest partitions are looked into.
        EVENTS.c.id >= floor_id(before),
    )
    query = select_items().where(
        ITEMS.c.status.in_(sorted(status.value for status in CLOSED)),
        ITEMS.c.due_on < local_date(before),
        ITEMS.c.addressee_name != "",
        ~later,
        ~complaint_holds(ITEMS.c.province_code, ITEMS.c.id, closed_before),
        ~_incident_holds(),
        ~_money_holds(),
    )
    found = session.execute(query.order_by(ITEMS.c.id).limit(most).with_for_update(of=ITEMS, skip_locked=True))
    return [item_of(row) for row in found]


def _incident_holds() -> ColumnElement[bool]:
    """A search is open in which the paper has a part: it is missing, or changed hands in that act."""
    same_act = and_(
        _HANDOVERS.c.province_code == _INCIDENTS.c.province_code, _HANDOVERS.c.id == _INCIDENTS.c.handover_id
    )
    return (
        select(_INCIDENTS.c.id)
        .join_from(_INCIDENTS, _HANDOVERS, same_act, isouter=True)
        .where(
            _INCIDENTS.c.province_code == ITEMS.c.province_code,
            _INCIDENTS.c.state != IncidentState.CLOSED.value,
            or_(ITEMS.c.id == any_(_INCIDENTS.c.missing), ITEMS.c.id == any_(_HANDOVERS.c.item_ids)),
        )
        .exists()
    )


def _money_holds() -> ColumnElement[bool]:
    """What was collected for the paper was never counted, or was counted in a round whose difference is open."""
    of_round = and_(_CLOSINGS.c.province_code == _PROOFS.c.province_code, _CLOSINGS.c.id == _PROOFS.c.round_id)
    open_difference = exists().where(
        _INCIDENTS.c.province_code == _CLOSINGS.c.province_code,
        _INCIDENTS.c.courier_id == _CLOSINGS.c.courier_id,
        _INCIDENTS.c.opened_at == _CLOSINGS.c.closed_at,
        _INCIDENTS.c.state != IncidentState.CLOSED.value,
    )
    return (
        select(_PROOFS.c.id)
        .join_from(_PROOFS, _CLOSINGS, of_round, isouter=True)
        .where(
            _PROOFS.c.province_code == ITEMS.c.province_code,
            _PROOFS.c.item_id == ITEMS.c.id,
            or_(and_(_PROOFS.c.round_id.is_(None), _PROOFS.c.money_vnd > 0), open_difference),
        )
        .exists()
    )


def claimed_files(session: Session, province_code: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[str]]]:
    """The hashes of the files of each proof of these items: item, proof, hashes."""
    query = select(_PROOFS.c.item_id, _PROOFS.c.id, _PROOFS.c.files).where(
        _PROOFS.c.province_code == province_code, _PROOFS.c.item_id == uuids(ids)
    )
    found: dict[UUID, dict[str, list[str]]] = {}
    for row in session.execute(query.order_by(_PROOFS.c.id)):
        found.setdefault(row.item_id, {})[str(row.id)] = sorted(claim["sha256"] for claim in row.files)
    return found


def erase_beside(session: Session, province_code: str, ids: Sequence[UUID], *, at: datetime) -> None:
    """Empty what other tables hold of the people of these items, whose own columns are empty already; their files
    wait to be deleted.
    """
    mine = uuids(ids)
    proofs = update(_PROOFS).where(_PROOFS.c.province_code == province_code, _PROOFS.c.item_id == mine)
    session.execute(proofs.values(dict.fromkeys((*PERSONAL, "personal_salt"))))
    session.execute(delete(_QUEUE).where(_QUEUE.c.province_code == province_code, _QUEUE.c.item_id == mine))
    session.execute(delete(_EMAILS).where(_EMAILS.c.province_code == province_code, _EMAILS.c.item_id == mine))
    told = select(_TOLD.c.notification_id).where(_TOLD.c.province_code == province_code, _TOLD.c.item_id == mine)
    messages = update(_MESSAGES).where(_MESSAGES.c.province_code == province_code, _MESSAGES.c.id.in_(told))
    session.execute(messages.where(_MESSAGES.c.settled_at.is_not(None)).values(address=None, words=None))
    session.execute(_digests(province_code, mine))
    session.execute(_counterparts(province_code, ids))
    session.execute(delete(_ERASURES).where(_ERASURES.c.province_code == province_code, _ERASURES.c.item_id == mine))
    rows = [{"province_code": province_code, "item_id": key, "erased_at": at} for key in ids]
    session.execute(insert(_ERASURES), rows)


def _counterparts(province_code: str, ids: Sequence[UUID]) -> Any:
    """Who signed for these papers at the other side, unless a younger paper changed hands in the same act."""
    younger = exists().where(
        ITEMS.c.province_code == _HANDOVERS.c.province_code,
        ITEMS.c.id == any_(_HANDOVERS.c.item_ids),
        ITEMS.c.addressee_name != "",
    )
    acts = update(_HANDOVERS).where(
        _HANDOVERS.c.province_code == province_code,
        _HANDOVERS.c.counterpart.is_not(None),
        _HANDOVERS.c.item_ids.op("&&", is_comparison=True)(cast_to(list(ids), ARRAY(Uuid))),
        ~younger,
    )
    return acts.values(counterpart=None)


def _digests(province_code: str, mine: ColumnElement[Any]) -> Any:
    """A digest of what an agency handed in could be guessed from; one that a younger item still needs stays."""
    carried = select(_CARRIED.c.dossier_id).where(_CARRIED.c.province_code == province_code, _CARRIED.c.item_id == mine)
    same = and_(ITEMS.c.province_code == _CARRIED.c.province_code, ITEMS.c.id == _CARRIED.c.item_id)
    younger = (
        select(literal(1))
        .select_from(_CARRIED.join(ITEMS, same))
        .where(
            _CARRIED.c.province_code == _DOSSIERS.c.province_code,
            _CARRIED.c.dossier_id == _DOSSIERS.c.id,
            ITEMS.c.addressee_name != "",
        )
        .correlate(_DOSSIERS)
        .exists()
    )
    mine_only = update(_DOSSIERS).where(_DOSSIERS.c.province_code == province_code, _DOSSIERS.c.id.in_(carried))
    return mine_only.where(~younger).values(digest="")


def files_to_delete(session: Session, *, most: int) -> tuple[list[tuple[str, UUID]], list[str]]:
    """Erased items whose files still lie there, locked, and the keys of those files."""
    waiting = select(_ERASURES.c.province_code, _ERASURES.c.item_id).where(_ERASURES.c.files_gone_at.is_(None))
    found = [
        (row.province_code, row.item_id)
        for row in session.execute(
            waiting.order_by(_ERASURES.c.erased_at).limit(most).with_for_update(skip_locked=True)
        )
    ]
    of_proof = and_(_PROOFS.c.province_code == _FILES.c.province_code, _PROOFS.c.id == _FILES.c.proof_id)
    keys = select(_FILES.c.blob_key).join_from(_FILES, _PROOFS, of_proof)
    return found, list(session.scalars(keys.where(_PROOFS.c.item_id == uuids(key for _, key in found))))


def note_deleted(session: Session, items: Sequence[tuple[str, UUID]], *, at: datetime) -> None:
    """The files of these items lie there no more."""
    gone = update(_ERASURES).where(_ERASURES.c.item_id == uuids(key for _, key in items))
    session.execute(gone.values(files_gone_at=at))

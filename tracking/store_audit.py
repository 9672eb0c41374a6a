"""SQL of the audit: everything of a province, item by item, as the database has it, in bounded memory."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, select, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from core.db import uuids
from tracking.store_events import EVENTS
from tracking.tables import ItemRow
from tracking.tables_custody import ProofFileRow, ProofRow
from tracking.tables_roots import RootLeafRow

_ITEMS = cast("Table", ItemRow.__table__)
_PROOFS = cast("Table", ProofRow.__table__)
_FILES = cast("Table", ProofFileRow.__table__)
_LEAVES = cast("Table", RootLeafRow.__table__)
_PAGE = 1000
_CLOCKS = ("leg", "due_on", "commune_code", "handed_over_at", "pauses")


@dataclass(slots=True)
class Dossier:
    """Everything that is kept of one item, as rows. `files` of its proofs by proof; `leaves` of its chain by seq."""

    item: Row[Any]
    events: list[Row[Any]] = field(default_factory=list)
    proofs: list[dict[str, Any]] = field(default_factory=list)
    files: dict[UUID, list[dict[str, Any]]] = field(default_factory=dict)
    leaves: list[Row[Any]] = field(default_factory=list)


def dossiers(session: Session, province_code: str) -> Iterator[Dossier]:
    """Every item of a province with all that belongs to it."""
    last = UUID(int=0)
    while page := _page(session, province_code, last):
        last = page[-1].id
        found = {item.id: Dossier(item) for item in page}
        mine = uuids(found)
        order = (EVENTS.c.item_id, EVENTS.c.seq, EVENTS.c.id)
        in_chain = (EVENTS.c.province_code == province_code) & (EVENTS.c.item_id == mine)
        for event in session.execute(select(EVENTS).where(in_chain).order_by(*order)).all():
            found[event.item_id].events.append(event)
        said = (_PROOFS.c.province_code == province_code) & (_PROOFS.c.item_id == mine)
        owners: dict[UUID, UUID] = {}
        for proof in session.execute(select(_PROOFS).where(said).order_by(_PROOFS.c.id)).all():
            found[proof.item_id].proofs.append(proof._asdict())
            owners[proof.id] = proof.item_id
        for proof_id, files in _files(session, province_code, owners).items():
            found[owners[proof_id]].files[proof_id] = files
        rooted = (_LEAVES.c.province_code == province_code) & (_LEAVES.c.subject == mine) & (_LEAVES.c.kind == "chain")
        for leaf in session.execute(select(_LEAVES).where(rooted).order_by(_LEAVES.c.seq)).all():
            found[leaf.subject].leaves.append(leaf)
        yield from found.values()


def _page(session: Session, province_code: str, last: UUID) -> list[Row[Any]]:
    columns = (_ITEMS.c[name] for name in ("province_code", "id", "last_hash", "event_seq", "status", *_CLOCKS))
    query = select(*columns).where(_ITEMS.c.province_code == province_code, _ITEMS.c.id > last)
    return list(session.execute(query.order_by(_ITEMS.c.id).limit(_PAGE)))


def _files(session: Session, province_code: str, proofs: dict[UUID, UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    mine = (_FILES.c.province_code == province_code) & (_FILES.c.proof_id == uuids(proofs))
    for row in session.execute(select(_FILES).where(mine).order_by(_FILES.c.sha256)).all():
        found[row.proof_id].append(row._asdict())
    return found


def count_items(session: Session, province_code: str) -> int:
    """How many items there are, for progress."""
    return session.execute(select(func.count()).where(_ITEMS.c.province_code == province_code)).scalar_one()


# What names an item, proof or file that is not there any more.
_ORPHANS = {
    "orphan_event": """
        SELECT DISTINCT e.item_id AS subject, NULL::uuid AS other FROM events e WHERE e.province_code = :province
        AND NOT EXISTS (SELECT FROM items i WHERE i.province_code = e.province_code AND i.id = e.item_id)""",
    "orphan_proof": """
        SELECT p.item_id, p.id FROM proofs p WHERE p.province_code = :province
        AND NOT EXISTS (SELECT FROM items i WHERE i.province_code = p.province_code AND i.id = p.item_id)""",
    "removed_item": """
        SELECT DISTINCT l.subject, NULL::uuid FROM root_leaves l WHERE l.province_code = :province AND l.kind = 'chain'
        AND NOT EXISTS (SELECT FROM items i WHERE i.province_code = l.province_code AND i.id = l.subject)""",
    "removed_file": """
        SELECT l.subject, l.subject FROM root_leaves l WHERE l.province_code = :province AND l.kind = 'file'
        AND NOT EXISTS (SELECT FROM proof_files f WHERE f.province_code = l.province_code
                        AND f.proof_id = l.subject AND f.record = l.hash)""",
}


def orphans(session: Session, province_code: str) -> Iterator[tuple[str, UUID, UUID | None]]:
    """What points at something that was taken away: fault, item or proof, proof."""
    for fault, query in _ORPHANS.items():
        for subject, other in session.execute(text(query), {"province": province_code}):
            yield fault, subject, other

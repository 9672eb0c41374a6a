"""What proves an item's way: its chain, who held it after each event, what was said at the doors, its daily root.

Gathered from the rows as they are; bytes of files are left where they lie, so that one item needs little memory.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from core.blobs import BlobStore
from core.clock import at_local
from core.errors import NOT_FOUND, fail
from core.ids import receipt_code
from core.scope import Scope, system_scope
from geodata.model import LonLat
from tracking import handovers, store_custody, store_events, store_lists, store_names, store_offices
from tracking.chain import BrokenLink, verify_chain
from tracking.model import Event, EventKind, Item
from tracking.reading import find_item
from tracking.root_values import Inclusion
from tracking.roots import inclusion_of
from tracking.store import point_of
from tracking.store_custody import StoredFile

FileState = Literal["stored", "awaited", "missing", "changed"]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A photo or signature that a proof names. `stored` None: it has not come yet."""

    sha256: str
    kind: str
    bytes_count: int
    stored: StoredFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceProof:
    """What was said at a door, without what identifies the recipient. `record`: the hash over its row, in its event."""

    id: UUID
    outcome: str
    reason: str | None
    relation: str | None
    occurred_at: datetime
    recorded_at: datetime
    point: LonLat | None
    accuracy_m: float | None
    flags: tuple[str, ...]
    money_vnd: int
    papers_taken_back: int
    otp_checked: bool | None
    seal: str | None
    action: str | None
    event_hash: str
    record: str | None
    receipt_code: str | None
    files: tuple[EvidenceFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An event, the name of the office it belongs to, and who holds the paper after it: a party and its name."""

    event: Event
    office: str
    holder: str
    holder_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that proves the way of one item. `faults` is empty when the chain holds."""

    item: Item
    agency: str
    office: str
    moments: tuple[Moment, ...]
    proofs: tuple[EvidenceProof, ...]
    inclusion: Inclusion | None
    faults: tuple[BrokenLink, ...]


def gather_evidence(session: Session, *, scope: Scope, item_id: UUID) -> Evidence:
    """The evidence of an item.

    Raises:
        CodedError: C1000 when the item is out of reach.
    """
    item = find_item(session, scope=scope, item_id=item_id)
    events = store_events.events_of(session, item.province_code, item.id)
    holders = holders_after(item, events)
    offices = {one.id: one.name for one in store_offices.offices(session, system_scope(item.province_code))}
    names = _names(session, item.province_code, holders, offices)
    return Evidence(
        item=item,
        agency=names(handovers.agency(item.agency_id)),
        office=offices[item.office_id],
        moments=tuple(
            Moment(event=event, office=offices[event.office_id], holder=holder, holder_name=names(holder))
            for event, holder in zip(events, holders, strict=True)
        ),
        proofs=tuple(_proofs(session, item, events)),
        inclusion=inclusion_of(session, item.province_code, item.id),
        faults=tuple(verify_chain(events, head=item.last_hash)),
    )


def items_of_day(session: Session, *, scope: Scope, agency_id: UUID, day: date) -> list[UUID]:
    """Items of an agency within reach whose chains got longer on a local day, by their codes."""
    start, end = at_local(day, time()), at_local(day + timedelta(days=1), time())
    return store_lists.moved_between(session, scope, agency_id=agency_id, start=start, end=end)


def find_agency(session: Session, *, scope: Scope, agency_id: UUID) -> tuple[str, str]:
    """Code and name of an agency.

    Raises:
        CodedError: C1000 when it is out of reach.
    """
    for one in store_offices.agencies(session, scope):
        if one.id == agency_id:
            return one.code, one.name
    raise fail(NOT_FOUND, what="agency")


def read_file(blobs: BlobStore, file: EvidenceFile) -> tuple[FileState, bytes | None]:
    """A file's bytes when they are still those that were proved, else why not."""
    if file.stored is None:
        return "awaited", None
    data = blobs.get(file.stored.blob_key)
    if data is None:
        return "missing", None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        return "changed", None
    return "stored", data


def holders_after(item: Item, events: Sequence[Event]) -> list[str]:
    """Who holds the paper after each event: a party as in changes of hands, `citizen` or `unknown`."""
    agency = handovers.agency(item.agency_id)
    holder = handovers.CITIZEN if item.leg == "collect" else agency
    found: list[str] = []
    for event in events:
        holder = _holder_after(event, holder, agency)
        found.append(holder)
    return found


def _holder_after(event: Event, before: str, agency: str) -> str:
    """A change of hands names its receiver; some other events say where the paper is. A late report moves none."""
    told = event.data.get("receiver")
    if event.data.get("superseded"):
        return before
    if isinstance(told, str):
        return told
    office, courier_id = handovers.office(event.office_id), event.data.get("courier_id")
    holders = {
        EventKind.ITEM_DELIVERED: handovers.CITIZEN,
        EventKind.DOSSIER_COLLECTED: handovers.courier(UUID(courier_id)) if courier_id else office,
        EventKind.ITEM_RETURNED: agency,
        EventKind.DOSSIER_HANDED_IN: agency,
        EventKind.ITEM_LOST: UNKNOWN,
        EventKind.ITEM_FOUND: office,
        EventKind.DELIVERY_WITHDRAWN: office,
    }
    return holders.get(event.kind, before)


def _names(
    session: Session, province_code: str, parties: Sequence[str], offices: Mapping[UUID, str]
) -> Callable[[str], str]:
    """Names of parties; who has none here is called by the party's own word."""
    couriers = [UUID(key) for kind, _, key in (party.partition(":") for party in parties) if kind == "courier"]
    agencies = store_offices.agencies(session, system_scope(province_code))
    known = {handovers.office(key): name for key, name in offices.items()}
    known |= {handovers.agency(one.id): one.name for one in agencies}
    known |= {
        handovers.courier(key): name
        for key, name in store_names.courier_names(session, province_code, couriers).items()
    }
    return lambda party: known.get(party, party)


def _proofs(session: Session, item: Item, events: Sequence[Event]) -> Iterator[EvidenceProof]:
    rows = store_custody.proofs_of_item(session, item.province_code, item.id)
    files = store_custody.files_of_proofs(session, item.province_code, [row["id"] for row in rows])
    # The event of the next action names the proof as well; only the proof's own event binds its row.
    records = {event.data["proof_id"]: event.data["proof_record"] for event in events if "proof_record" in event.data}
    for row in rows:
        yield EvidenceProof(
            **{name: row[name] for name in _AS_STORED},
            point=point_of(row["lon"], row["lat"]),
            flags=tuple(row["flags"]),
            record=records.get(str(row["id"])),
            receipt_code=receipt_code(row["id"]) if row["outcome"] == "collected" else None,
            files=tuple(
                EvidenceFile(**claim, stored=files.get((row["id"], claim["sha256"]))) for claim in row["files"]
            ),
        )


_AS_STORED = (
    "id",
    "outcome",
    "reason",
    "relation",
    "occurred_at",
    "recorded_at",
    "accuracy_m",
    "money_vnd",
    "papers_taken_back",
    "otp_checked",
    "seal",
    "action",
    "event_hash",
)

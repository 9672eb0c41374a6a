"""Items, events and addresses as answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from api.roles import Role
from api.schemas.items import CandidateOut, EventOut, ItemOut, ProofOut, QueueEntry, ResolutionOut
from api.schemas.types import PersonOut, WindowOut
from geodata.model import Candidate, Resolution
from tracking.lifecycle import CLOSED
from tracking.model import Event, Item, Person, QueuedAddress
from tracking.privacy import mask_name, mask_phone
from tracking.seals import told_data
from tracking.service import KeptProof

# A manager reads figures and single cases, not citizens' phone books.
_MASKED = frozenset({Role.MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a presenter needs to know of the request: who reads, which day it is, names of communes by code."""

    role: Role
    today: date
    communes: Mapping[str, str]

    @property
    def masks(self) -> bool:
        """Whether people are masked for this reader."""
        return self.role in _MASKED

    def person(self, person: Person) -> PersonOut:
        """The person, masked for those who need not know."""
        if self.masks:
            return PersonOut(name=mask_name(person.name), phone=mask_phone(person.phone))
        return PersonOut(name=person.name, phone=person.phone)

    def item(self, item: Item) -> ItemOut:
        """An item with the name of its commune and whether it is overdue."""
        window = item.window
        return ItemOut(
            id=item.id,
            item_code=item.item_code,
            tracking_code=item.tracking_code,
            office_id=item.office_id,
            agency_id=item.agency_id,
            procedure=item.procedure,
            status=item.status.value,
            attempts=item.attempts,
            address=item.address,
            commune_code=item.commune_code,
            commune_name=self.commune(item.commune_code),
            point=item.point,  # type: ignore[arg-type]
            error_m=item.error_m,
            point_source=item.point_source.value if item.point_source else None,
            addressee=self.person(item.addressee),
            due_on=item.due_on,
            ready_at=item.ready_at,
            not_before_on=item.not_before_on,
            weight_g=item.weight_g,
            papers=item.papers,
            cod_vnd=item.cod_vnd,
            in_person=item.in_person,
            window=WindowOut(start_at=window.start_at, end_at=window.end_at) if window else None,
            dossier_codes=list(item.dossier_codes),
            plan_id=item.plan_id,
            courier_id=item.courier_id,
            holder_courier_id=item.holder_courier_id,
            event_seq=item.event_seq,
            overdue=item.status not in CLOSED and item.due_on < self.today,
            leg=item.leg,
            to_office_id=item.to_office_id,
            bagged_at=item.bagged_at,
            recalled_at=item.recalled_at,
            invitations=item.invitations,
            invited_on=item.invited_on,
        )

    def commune(self, code: str | None) -> str | None:
        """Full name of a commune."""
        return self.communes.get(code, code) if code else None

    def queued(self, entry: QueuedAddress) -> QueueEntry:
        """An address that waits, with what it may mean."""
        return QueueEntry(
            item=self.item(entry.item),
            text=entry.text,
            reason=entry.reason,
            created_at=entry.created_at,
            candidates=[_stored_candidate(one) for one in entry.candidates],
        )


def event_out(event: Event, item: Item) -> EventOut:
    """One link of the chain, without the seal of a bag that is still under way."""
    return EventOut(
        id=event.id,
        item_id=event.item_id,
        seq=event.seq,
        kind=event.kind.value,
        status=event.status.value,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        actor=event.actor,
        office_id=event.office_id,
        data=dict(told_data(event, item)),
        prev_hash=event.prev_hash,
        hash=event.hash,
    )


def proof_out(proof: KeptProof) -> ProofOut:
    """What was recorded at the door."""
    return ProofOut.model_validate(
        asdict(proof) | {"flags": list(proof.flags), "files": list(map(asdict, proof.files))}
    )


def resolution_out(resolution: Resolution) -> ResolutionOut:
    """What an address text may mean."""
    decided = resolution.decided
    return ResolutionOut(
        text=resolution.text,
        reason=resolution.reason,
        candidates=[candidate_out(one) for one in resolution.candidates],
        decided=candidate_out(decided) if decided else None,
    )


def candidate_out(candidate: Candidate) -> CandidateOut:
    """One commune an address may mean."""
    return CandidateOut(
        commune_code=candidate.commune_code,
        commune_full_name=candidate.commune_full_name,
        province_code=candidate.province_code,
        vintage=candidate.vintage.value,
        matched=list(candidate.matched),
        score=candidate.score,
        reason=candidate.reason,
        point=candidate.point,  # type: ignore[arg-type]
        error_m=candidate.error_m,
        point_source=candidate.point_source.value,
    )


def _stored_candidate(stored: Mapping[str, Any]) -> CandidateOut:
    point = stored["point"]
    lon_lat = (point["lon"], point["lat"]) if isinstance(point, Mapping) else point
    return CandidateOut.model_validate({**stored, "point": lon_lat})

"""Recording what a courier says: idempotent on the phone's own proof id, safe against late and double uploads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import CodedError, fail
from core.ids import receipt_code
from core.scope import Scope
from tracking import (
    doors,
    errors,
    events,
    store,
    store_beside,
    store_custody,
    store_events,
    store_handovers,
    store_intake,
)
from tracking.lifecycle import ENDS
from tracking.losses import begin_search
from tracking.model import FileState, Item, NextAction, ProofInput, Receipt, Status
from tracking.money_door import DoorMoney, book_doors
from tracking.procedure_rules import broken_flags, is_otp_checked, list_rules
from tracking.proof_beside import PHOTO_REUSED, Shown, flags_beside, moment_of, photos_of
from tracking.proof_checks import check_leg, check_proof, flags_of, happened_at, proof_digest, says_the_same
from tracking.proof_rows import Judged, collection_of, columns_of, drafts_of
from tracking.records import new_salt, sealed
from tracking.rule_values import ProcedureRule
from tracking.store_custody import FileKey, StoredProof

REPORTED_BY_COURIER = "reported_by_courier"
SUPERSEDED = "superseded"
HELD_BY_ANOTHER = "held_by_another"

# A device clock without a known offset may be this much behind when the first attempt follows the scan-out at once.
_CLOCK_SLACK = timedelta(minutes=30)

Answer: TypeAlias = Receipt | CodedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A proof and who hands it in."""

    scope: Scope
    proof: ProofInput


def record_proof(
    session: Session, *, scope: Scope, proof: ProofInput, now: datetime, identity_key: bytes | None = None
) -> Receipt:
    """Put a proof into the chain of its item and, after a failed attempt, do its next action: one transaction.

    The same proof again gives the same receipt. A late report that a newer one has overtaken goes into the chain
    with `superseded`, and the state stays. `identity_key` is the server's secret for the keyed hash of the identity
    paper's last digits; without it no hash is kept.

    Raises:
        CodedError: T2101 when the id stands with other content, T2102 when the item is not the caller's, and all that
            `proof_checks.check_proof` refuses.
    """
    [answer] = record_proofs(session, [Said(scope=scope, proof=proof)], now=now, identity_key=identity_key)
    if isinstance(answer, CodedError):
        raise answer
    return answer


def record_proofs(
    session: Session, said: Sequence[Said], *, now: datetime, identity_key: bytes | None = None
) -> list[Answer]:
    """`record_proof` of many in the order given, with a number of statements that hardly grows: receipt or refusal of
    each. One that is refused hinders no other.
    """
    now = aware(now)
    answers: dict[int, Answer] = {}
    provinces: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(said):
        try:
            check_proof(one.proof, now=now)
        except CodedError as refused:
            answers[n] = refused
        else:
            provinces[one.scope.province_code].append(n)
    for province_code, numbers in provinces.items():
        batch = _Batch(session, province_code, now, identity_key)
        items = batch.lock([said[n].proof for n in numbers])
        waiting = numbers
        while waiting:
            turn, waiting = _next_turn(said, waiting)
            answers |= zip(turn, batch.record([said[n] for n in turn], items), strict=True)
            # The next turn must see what this one did.
            items = batch.items_of([said[n].proof for n in waiting]) if waiting else {}
    return [answers[n] for n in range(len(said))]


def _next_turn(said: Sequence[Said], waiting: Sequence[int]) -> tuple[list[int], list[int]]:
    """Those that can be written together, one of each item and proof id, and those that must see what these did."""
    seen: set[UUID] = set()
    turn: list[int] = []
    later: list[int] = []
    for n in waiting:
        keys = {said[n].proof.item_id, said[n].proof.proof_id}
        (later if keys & seen else turn).append(n)
        seen |= keys
    return turn, later


def may_prove(session: Session, scope: Scope, item: Item) -> bool:
    """Whether the caller may say what happened to the item: its office's staff, or a courier who has or had it."""
    if scope.agency_id is not None:
        return False
    if scope.courier_id is None:
        return scope.sees_office(item.office_id)
    if scope.courier_id in (item.holder_courier_id, item.courier_id):
        return True
    if store_handovers.had_in_hands(session, scope.province_code, scope.courier_id, item.id):
        return True
    # A dossier to collect is never loaded: who was to fetch it may have done so before the plan was changed. A scan-out
    # may reach the server after the withdrawal.
    may_have_it = item.leg == "collect" or item.status is Status.WITHDRAWN
    return may_have_it and store_events.was_planned_for(session, scope.province_code, item.id, scope.courier_id)


def is_overtaken(item: Item, proof: ProofInput, courier_id: UUID | None, at: datetime) -> bool:
    """Whether a newer report or a later round makes this one history that no longer moves the item.

    A delivery is overtaken only by an end, a collection also by another. An attempt also by an attempt that happened
    later, by another courier having the paper by now, by a plan made after a round, by a scan-out or an arrival at an
    office after it, and while the paper is lost or in a bag.
    """
    if item.status in ENDS or item.status is Status.COLLECTED:
        return True
    if proof.outcome != "attempt_failed":
        return False
    newest = (item.last_attempt_at, item.last_attempt_id)
    is_older = newest[0] is not None and newest[1] is not None and (at, proof.proof_id) <= newest
    is_anothers = courier_id is not None and item.holder_courier_id not in (None, courier_id)
    is_gone = item.status is Status.LOST or item.bagged_at is not None
    if is_older or is_anothers or is_gone:
        return True
    if item.status is Status.PLANNED:
        return item.out_at is not None or courier_id not in (None, item.courier_id)
    moved_at = [moment for moment in (item.out_at, item.received_at) if moment is not None]
    return bool(moved_at) and at < max(moved_at) - _CLOCK_SLACK


@dataclass(frozen=True, slots=True)
class _Batch:
    """Proofs of one province, recorded together."""

    session: Session
    province_code: str
    now: datetime
    identity_key: bytes | None

    def lock(self, proofs: Sequence[ProofInput]) -> dict[UUID, Item]:
        """Every lock the batch needs, proofs before items and each in order, so two batches cannot deadlock."""
        store_custody.lock_proofs(self.session, self.province_code, {proof.proof_id for proof in proofs})
        return self.items_of(proofs)

    def items_of(self, proofs: Sequence[ProofInput]) -> dict[UUID, Item]:
        """The items as they stand now, locked."""
        return store.lock_any_items(self.session, self.province_code, {proof.item_id for proof in proofs})

    def record(self, said: Sequence[Said], items: Mapping[UUID, Item]) -> list[Answer]:
        """Receipts and refusals of proofs of different items."""
        proof_ids = [one.proof.proof_id for one in said]
        known = store_custody.find_proofs(self.session, self.province_code, proof_ids)
        rules = list_rules(self.session, province_code=self.province_code)
        answers: list[StoredProof | Judged | CodedError] = [
            self._judge(one, items.get(one.proof.item_id), known.get(one.proof.proof_id), rules) for one in said
        ]
        fresh = iter(self._beside([one for one in answers if isinstance(one, Judged)]))
        answers = [next(fresh) if isinstance(one, Judged) else one for one in answers]
        written = self._write([one for one in answers if isinstance(one, Judged)])
        here = store_custody.files_of_proofs(self.session, self.province_code, proof_ids).keys()
        return [_answer(written[one.proof.proof_id] if isinstance(one, Judged) else one, here) for one in answers]

    def _judge(
        self, said: Said, item: Item | None, known: StoredProof | None, rules: Sequence[ProcedureRule]
    ) -> StoredProof | Judged | CodedError:
        scope, proof = said.scope, said.proof
        if item is None or not may_prove(self.session, scope, item):
            return fail(errors.PROOF_FOREIGN_ITEM, pointer="item_id")
        try:
            check_leg(proof, item)
        except CodedError as refused:
            return refused
        if known is not None:
            other = fail(errors.PROOF_OTHER_CONTENT, pointer="proof_id", proof_id=proof.proof_id)
            return known if says_the_same(proof, known.digest, known.personal_salt) else other
        salt = new_salt()
        at = happened_at(proof, self.now)
        is_late = is_overtaken(item, proof, scope.courier_id, at)
        flags = flags_of(proof, item, self.now) + broken_flags(proof, item, rules, self.identity_key)
        flags += [SUPERSEDED] * is_late
        if scope.courier_id is not None and item.holder_courier_id not in (None, scope.courier_id):
            flags.append(HELD_BY_ANOTHER)
        return Judged(
            scope=scope,
            proof=proof,
            item=item,
            digest=proof_digest(proof, salt),
            salt=salt,
            at=at,
            is_late=is_late,
            flags=tuple(flags),
            otp_checked=is_otp_checked(proof, item, self.identity_key),
        )

    def _beside(self, judged: Sequence[Judged]) -> list[Judged]:
        """The same with what looks odd beside recorded proofs, and beside those before them in the batch."""
        moments = {
            one.proof.proof_id: moment_of(one.proof, one.scope.courier_id, one.at)
            for one in judged
            if one.scope.courier_id is not None
        }
        photos = {one.proof.proof_id: photos_of(one.proof, one.item) for one in judged}
        shown = list(chain.from_iterable(photos.values()))
        reused = set(store_beside.reused_photos(self.session, self.province_code, shown))
        standing = store_beside.moments_beside(self.session, self.province_code, list(moments.values()))
        earlier: list[Shown] = []
        done: list[Judged] = []
        for one in judged:
            moment, mine = moments.get(one.proof.proof_id), photos[one.proof.proof_id]
            flags = flags_beside(moment, standing) if moment else []
            if any(photo in reused or any(photo.is_of_another(other) for other in earlier) for photo in mine):
                flags.append(PHOTO_REUSED)
            done.append(replace(one, flags=(*one.flags, *flags)))
            if moment is not None:
                standing.append(moment)
            earlier += mine
        return done

    def _write(self, judged: Sequence[Judged]) -> dict[UUID, StoredProof]:
        if not judged:
            return {}
        rows = [sealed(columns_of(one, now=self.now, identity_key=self.identity_key)) for one in judged]
        drafts = [
            draft for one, (_, record) in zip(judged, rows, strict=True) for draft in drafts_of(one, record=record)
        ]
        hashes: dict[UUID, str] = {}
        for event in events.record_events(self.session, drafts, now=self.now, actor=judged[0].scope.actor):
            # The first event of each item speaks of the proof, what follows it of the next action.
            hashes.setdefault(event.item_id, event.hash)
        store_custody.insert_proofs(
            self.session, [{**columns, "event_hash": hashes[columns["item_id"]]} for columns, _ in rows]
        )
        self._book(judged)
        timely = [one for one in judged if not one.is_late]
        for one in timely:
            if one.proof.outcome == "collected":
                handover = collection_of(one, self.now)
                store_handovers.insert_handover(self.session, self.province_code, handover)
            if one.is_loss:
                begin_search(self.session, one.scope, one.item, now=self.now)
        asked = [one.item for one in timely if one.proof.action is NextAction.CORRECT_ADDRESS and not one.goes_back]
        store_intake.ask_about(self.session, asked, reason=REPORTED_BY_COURIER, at=self.now)
        deliveries = [doors.Delivered(one.item, one.proof, one.at, one.scope.actor) for one in timely]
        doors.learn_from_deliveries(self.session, self.province_code, deliveries, now=self.now)
        return {
            one.proof.proof_id: StoredProof(
                id=one.proof.proof_id,
                item_id=one.item.id,
                digest=one.digest,
                personal_salt=one.salt,
                event_hash=hashes[one.item.id],
                recorded_at=self.now,
                flags=one.flags,
                files=one.proof.files,
                outcome=one.proof.outcome,
            )
            for one in judged
        }

    def _book(self, judged: Sequence[Judged]) -> None:
        doors = [
            DoorMoney(
                item=one.item,
                proof_id=one.proof.proof_id,
                courier_id=one.scope.courier_id,
                collected_vnd=one.proof.money_vnd,
                delivered=one.proof.outcome == "delivered" and not one.is_late,
                at=one.at,
                actor=one.scope.actor,
            )
            for one in judged
        ]
        book_doors(self.session, self.province_code, doors, now=self.now)


def _answer(proof: StoredProof | CodedError, here: AbstractSet[FileKey]) -> Answer:
    if isinstance(proof, CodedError):
        return proof
    states: dict[str, FileState] = {
        file.sha256: "stored" if (proof.id, file.sha256) in here else "awaited" for file in proof.files
    }
    return Receipt(
        proof_id=proof.id,
        item_id=proof.item_id,
        recorded_at=proof.recorded_at,
        event_hash=proof.event_hash,
        files=states,
        flags=proof.flags,
        receipt_code=receipt_code(proof.id) if proof.outcome == "collected" else None,
    )

"""What is audited: three items with their proofs, a photo and a signed root, and the means to tamper with them."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from api.keyring import Keyring
from api.signing import sign_roots
from core.blobs import BlobStore
from tests.tracking.office_scene import DOOR, NOW, PROVINCE, SYSTEM, Scene, delivery, failure
from tracking import service
from tracking.model import FileClaim

LATER = NOW + timedelta(hours=3)
TOMORROW = NOW + timedelta(days=1, hours=3)
PHOTO = b"\xff\xd8\xff" + b"a photo of a door" * 40
SHA256 = hashlib.sha256(PHOTO).hexdigest()


@dataclass(frozen=True)
class Place:
    """Three items: one delivered with a photo, one attempted, one waiting; all of it under yesterday's root."""

    scene: Scene
    blobs: BlobStore
    folder: Path
    keyring: Keyring
    items: tuple[UUID, UUID, UUID]

    def faults(self) -> list[service.Fault]:
        """What the audit finds."""
        return self.audited()[0]

    def audited(self) -> tuple[list[service.Fault], service.Audited]:
        """The same, and how much was looked at."""
        logged, counts = self.keyring.log.of(PROVINCE), service.Audited()
        with self.scene.database.snapshot() as session:
            is_signed = self.keyring.is_signed
            audit = service.audit(
                session, PROVINCE, blobs=self.blobs, is_signed=is_signed, logged=logged, counts=counts
            )
            return list(audit), counts

    def tamper(self, *statements: str, **values: Any) -> None:
        """As a superuser would: past the triggers."""
        with self.scene.database.engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement), values)

    def root(self, now: datetime = TOMORROW) -> list[service.DailyRoot]:
        """The worker's hourly job."""
        return sign_roots(self.scene.database, self.keyring, PROVINCE, now=now)

    def write_anew(self, item: UUID) -> None:
        """Another past of an item, every hash recomputed."""
        with self.scene.database.reading() as session:
            chain = service.item_history(session, scope=SYSTEM, item_id=item)
        previous = "0" * 64
        update = "UPDATE events SET actor = 'user:other', prev_hash = :p, hash = :h WHERE id = :id"
        for event in chain:
            before, previous = previous, service.event_hash(replace(event, actor="user:other", prev_hash=previous))
            self.tamper(update, p=before, h=previous, id=event.id)
        self.tamper("UPDATE items SET last_hash = :h WHERE id = :item", h=previous, item=item)


def build_place(scene: Scene, tmp_path: Path) -> Place:
    """The items, their proofs and the root of the first day."""
    blobs = BlobStore(str(tmp_path / "blobs"))
    out = scene.out(2)
    [waiting] = scene.ready(1)
    claim = FileClaim(sha256=SHA256, kind="photo", bytes_count=len(PHOTO))
    proof = delivery(
        out[0],
        files=(claim,),
        identity_kind="cccd",
        identity_last4="1234",
        note="cửa xanh",
        app_version="1.0",
        point=DOOR,
    )
    with scene.database.transaction() as session:
        scope = scene.courier_scope()
        service.record_proof(session, scope=scope, proof=proof, now=LATER, identity_key=b"k" * 32)
        service.record_proof(session, scope=scope, proof=failure(out[1]), now=LATER)
        service.store_proof_file(
            session, scope=scope, blobs=blobs, proof_id=proof.proof_id, sha256=SHA256, data=PHOTO, now=LATER
        )
    made = Place(scene, blobs, tmp_path / "blobs", Keyring(tmp_path / "custody.keys"), (out[0], out[1], waiting))
    assert [root.day for root in made.root()] == [date(2026, 11, 20)]
    return made

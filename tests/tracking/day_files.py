"""Days at random: photos of proofs before and after their proof, twice, at once with it, never, or the wrong one."""

import hashlib
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.blobs import BlobStore
from core.errors import CodedError
from tests.tracking.day_counters import Counters, Report
from tests.tracking.office_scene import SYSTEM
from tracking import service
from tracking.model import FileClaim, FileReceipt

_JPEG = b"\xff\xd8\xff\xe0"


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def with_photo(report: Report) -> Report:
    """The same with a photo of its own, named by its hash."""
    photo = _JPEG + report.proof.proof_id.bytes * 40
    claim = FileClaim(sha256=sha256_of(photo), kind="photo", bytes_count=len(photo))
    return replace(report, proof=replace(report.proof, files=(claim,)), photo=photo)


class Uploads(Counters):
    """What phones do with photos; `kept` is what the office has acknowledged."""

    def open_office(self) -> None:
        super().open_office()
        self.folder = tempfile.TemporaryDirectory()
        self.blobs = BlobStore(self.folder.name)
        self.kept: dict[UUID, FileReceipt] = {}

    def with_photos(self) -> Sequence[Report]:
        return [report for report in self.reports if report.photo is not None]

    @precondition(lambda self: self.with_photos())
    @rule(data=st.data(), times=st.integers(1, 2), with_proof=st.booleans())
    def upload_photos(self, data: st.DataObject, times: int, with_proof: bool) -> None:
        """At the same moment, once or twice, and perhaps beside their proofs."""
        reports = data.draw(st.lists(st.sampled_from(self.with_photos()), min_size=1, max_size=3, unique_by=id))
        now = self.tick()
        with ThreadPoolExecutor(3) as writers:
            files = [writers.submit(self.send_photo, one, now) for one in reports * times]
            proof = writers.submit(self.send, reports[0], now) if with_proof else None
            receipts = [file.result() for file in files]
        for report, receipt in zip(reports * times, receipts, strict=True):
            known = self.kept.setdefault(report.proof.proof_id, receipt)
            assert receipt == known, "the same photo must give the same receipt"
        if proof is not None:
            self.tell(reports[0], proof.result())
        self.compare([reports[0].proof.item_id])

    @precondition(lambda self: any(report.proof.proof_id in self.receipts for report in self.with_photos()))
    @rule(data=st.data())
    def upload_what_the_proof_does_not_name(self, data: st.DataObject) -> None:
        """Another photo, and bytes that were cut short on their way."""
        told = [report for report in self.with_photos() if report.proof.proof_id in self.receipts]
        report = data.draw(st.sampled_from(told))
        assert report.photo is not None
        with pytest.raises(CodedError, match="T2116"):
            self.send_photo(replace(report, photo=_JPEG + b"another"), self.tick())
        with pytest.raises(CodedError, match="T2113"):
            self.send_photo(replace(report, photo=report.photo[:-7]), self.tick(), sha256=sha256_of(report.photo))

    def send_photo(self, report: Report, now: datetime, **claims: Any) -> FileReceipt:
        assert report.photo is not None
        named = {"sha256": sha256_of(report.photo)} | claims
        with self.scene.database.transaction() as session:
            return service.store_proof_file(
                session,
                scope=self.scope_of(report),
                blobs=self.blobs,
                proof_id=report.proof.proof_id,
                data=report.photo,
                now=now,
                **named,
            )

    def check_photos(self) -> None:
        """What was acknowledged is there, byte by byte; what never came is awaited, and nobody says otherwise."""
        for report in self.with_photos():
            proof_id = report.proof.proof_id
            if proof_id not in self.receipts:
                continue
            assert report.photo is not None
            sha256 = sha256_of(report.photo)
            state = "stored" if proof_id in self.kept else "awaited"
            assert self.send(report, self.tick()).files == {sha256: state}
            if proof_id in self.kept:
                with self.scene.database.reading() as session:
                    found = service.read_proof_file(
                        session, scope=SYSTEM, blobs=self.blobs, proof_id=proof_id, sha256=sha256
                    )
                assert (found.item_id, found.data) == (report.proof.item_id, report.photo)
        self.folder.cleanup()

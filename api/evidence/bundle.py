"""The zip of an agency and day, written piece by piece: papers, chains, files, the root, a manifest of SHA-256 hashes.

Nothing larger than one file is held: what is written is handed on at once and forgotten.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import orjson

from api.evidence.paper import evidence_pdf
from api.evidence.words import SUFFIX
from api.presenters.roots import inclusion_told, root_told
from core.blobs import BlobStore
from core.clock import VIETNAM
from tracking import service
from tracking.service import DailyRoot, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a bundle is of."""

    province_code: str
    agency_code: str
    agency: str
    day: date
    made_at: datetime

    @property
    def file_name(self) -> str:
        """Of codes alone."""
        return f"evidence-{self.day}.zip"


class _Outlet:
    """Takes what the zip writer writes; it cannot be sought in, so the writer never goes back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


class Bundle:
    """A zip that is being written; each step gives the bytes that come next."""

    def __init__(self, about: About, *, blobs: BlobStore, language: str, masked: bool) -> None:
        self._about, self._blobs, self._language, self._masked = about, blobs, language, masked
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w")  # type: ignore[call-overload]
        self._listed: list[dict[str, Any]] = []
        self._absent: list[dict[str, str]] = []

    def item(self, evidence: Evidence) -> Iterator[bytes]:
        """Paper, chain and files of one item."""
        folder = evidence.item.item_code
        pdf = evidence_pdf(
            evidence, blobs=self._blobs, language=self._language, made_at=self._about.made_at, masked=self._masked
        )
        yield self._add(f"{folder}/evidence.pdf", pdf)
        yield self._add(f"{folder}/chain.json", chain_json(evidence), packs=True)
        # One picture may stand in two proofs; it lies in the folder once.
        for file in {file.sha256: file for proof in evidence.proofs for file in proof.files}.values():
            state, data = service.read_file(self._blobs, file)
            if data is not None and file.stored is not None:
                yield self._add(f"{folder}/files/{file.sha256}.{SUFFIX[file.stored.content_type]}", data)
            else:
                self._absent.append({"item_code": folder, "sha256": file.sha256, "state": state})

    def end(self, root: DailyRoot | None) -> bytes:
        """The day's root when there is one yet, the manifest, and the zip's own list."""
        first = self._add("root.json", _json(root_told(root)), packs=True) if root is not None else b""
        told = {
            "province_code": self._about.province_code,
            "agency_code": self._about.agency_code,
            "agency": self._about.agency,
            "day": self._about.day,
            "made_at": self._about.made_at,
            "root": root.root if root is not None else None,
            "files": self._listed,
            "absent": self._absent,
        }
        last = self._add("manifest.json", _json(told), packs=True)
        self._zip.close()
        return first + last + self._outlet.taken()

    def _add(self, name: str, data: bytes, *, packs: bool = False) -> bytes:
        made_at = self._about.made_at.astimezone(VIETNAM)
        entry = zipfile.ZipInfo(name, made_at.timetuple()[:6])
        # Pictures and papers are packed already.
        entry.compress_type = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
        self._zip.writestr(entry, data)
        self._listed.append({"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        return self._outlet.taken()


def chain_json(evidence: Evidence) -> bytes:
    """An item's chain: each event is what its hash was made of (canonical JSON, RFC 8785), and the hash itself."""
    item = evidence.item
    return _json(
        {
            "item": {
                "id": item.id,
                "item_code": item.item_code,
                "dossier_codes": item.dossier_codes,
                "agency": evidence.agency,
                "last_hash": item.last_hash,
            },
            "events": [
                service.hashed_content(moment.event) | {"hash": moment.event.hash} for moment in evidence.moments
            ],
            "holders": [moment.holder for moment in evidence.moments],
            "proofs": [asdict(proof) | {"files": [_file(file) for file in proof.files]} for proof in evidence.proofs],
            "inclusion": inclusion_told(evidence.inclusion) if evidence.inclusion is not None else None,
        }
    )


def _file(file: service.EvidenceFile) -> dict[str, Any]:
    return {
        "sha256": file.sha256,
        "kind": file.kind,
        "bytes": file.bytes_count,
        "stored_at": file.stored.stored_at if file.stored is not None else None,
    }


def _json(content: object) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)

"""Proofs: a delivery with a 200 kB photo, from many clients at once, beside a bare insert of the same bytes; the chain.

The bare side does with psycopg alone what no proof can do without: one row, the file on disk, one commit each.
"""

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

from bench.report import Bar, Report, arguments, show
from bench.tracking_ground import DOOR, SYSTEM, Ground, ground
from core.blobs import BlobStore
from core.clock import utc_now
from core.ids import new_id
from tracking import service
from tracking.model import FileClaim, ProofInput

_PHOTO_BYTES = 200 * 1024
_CLIENTS = 32


@dataclass(frozen=True, slots=True)
class _Job:
    item_id: UUID
    photo: bytes
    sha256: str


def _jobs(keys: Sequence[UUID]) -> list[_Job]:
    photos = [b"\xff\xd8\xff" + os.urandom(_PHOTO_BYTES - 3) for _ in keys]
    return [_Job(key, photo, hashlib.sha256(photo).hexdigest()) for key, photo in zip(keys, photos, strict=True)]


def _deliver(place: Ground, blobs: BlobStore, job: _Job) -> None:
    """What the API does for one delivery: the proof, then its photo, each its own transaction and its own receipt."""
    now = utc_now()
    proof = ProofInput(
        proof_id=new_id(now),
        item_id=job.item_id,
        outcome="delivered",
        occurred_at=now - timedelta(seconds=20),
        recipient_name="Nguyễn Thị Bích Ngọc",
        relation="self",
        point=DOOR,
        accuracy_m=6.0,
        files=(FileClaim(sha256=job.sha256, kind="photo", bytes_count=len(job.photo)),),
    )
    with place.database.transaction() as session:
        service.record_proof(session, scope=place.phone, proof=proof, now=now, identity_key=b"bench")
    with place.database.transaction() as session:
        service.store_proof_file(
            session,
            scope=place.phone,
            blobs=blobs,
            proof_id=proof.proof_id,
            sha256=job.sha256,
            data=job.photo,
            now=now,
        )


def _bare(pool: "ConnectionPool[psycopg.Connection]", folder: Path, job: _Job) -> None:
    (folder / job.sha256).write_bytes(job.photo)
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO bare (id, item_id, sha256, at) VALUES (%s, %s, %s, now())", (new_id(), job.item_id, job.sha256)
        )


def _many(jobs: Sequence[_Job], work: Callable[[_Job], None]) -> tuple[float, list[float]]:
    """Seconds in all, and each client's wait in milliseconds, sorted."""

    def timed(job: _Job) -> float:
        started = time.perf_counter()
        work(job)
        return (time.perf_counter() - started) * 1000

    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        waits = sorted(clients.map(timed, jobs))
    return time.perf_counter() - started, waits


def _verified_per_s(place: Ground, keys: Sequence[UUID]) -> tuple[float, float]:
    """Events verified a second once read, and milliseconds to read an item's history."""
    with place.database.reading() as session:
        started = time.perf_counter()
        chains = [service.item_history(session, scope=SYSTEM, item_id=key) for key in keys]
        history_ms = (time.perf_counter() - started) * 1000 / len(keys)
    started = time.perf_counter()
    broken = [fault for chain in chains for fault in service.verify_chain(chain)]
    assert not broken, broken
    return sum(map(len, chains)) / (time.perf_counter() - started), history_ms


def measure(*, proofs: int) -> Report:
    """The same number of proofs on both sides, after a warm-up."""
    with ground(pool_size=_CLIENTS) as place, tempfile.TemporaryDirectory(prefix="buuta-bench-") as folder:
        blobs, keys = BlobStore(folder), place.out(proofs + _CLIENTS)
        warm, jobs = _jobs(keys[:_CLIENTS]), _jobs(keys[_CLIENTS:])
        _many(warm, lambda job: _deliver(place, blobs, job))
        ours_s, ours_ms = _many(jobs, lambda job: _deliver(place, blobs, job))
        with ConnectionPool(place.database.url, min_size=_CLIENTS, max_size=_CLIENTS) as pool:
            with pool.connection() as connection:
                connection.execute("CREATE TABLE bare (id uuid PRIMARY KEY, item_id uuid, sha256 text, at timestamptz)")
            bare_s, bare_ms = _many(jobs, lambda job: _bare(pool, Path(folder), job))
        verified_per_s, history_ms = _verified_per_s(place, keys[:500])
    return Report(
        name="proofs",
        figures={
            "proofs": proofs,
            "clients": _CLIENTS,
            "proofs_per_s": round(proofs / ours_s),
            "proof_p50_ms": ours_ms[len(ours_ms) // 2],
            "proof_p99_ms": ours_ms[int(len(ours_ms) * 0.99)],
            "bare_per_s": round(proofs / bare_s),
            "bare_p99_ms": bare_ms[int(len(bare_ms) * 0.99)],
            "history_ms": history_ms,
            "events_verified_per_s": round(verified_per_s),
        },
        bars=(
            Bar("item history, ms", history_ms, 5.0),
            Bar("events verified a second", verified_per_s, 20_000, ">="),
        ),
    )


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    return show(measure(proofs=500 if asked.quick else 5000), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

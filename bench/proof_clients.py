"""Phones that send proofs as fast as they are answered: keep-alive connections, with little work of their own."""

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

import orjson
import uvloop

from core.clock import utc_now
from core.ids import new_id

PHOTO_BYTES = 200 * 1024
_OK = b" 200 "


@dataclass(frozen=True, slots=True)
class Upload:
    """A delivery as a phone sends it: the proof, then its photo."""

    path: str
    proof: bytes
    photo_path: str
    photo: bytes


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds in all, and each proof's wait (proof and photo together) in milliseconds, sorted."""

    seconds: float
    waits_ms: list[float]

    def percentile_ms(self, share: float) -> float:
        """The wait that this share of proofs stayed within."""
        return self.waits_ms[min(len(self.waits_ms) - 1, int(len(self.waits_ms) * share))]


def uploads_of(item_ids: Sequence[UUID], *, lon: float, lat: float, seed: int = 7) -> list[Upload]:
    """A delivery of each item with a photo of its own, a fresh position at the door and all the phone fills in."""
    draw = Random(seed)
    return [_upload(item_id, draw.randbytes(PHOTO_BYTES - 3), lon, lat) for item_id in item_ids]


def _upload(item_id: UUID, noise: bytes, lon: float, lat: float) -> Upload:
    now = utc_now()
    photo = b"\xff\xd8\xff" + noise
    sha256, proof_id = hashlib.sha256(photo).hexdigest(), new_id(now)
    proof = {
        "item_id": str(item_id),
        "outcome": "delivered",
        "recipient_name": "Nguyễn Thị Bích Ngọc",
        "relation": "self",
        "identity_kind": "cccd",
        "identity_last4": "1234",
        "papers_taken_back": 1,
        "money_vnd": 0,
        "occurred_at": (now - timedelta(seconds=20)).isoformat(),
        "clock_offset_s": 0.4,
        "point": [lon, lat],
        "accuracy_m": 6.0,
        "position_age_s": 3.0,
        "app_version": "1.0.0",
        "files": [{"sha256": sha256, "kind": "photo", "bytes_count": len(photo)}],
    }
    path = f"/v1/proofs/{proof_id}"
    return Upload(path, orjson.dumps(proof), f"{path}/files/{sha256}", photo)


def send_all(port: int, uploads: Sequence[Upload], *, clients: int, headers: Mapping[str, str]) -> Timing:
    """Everything once, `clients` at a time. Raises when an answer is not 200."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return uvloop.run(_send_all(port, uploads, clients, extra))


async def _send_all(port: int, uploads: Sequence[Upload], clients: int, headers: str) -> Timing:
    waiting = iter(uploads)
    waits: list[float] = []

    async def phone() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for upload in waiting:
            started = time.perf_counter()
            await _put(reader, writer, upload.path, "application/json", upload.proof, headers)
            await _put(reader, writer, upload.photo_path, "image/jpeg", upload.photo, headers)
            waits.append((time.perf_counter() - started) * 1000)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(phone() for _ in range(clients)))
    return Timing(time.perf_counter() - started, sorted(waits))


async def _put(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, kind: str, body: bytes, headers: str
) -> None:
    own = f"host: 127.0.0.1\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
    writer.writelines((f"PUT {path} HTTP/1.1\r\n{own}{headers}\r\n".encode(), body))
    answer = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(answer.partition(b"content-length:")[2].partition(b"\r\n")[0])
    content = await reader.readexactly(length)
    if _OK not in answer.partition(b"\r\n")[0]:
        raise RuntimeError(f"{path}: {answer.partition(b'{')[0]!r} {content[:400]!r}")

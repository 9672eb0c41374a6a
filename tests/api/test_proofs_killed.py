"""kill -9 of server and worker while phones upload: nothing acknowledged is lost, nothing doubled, receipts verify.

`BUUTA_KILLED_PROOFS` proofs: 150 here, 5,000 by `make nightly`.
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.blobs import BlobStore
from core.clock import utc_now
from core.ids import new_id
from core.ports import free_port
from tests.api.house import PASSWORD, House
from tests.tracking.office_scene import PROVINCE
from tracking import service
from tracking.intake import BATCH_LIMIT
from tracking.store_audit import dossiers

pytestmark = pytest.mark.db

PROOFS = int(os.environ.get("BUUTA_KILLED_PROOFS", "150"))
KILLS = 2 + PROOFS // 200
_PHONES = 8
_DEADLINE_S = 240.0 + PROOFS / 5
_LOOK_AGAIN_S = 0.05
# What a phone waits out: nobody listens, the line broke, or the server asks for patience.
_AGAIN = {429, 503}


@dataclass
class Process:
    """A command of `buuta` that dies by kill -9, with all it started, and comes back."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    running: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "api.cli", *self.arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        assert self.running is not None
        assert self.running.poll() is None, f"ended by itself:\n{self.log.read_text()[-2000:]}"
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()


@dataclass
class Phones:
    """Phones that send each proof and its photo until both are receipted, whatever happens meanwhile."""

    client: httpx.Client
    receipts: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def sign_in(self) -> None:
        """The courier signs in; the session outlives every server."""
        answer = self._until("POST", "/v1/session", json={"login": "courier", "password": PASSWORD})
        cookies = dict(answer.cookies)
        self.client.cookies.clear()
        said = {"Cookie": f"buuta_session={cookies['buuta_session']}", "X-CSRF-Token": cookies["buuta_csrf"]}
        self.client.headers.update(said)

    def send(self, item_id: UUID) -> None:
        """One proof, its receipt, then its photo."""
        photo = b"\xff\xd8\xff" + Random(item_id.int).randbytes(20_000)
        sha256, proof_id = hashlib.sha256(photo).hexdigest(), new_id()
        proof = {
            "item_id": str(item_id),
            "outcome": "delivered",
            "recipient_name": "Nguyễn Thị Bích Ngọc",
            "relation": "self",
            "occurred_at": utc_now().isoformat(),
            "files": [{"sha256": sha256, "kind": "photo", "bytes_count": len(photo)}],
        }
        receipt: dict[str, Any] = self._until("PUT", f"/v1/proofs/{proof_id}", json=proof).json()
        file = self._until("PUT", f"/v1/proofs/{proof_id}/files/{sha256}", content=photo).json()
        assert file["sha256"] == sha256
        self.receipts[proof_id] = receipt

    def _until(self, method: str, path: str, **body: Any) -> httpx.Response:
        deadline = time.monotonic() + _DEADLINE_S
        while time.monotonic() < deadline:
            try:
                answer = self.client.request(method, path, **body)
            except httpx.TransportError:
                time.sleep(_LOOK_AGAIN_S)
                continue
            if answer.status_code not in _AGAIN:
                assert answer.is_success, answer.text
                return answer
            time.sleep(_LOOK_AGAIN_S)
        raise AssertionError(f"no answer in time: {path}")


@contextmanager
def _killed_now_and_then(victims: Sequence[Process], phones: Phones) -> Iterator[None]:
    """Each in turn is killed at a random share of the work, and started again."""
    marks = sorted(Random(5).sample(range(PROOFS // 10, PROOFS * 9 // 10), KILLS))
    deadline = time.monotonic() + _DEADLINE_S

    def killing() -> None:
        for n, mark in enumerate(marks):
            while len(phones.receipts) < mark:
                assert time.monotonic() < deadline, f"{len(phones.receipts)} receipts before the mark of {mark}"
                time.sleep(_LOOK_AGAIN_S / 10)
            victim = victims[n % len(victims)]
            victim.kill()
            victim.start()

    with ThreadPoolExecutor(1) as killer:
        done = killer.submit(killing)
        yield
        done.result()


def test_no_receipt_is_lost_or_doubled_by_kill_9(house: House, tmp_path: Path) -> None:
    parts = range(0, PROOFS, BATCH_LIMIT)
    items = [key for done in parts for key in house.scene.out(min(BATCH_LIMIT, PROOFS - done))]
    port = free_port()
    own = {
        "BUUTA_DATABASE_URL": house.scene.database.url,
        "BUUTA_DATA_DIR": str(tmp_path / "server"),
        "BUUTA_PROVINCE_CODE": PROVINCE,
    }
    server = Process(("serve", "--port", str(port)), os.environ | own, tmp_path / "server.log")
    worker = Process(("worker",), os.environ | own, tmp_path / "worker.log")
    with ExitStack() as stack:
        address = f"http://127.0.0.1:{port}"
        phones = Phones(stack.enter_context(httpx.Client(base_url=address, timeout=20, trust_env=False)))
        for process in (server, worker):
            process.start()
            stack.callback(process.kill)
        phones.sign_in()
        with _killed_now_and_then((server, worker), phones), ThreadPoolExecutor(_PHONES) as pool:
            list(pool.map(phones.send, items))
    _check(house, BlobStore(str(tmp_path / "server/blobs")), phones, items)


def _check(house: House, blobs: BlobStore, phones: Phones, items: Sequence[UUID]) -> None:
    with house.scene.database.reading() as session:
        logged = service.LoggedRoots()
        faults = list(service.audit(session, PROVINCE, blobs=blobs, is_signed=lambda _: True, logged=logged))
        kept = {one.item.id: one for one in dossiers(session, PROVINCE)}
    assert faults == []
    assert {UUID(receipt["item_id"]) for receipt in phones.receipts.values()} == set(items)
    for proof_id, receipt in phones.receipts.items():
        one = kept[UUID(receipt["item_id"])]
        assert [proof["id"] for proof in one.proofs] == [proof_id], "one proof, not lost and not doubled"
        [delivered] = [event for event in one.events if event.kind == "item_delivered"]
        assert (delivered.hash, delivered.data["proof_id"]) == (receipt["event_hash"], str(proof_id))
        assert len(one.files[proof_id]) == 1

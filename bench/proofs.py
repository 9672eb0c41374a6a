"""Proofs: a delivery with a 200 kB photo from 32 phones at once, beside a bare insert of the same bytes; the chain.

Both sides are servers of their own on the same durable PostgreSQL, asked by the same phones in turns: ours is `buuta
serve`, the other one `bench.proof_peer`. What a phone is answered is on disk on both sides.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import psycopg

from api import auth
from api.demo.processes import running, wait_healthy
from api.identity import User
from api.roles import Role
from bench.proof_clients import Timing, Upload, send_all, uploads_of
from bench.proof_peer import DATABASE_VARIABLE, TABLES
from bench.report import Bar, Report, arguments, show
from bench.tracking_ground import DOOR, PROVINCE, SYSTEM, Ground, durable_ground
from core.clock import utc_now
from core.ids import new_id
from core.ports import free_port
from tracking import service

CLIENTS = 32
_PROCESSES = 1
_ROUNDS = 2
_PASSWORD = "mat-khau-dai-du"  # noqa: S105  of a server that lives a minute


@contextmanager
def our_server(place: Ground, folder: Path) -> Iterator[int]:
    """`buuta serve` over the ground's database, its files in `folder`; yields its port."""
    port = free_port()
    environment = {
        "BUUTA_DATABASE_URL": place.database.url,
        "BUUTA_DATA_DIR": str(folder / "data"),
        "BUUTA_PROVINCE_CODE": PROVINCE,
    }
    arguments = ["serve", "--port", str(port), "--workers", str(_PROCESSES)]
    log = folder / "serve.log"
    with running({log: arguments}, environment) as processes:
        wait_healthy(f"http://127.0.0.1:{port}/healthz", processes[0], log)
        yield port


@contextmanager
def _peer_server(place: Ground, folder: Path) -> Iterator[int]:
    """The peer over the same database."""
    port = free_port()
    with psycopg.connect(place.database.url, autocommit=True) as connection:
        for statement in TABLES:
            connection.execute(statement)
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(_PROCESSES), "--no-access-log"]
    command = [sys.executable, "-m", "uvicorn", "bench.proof_peer:build", "--factory", "--log-level", "warning"]
    log = folder / "peer.log"
    with log.open("wb") as output:
        peer = subprocess.Popen(
            [*command, *options], env={DATABASE_VARIABLE: place.database.url}, stdout=output, stderr=output
        )
        try:
            wait_healthy(f"http://127.0.0.1:{port}/healthz", peer, log)
            yield port
        finally:
            peer.terminate()
            peer.wait(20)


def sign_in(place: Ground, port: int) -> dict[str, str]:
    """A courier of the ground signs in; the headers of the phone's requests."""
    user = User(
        id=new_id(),
        province_code=PROVINCE,
        login="courier",
        name=place.courier.name,
        role=Role.COURIER,
        language="vi",
        office_ids=(place.courier.office_id,),
        courier_id=place.courier.id,
    )
    with place.database.transaction() as session:
        auth.add_user(session, user, password=_PASSWORD, now=utc_now())
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser:
        answer = browser.post("/v1/session", json={"login": user.login, "password": _PASSWORD})
        answer.raise_for_status()
        cookies = dict(browser.cookies)
    return {"cookie": f"buuta_session={cookies['buuta_session']}", "x-csrf-token": cookies["buuta_csrf"]}


def _in_turns(place: Ground, folder: Path, uploads: Sequence[Upload]) -> tuple[list[Timing], list[Timing]]:
    """Ours and the peer's timings of each round; both get the same uploads, after a warm-up each."""
    share = (len(uploads) - CLIENTS) // _ROUNDS
    rounds = [uploads[CLIENTS + n * share : CLIENTS + (n + 1) * share] for n in range(_ROUNDS)]
    ours, bare = [], []
    with ExitStack() as stack:
        our_port = stack.enter_context(our_server(place, folder))
        bare_port = stack.enter_context(_peer_server(place, folder))
        headers = sign_in(place, our_port)
        for port in (our_port, bare_port):
            send_all(port, uploads[:CLIENTS], clients=CLIENTS, headers=headers)
        for batch in rounds:
            ours.append(send_all(our_port, batch, clients=CLIENTS, headers=headers))
            bare.append(send_all(bare_port, batch, clients=CLIENTS, headers=headers))
    return ours, bare


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
    """The same number of proofs on both sides, in turns."""
    with durable_ground(pool_size=4) as (place, folder):
        keys = place.out(proofs + CLIENTS)
        uploads = uploads_of(keys, lon=DOOR.lon, lat=DOOR.lat)
        ours, bare = _in_turns(place, folder, uploads)
        verified_per_s, history_ms = _verified_per_s(place, keys[:500])
    sent = sum(len(one.waits_ms) for one in ours)
    ours_per_s = sent / sum(one.seconds for one in ours)
    bare_per_s = sent / sum(one.seconds for one in bare)
    return Report(
        name="proofs",
        figures={
            "proofs": sent,
            "clients": CLIENTS,
            "server_processes": _PROCESSES,
            "proofs_per_s": round(ours_per_s),
            "proof_p50_ms": _worst_ms(ours, 0.5),
            "proof_p99_ms": _worst_ms(ours, 0.99),
            "bare_per_s": round(bare_per_s),
            "bare_p50_ms": _worst_ms(bare, 0.5),
            "bare_p99_ms": _worst_ms(bare, 0.99),
            "history_ms": history_ms,
            "events_verified_per_s": round(verified_per_s),
        },
        bars=(
            Bar("proofs a second beside a bare insert", ours_per_s / bare_per_s, 0.5, ">="),
            Bar("item history, ms", history_ms, 5.0),
            Bar("events verified a second", verified_per_s, 20_000, ">="),
        ),
    )


def _worst_ms(rounds: Sequence[Timing], share: float) -> float:
    return max(one.percentile_ms(share) for one in rounds)


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    return show(measure(proofs=600 if asked.quick else 4000), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

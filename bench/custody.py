"""Custody at the size of a province's year: an item's history among a million events, and the check of all of them.

First the chains alone, with everything of their items read; then the whole audit, `buuta custody verify --no-files`,
which recomputes every proof, file record and signed daily root as well.
"""

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from random import Random
from uuid import UUID

from api.keyring import Keyring
from api.signing import sign_roots
from bench.custody_year import fill
from bench.report import Bar, Report, arguments, show
from bench.tracking_ground import PROVINCE, SYSTEM, Ground, durable_ground
from core.clock import utc_now
from core.db import Database
from core.memory import settle
from tracking import service
from tracking.store_audit import dossiers

_SAMPLE = 2_000


def _histories_ms(database: Database, keys: Sequence[UUID]) -> list[float]:
    """What each history takes in a transaction of its own, as a request has one; sorted."""
    waits = []
    for key in keys:
        started = time.perf_counter()
        with database.reading() as session:
            events = service.item_history(session, scope=SYSTEM, item_id=key)
        waits.append((time.perf_counter() - started) * 1000)
        assert events[-1].status == "delivered", key
    return sorted(waits)


def _make_roots(place: Ground, keyring: Keyring, now: datetime) -> tuple[int, float]:
    """How many daily roots were made and signed, and in how many seconds."""
    started = time.perf_counter()
    made = sign_roots(place.database, keyring, PROVINCE, now=now)
    return len(made), time.perf_counter() - started


def _verified(place: Ground) -> tuple[int, float]:
    """Events whose chains were read from the database and recomputed, and the seconds of both."""
    started, events = time.perf_counter(), 0
    with place.database.reading() as session:
        for dossier in dossiers(session, PROVINCE):
            broken = service.verify_chain(dossier.events, head=dossier.item.last_hash)
            assert not broken, broken
            events += len(dossier.events)
    return events, time.perf_counter() - started


def _audited(place: Ground, keyring: Keyring) -> tuple[service.Audited, float]:
    """What the audit looked at, and its seconds; a fault would be one of the bench or of the product."""
    counts, started = service.Audited(), time.perf_counter()
    logged, is_signed = keyring.log.of(PROVINCE), keyring.is_signed
    with place.database.reading() as session:
        faults = list(service.audit(session, PROVINCE, blobs=None, is_signed=is_signed, logged=logged, counts=counts))
    assert not faults, faults[:5]
    return counts, time.perf_counter() - started


def measure(*, events: int, days: int) -> Report:
    """The year filled, then histories of items at random, then the roots, then the audit."""
    now = utc_now()
    with durable_ground(pool_size=2) as (place, folder):
        started = time.perf_counter()
        filled = fill(place, folder, events=events, days=days, until=now)
        fill_s = time.perf_counter() - started
        keys = Random(7).choices(filled.item_ids, k=_SAMPLE)
        _histories_ms(place.database, keys[:50])
        waits = _histories_ms(place.database, keys)
        keyring = Keyring(folder / "custody.keys")
        settle()  # as `buuta custody verify` does before it reads
        roots, roots_s = _make_roots(place, keyring, now)
        verified, verify_s = _verified(place)
        counts, audit_s = _audited(place, keyring)
    assert (verified, counts.events, counts.roots) == (filled.events, filled.events, roots)
    history_ms, rate = waits[len(waits) // 2], verified / verify_s
    return Report(
        name="custody",
        figures={
            "events": counts.events,
            "items": counts.items,
            "proofs": counts.proofs,
            "days": days,
            "fill_s": round(fill_s, 1),
            "history_p50_ms": round(history_ms, 2),
            "history_p95_ms": round(waits[len(waits) * 95 // 100], 2),
            "daily_roots": roots,
            "daily_root_ms": round(roots_s / roots * 1000, 1),
            "events_verified_per_s": round(rate),
            "audit_s": round(audit_s, 1),
            "events_audited_per_s": round(counts.events / audit_s),
        },
        bars=(
            Bar("history of an item, median, ms", history_ms, 5.0),
            Bar("events a second whose chains are read from the database and verified", rate, 20_000, ">="),
        ),
    )


def main() -> int:
    """A month of a province, or a year."""
    asked = arguments(__doc__ or "")
    report = measure(events=60_000, days=30) if asked.quick else measure(events=1_000_000, days=365)
    return show(report, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

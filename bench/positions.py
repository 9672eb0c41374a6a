"""Positions through HTTP: fixes a second that one server process takes in batches as phones send them."""

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx

from bench.proofs import our_server, sign_in
from bench.report import Bar, Report, arguments, show
from bench.tracking_ground import DOOR, durable_ground
from core.clock import utc_now

# What the courier's app sends at once.
_BATCH = 500
_PHONES = 4


def _batches(count: int, now: datetime) -> list[dict[str, Any]]:
    """Rides of one fix in five seconds at 5 m/s, oldest first, none of which a filter leaves out."""
    start = now - timedelta(seconds=5 * (count + _PHONES) * _BATCH)
    return [
        {
            "fixes": [
                {
                    "lon": DOOR.lon + 0.0002 * abs(step % 100 - 50),
                    "lat": DOOR.lat,
                    "occurred_at": (start + timedelta(seconds=5 * (number * _BATCH + step))).isoformat(),
                    "accuracy_m": 8.0,
                    "speed_mps": 5.0,
                    "heading_deg": 90.0,
                    "battery_pct": 60,
                }
                for step in range(_BATCH)
            ]
        }
        for number in range(count)
    ]


def _send(port: int, headers: dict[str, str], batches: Sequence[dict[str, Any]]) -> list[tuple[int, float]]:
    """Fixes accepted and milliseconds of each batch, one after another as a phone does."""
    answers = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=60) as phone:
        for batch in batches:
            started = time.perf_counter()
            answer = phone.post("/v1/positions", json=batch)
            answer.raise_for_status()
            answers.append((int(answer.json()["accepted"]), (time.perf_counter() - started) * 1000))
    return answers


def measure(*, batches: int) -> Report:
    """The same courier from several connections at once: the worst case for the row of his day."""
    with durable_ground(pool_size=4) as (place, folder), our_server(place, folder) as port:
        headers, work = sign_in(place, port), _batches(batches, utc_now())
        _send(port, headers, work[:_PHONES])
        work = work[_PHONES:]
        started = time.perf_counter()
        with ThreadPoolExecutor(_PHONES) as phones:
            shares = [work[n::_PHONES] for n in range(_PHONES)]
            answers = [one for share in phones.map(lambda w: _send(port, headers, w), shares) for one in share]
        seconds = time.perf_counter() - started
    accepted, waits = sum(count for count, _ in answers), sorted(ms for _, ms in answers)
    rate = accepted / seconds
    return Report(
        name="positions",
        figures={
            "accepted": accepted,
            "sent": len(work) * _BATCH,
            "accepted_per_s": round(rate),
            "batch_p50_ms": round(waits[len(waits) // 2], 1),
            "batch_max_ms": round(waits[-1], 1),
        },
        bars=(Bar("positions a second through HTTP, one worker, batches of 500", rate, 5000, ">="),),
    )


def main() -> int:
    """One table, or one JSON object."""
    asked = arguments(__doc__ or "")
    return show(measure(batches=44 if asked.quick else 404), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

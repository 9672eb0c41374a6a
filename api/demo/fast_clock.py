"""The demo's clock: a working day that passes in minutes, the same in every process of the demo.

The clock lies in a file that every process reads, so the demo can let the morning pass at the normal pace while plans
are made and the ride in fast time.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """From the real second `real_s` (Unix) the clock shows `shows_at` and runs `speed` times as fast until
    `closes_at`, and at the normal pace after that."""

    shows_at: datetime
    closes_at: datetime
    real_s: float
    speed: float

    def at(self, real_s: float) -> datetime:
        """What the clock shows at a real second, UTC."""
        passed_s = real_s - self.real_s
        fast_s = max(0.0, (self.closes_at - self.shows_at).total_seconds())
        shown_s = min(passed_s * self.speed, fast_s) + max(0.0, passed_s - fast_s / self.speed)
        return (self.shows_at + timedelta(seconds=shown_s)).astimezone(UTC)


class FastClock:
    """`core.clock.Clock` of the demo, backed by the file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = 0
        self._pace: Pace | None = None

    def set(self, *, shows_at: datetime, closes_at: datetime, speed: float) -> None:
        """From now on show this and run at this pace, in every process."""
        value = [shows_at.isoformat(), closes_at.isoformat(), time.time(), speed]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(value))
        fresh.replace(self._path)

    def __call__(self) -> datetime:
        """The demo's present instant, UTC."""
        return self.pace().at(time.time())

    def pace(self) -> Pace:
        """The pace in force."""
        stamp = self._path.stat().st_mtime_ns
        if self._pace is None or stamp != self._stamp:
            shows, closes, real_s, speed = json.loads(self._path.read_text())
            self._pace = Pace(
                shows_at=datetime.fromisoformat(shows),
                closes_at=datetime.fromisoformat(closes),
                real_s=real_s,
                speed=speed,
            )
            self._stamp = stamp
        return self._pace

    def wait_until(self, instant: datetime) -> None:
        """Sleep until the clock shows the instant."""
        while (left_s := (instant - self()).total_seconds()) > 0:
            pace = self.pace()
            time.sleep(min(left_s / (pace.speed if instant <= pace.closes_at else 1.0), 1.0))

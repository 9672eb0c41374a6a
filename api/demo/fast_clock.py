"""The demo's clock: a working day that passes in minutes, the same in every process of the demo."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FastClock:
    """Shows `opens_at` when the real clock shows `real_s` (Unix seconds), then runs `speed` times as fast until
    `closes_at`, and at the normal pace after that."""

    opens_at: datetime
    closes_at: datetime
    real_s: float
    speed: float

    def __call__(self) -> datetime:
        """The demo's present instant, UTC."""
        passed_s = time.time() - self.real_s
        day_s = (self.closes_at - self.opens_at).total_seconds()
        shown_s = min(passed_s * self.speed, day_s) + max(0.0, passed_s - day_s / self.speed)
        return (self.opens_at + timedelta(seconds=shown_s)).astimezone(UTC)

    def wait_until(self, instant: datetime) -> None:
        """Sleep until the clock shows the instant."""
        while (left_s := (instant - self()).total_seconds()) > 0:
            pace = self.speed if instant <= self.closes_at else 1.0
            time.sleep(min(left_s / pace, 1.0))

    def text(self) -> str:
        """The clock as a setting, for other processes."""
        return f"{self.opens_at.isoformat()} {self.closes_at.isoformat()} {self.real_s} {self.speed}"

    @classmethod
    def from_text(cls, text: str) -> "FastClock":
        """The clock of `text()`."""
        opens, closes, real, speed = text.split()
        return cls(
            opens_at=datetime.fromisoformat(opens),
            closes_at=datetime.fromisoformat(closes),
            real_s=float(real),
            speed=float(speed),
        )

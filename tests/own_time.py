"""Wall time without what a busy machine took: limits in seconds hold for the program, not for who else runs."""

import time
from pathlib import Path

# Nanoseconds on a processor, nanoseconds ready to run while others ran, turns (Linux, scheduler/sched-stats).
_MINE = Path("/proc/thread-self/schedstat")


def waited_s() -> float:
    """Seconds this thread has so far been ready to run while the machine ran others; 0 where nobody counts them."""
    return int(_MINE.read_text().split()[1]) / 1e9 if _MINE.exists() else 0.0


class OwnTime:
    """Seconds since it was made, without those in which this thread waited its turn."""

    def __init__(self) -> None:
        self._began, self._waited = time.monotonic(), waited_s()

    def __call__(self) -> float:
        return time.monotonic() - self._began - (waited_s() - self._waited)

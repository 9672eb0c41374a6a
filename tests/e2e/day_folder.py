"""The data folder that whole days of the demo share: its roads take minutes to make, so they are made once."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDER = Path(__file__).parents[2] / ".buuta" / "test-day"


@contextmanager
def day_folder() -> Iterator[Path]:
    """The folder, for one day at a time: its clock and its PostGIS are of that day."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield _FOLDER

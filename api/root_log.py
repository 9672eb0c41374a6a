"""The log of signed roots, one line a root: outside the database, so that whoever rules it takes none away unseen."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from core.blobs import flush_folder
from tracking.service import DailyRoot, LoggedRoots

_OWNER_ONLY = 0o600


class RootLog:
    """An append-only file of JSON lines that its owner alone can read."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def of(self, province_code: str) -> LoggedRoots:
        """What it says of a province; nothing where there is no log yet."""
        return _read(self._place.read_bytes(), province_code) if self._place.exists() else LoggedRoots()

    def add(self, province_code: str, signed: Callable[[LoggedRoots], Sequence[DailyRoot]]) -> None:
        """Append what `signed` makes of the log as it is; of two processes the second sees what the first one wrote.
        The lines lie on the disk when this returns.
        """
        with self._alone() as file:
            content = os.pread(file, os.fstat(file).st_size, 0)
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                # A power cut left half a line; its root is among those to come.
                os.ftruncate(file, whole)
            known = _read(content[:whole], province_code)
            fresh = [root for root in signed(known) if root not in known.roots]
            if fresh:
                lines = b"".join(orjson.dumps(asdict(root)) + b"\n" for root in fresh)
                os.pwrite(file, lines, whole)
                os.fsync(file)

    @contextmanager
    def _alone(self) -> Iterator[int]:
        self._place.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._place.exists()
        file = os.open(self._place, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                flush_folder(self._place.parent)
            yield file
        finally:
            os.close(file)


def _read(content: bytes, province_code: str) -> LoggedRoots:
    roots, unreadable = [], 0
    # What follows the last line's end is half written.
    for line in content.split(b"\n")[:-1]:
        try:
            root = _root(orjson.loads(line))
        except (ValueError, KeyError, TypeError):
            unreadable += 1
            continue
        if root.province_code == province_code:
            roots.append(root)
    return LoggedRoots(roots=tuple(roots), unreadable=unreadable)


def _root(told: dict[str, Any]) -> DailyRoot:
    when = {"day": date.fromisoformat(told["day"]), "made_at": datetime.fromisoformat(told["made_at"])}
    return DailyRoot(**told | when)

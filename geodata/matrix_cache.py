"""Travel matrices on disk, found by what they were made from, bounded in size."""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from geodata.model import LonLat
from geodata.travel_values import TravelMatrix, TravelSource

DEFAULT_LIMIT_BYTES = 1 << 30


def matrix_key(dataset: str, points: Sequence[LonLat], *, settings: str) -> str:
    """Name of a matrix: road data, points to 1e-6 degrees in their order, and whatever else decides the figures."""
    coordinates = np.array([(point.lon, point.lat) for point in points], dtype=np.float64).reshape(-1, 2)
    digest = hashlib.sha256(f"{dataset}|{settings}|".encode())
    digest.update(np.rint(coordinates * 1e6).astype(np.int64).tobytes())
    return digest.hexdigest()


class MatrixCache:
    """A folder of `.npz` files; the ones used longest ago go first when `limit_bytes` is passed."""

    def __init__(self, folder: Path, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> TravelMatrix | None:
        """The stored matrix, or None; a damaged file counts as none and is removed."""
        path = self._path(key)
        try:
            with np.load(path) as stored:
                found = TravelMatrix(
                    seconds=stored["seconds"],
                    metres=stored["metres"],
                    source=TravelSource(str(stored["source"])),
                    off_road=tuple(stored["off_road"].tolist()),
                    unreachable_pairs=int(stored["unreachable_pairs"]),
                )
            # the time of last use decides what goes first; another process may have removed it meanwhile
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            path.unlink(missing_ok=True)
            return None
        return found

    def put(self, key: str, matrix: TravelMatrix) -> None:
        """Store in one step, then make room."""
        fresh = self._folder / f".{key}.{os.getpid()}.npz"
        np.savez(
            fresh,
            seconds=matrix.seconds,
            metres=matrix.metres,
            source=np.array(matrix.source.value),
            off_road=np.array(matrix.off_road, dtype=np.int32),
            unreachable_pairs=np.array(matrix.unreachable_pairs),
        )
        fresh.replace(self._path(key))
        self._make_room()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.npz"

    def _make_room(self) -> None:
        stats = []
        for path in self._folder.glob("*.npz"):
            try:
                stats.append((path.stat().st_mtime_ns, path.stat().st_size, path))
            except FileNotFoundError:
                continue
        spare = self._limit_bytes - sum(size for _, size, _ in stats)
        for _, size, path in sorted(stats)[:-1]:
            if spare >= 0:
                return
            path.unlink(missing_ok=True)
            spare += size

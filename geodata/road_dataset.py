"""Road data on disk: one folder for each import, its manifest, and the link that names the one in force.

<data_dir>/roads/<id>/manifest.json   written last: a folder without it is unfinished
<data_dir>/roads/<id>/roads.osm.pbf   the clipped OpenStreetMap file
<data_dir>/roads/<id>/roads.osrm.*    OSRM's files (MLD)
<data_dir>/roads/<id>/basemap.pmtiles
<data_dir>/roads/<id>/segments.npy    index of road segments, see `road_segments`
<data_dir>/roads/current              link to the folder in force, replaced in one step

A variant (see `road_variants`) is a dataset with other speeds; `base` names the import it was made from.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

MANIFEST = "manifest.json"
CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A box in degrees, EPSG:4326, edges included."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadDataset:
    """A finished import. `seconds` is what each phase took, `counts` the objects in the clipped file."""

    id: str
    folder: Path
    source_name: str
    source_sha256: str
    profile_sha256: str
    bounds: Bounds
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    files: Mapping[str, str]
    base: str | None = None

    @property
    def base_id(self) -> str:
        """Id of the import: its own, or that of the import this is a variant of."""
        return self.base or self.id

    @property
    def pbf(self) -> Path:
        """The clipped OpenStreetMap file."""
        return self.folder / "roads.osm.pbf"

    @property
    def graph(self) -> Path:
        """What osrm-routed is given: the common beginning of OSRM's files."""
        return self.folder / "roads.osrm"

    @property
    def basemap(self) -> Path | None:
        """The PMTiles file, or None when the import made no basemap."""
        path = self.folder / "basemap.pmtiles"
        return path if path.is_file() else None


def roads_dir(data_dir: Path) -> Path:
    return data_dir / "roads"


def read_dataset(folder: Path) -> RoadDataset | None:
    """The dataset in a folder, links followed; None when there is none or it is unfinished."""
    folder = folder.resolve()
    try:
        raw = orjson.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return RoadDataset(**{**raw, "folder": folder, "bounds": Bounds(**raw["bounds"])})


def current_dataset(data_dir: Path) -> RoadDataset | None:
    """The dataset in force."""
    return read_dataset(roads_dir(data_dir) / CURRENT)


def write_manifest(dataset: RoadDataset) -> None:
    """Makes the dataset finished."""
    body = {**asdict(dataset), "folder": None}
    del body["folder"]
    write_atomically(dataset.folder / MANIFEST, orjson.dumps(body, option=orjson.OPT_INDENT_2))


def make_current(dataset: RoadDataset) -> None:
    """Put a finished dataset in force with one rename; readers see the old or the new one, never none."""
    link = dataset.folder.parent / CURRENT
    fresh = link.with_name(f".{CURRENT}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(dataset.folder.name, target_is_directory=True)
    fresh.replace(link)


@contextmanager
def switching(roads: Path) -> Iterator[None]:
    """Held for the moment in which somebody looks at the link and replaces it, so that no other does in between."""
    with (roads / ".switch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prune(data_dir: Path, *, keep: set[str]) -> list[str]:
    """Remove finished datasets that are neither in force nor in `keep`; returns their ids."""
    current = current_dataset(data_dir)
    kept = keep | ({current.id} if current else set())
    removed = []
    for folder in sorted(roads_dir(data_dir).iterdir()):
        if folder.is_dir() and not folder.is_symlink() and folder.name not in kept and (folder / MANIFEST).exists():
            shutil.rmtree(folder)
            removed.append(folder.name)
    return removed


def write_atomically(path: Path, data: bytes) -> None:
    """A reader sees the whole old content or the whole new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(path)


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""Other speeds on the same roads: a variant of a dataset, made in seconds, without a new import.

OSRM takes speeds of single segments from a file when it customizes the graph; everything else of a dataset stays as it
is. A variant is therefore a folder of its own with hard links to what is the same, and copies of what OSRM writes anew
(it writes in place, also where its `-o` names another folder). It carries its own id, so no matrix of other speeds is
taken for its own.
"""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import fail
from geodata.osrm_programs import Programs, run_program
from geodata.road_dataset import MANIFEST, RoadDataset, read_dataset, sha256_of, write_manifest
from geodata.road_errors import INDEX_MISSING, NO_DATASET
from geodata.road_segments import RoadSegments

# what osrm-customize 26.10 may write; the rest is only read (a test compares the base's files before and after)
_WRITTEN = frozenset(
    f"roads.osrm.{name}"
    for name in (
        "cell_metrics",
        "datasource_names",
        "enw",
        "geometry",
        "mldgr",
        "turn_duration_penalties",
        "turn_penalties_index",
        "turn_weight_penalties",
    )
)
_VERSION_FILE = "roads.osrm.timestamp"
_NOT_TAKEN = frozenset({MANIFEST, "phases.json"})
_MAKING = ".making-"
_SPEEDS = "speeds.csv"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SegmentSpeeds:
    """Speeds of directed segments: OSM node ids from and to (int64) and km/h (float64, 0 closes), all shape (n,)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    kmh: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.start)

    def before(self, later: "SegmentSpeeds") -> "SegmentSpeeds":
        """Both together; where both speak of a segment, `later` holds."""
        start = np.r_[later.start, self.start]
        end = np.r_[later.end, self.end]
        kmh = np.r_[later.kmh, self.kmh]
        # a stable sort: of equal pairs, those of `later` come first
        order = np.lexsort([end, start])
        start, end, kmh = start[order], end[order], kmh[order]
        first = np.r_[True, (np.diff(start) != 0) | (np.diff(end) != 0)][: len(start)]
        return SegmentSpeeds(start=start[first], end=end[first], kmh=kmh[first])


NO_SPEEDS = SegmentSpeeds(start=np.empty(0, np.int64), end=np.empty(0, np.int64), kmh=np.empty(0))


def index_of(dataset: RoadDataset) -> RoadSegments:
    """The segments of a dataset. Raises G2012 for one that was imported before there were indexes."""
    index = RoadSegments.of(dataset)
    if index is None:
        raise fail(INDEX_MISSING)
    return index


def make_variant(base: RoadDataset, variant_id: str, speeds: SegmentSpeeds, *, programs: Programs) -> RoadDataset:
    """A finished variant of `base` under an id of the same length; one that is there already is no work.

    Killed at any moment it leaves at most a folder that is no dataset, and the base as it was. Raises G2006.
    """
    folder = base.folder.parent / variant_id
    found = read_dataset(folder)
    if found is not None:
        return found
    making = folder.with_name(f"{_MAKING}{variant_id}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    _take(base, making)
    _rename_data(making, base.id, variant_id)
    _customize(making, speeds, programs)
    names = _WRITTEN | {_VERSION_FILE, _SPEEDS}
    fresh = {path.name: sha256_of(path) for path in sorted(making.iterdir()) if path.name in names}
    variant = replace(base, id=variant_id, folder=making, base=base.id, files={**base.files, **fresh})
    write_manifest(variant)
    shutil.rmtree(folder, ignore_errors=True)
    making.replace(folder)
    return replace(variant, folder=folder)


def base_of(dataset: RoadDataset) -> RoadDataset:
    """The import behind a dataset. Raises G2009 when its folder is gone."""
    base = dataset if dataset.base is None else read_dataset(dataset.folder.parent / dataset.base)
    if base is None:
        raise fail(NO_DATASET)
    return base


def drop_variants(base: RoadDataset, *, keep: set[str]) -> None:
    """Remove variants of this import that are not in `keep`, and what killed builds left behind."""
    for folder in sorted(base.folder.parent.iterdir()):
        made = read_dataset(folder) if not folder.is_symlink() and folder.name not in keep else None
        if folder.name.startswith(_MAKING) or (made is not None and made.base == base.id):
            shutil.rmtree(folder)


def _take(base: RoadDataset, making: Path) -> None:
    for path in sorted(base.folder.iterdir()):
        if path.name in _WRITTEN or path.name == _VERSION_FILE:
            shutil.copyfile(path, making / path.name)
        elif path.suffix != ".log" and path.name not in _NOT_TAKEN and path.is_file():
            os.link(path.resolve(), making / path.name)


def _rename_data(making: Path, base_id: str, variant_id: str) -> None:
    """Give the graph its own `data_version`. It stands in a tar whose sums cover headers only: same length will do."""
    path = making / _VERSION_FILE
    content = path.read_bytes()
    if content.count(base_id.encode()) != 1 or len(base_id) != len(variant_id):
        raise ValueError(f"{path.name} does not hold the id {base_id} once")
    path.write_bytes(content.replace(base_id.encode(), variant_id.encode()))


def _customize(making: Path, speeds: SegmentSpeeds, programs: Programs) -> None:
    rows = zip(speeds.start.tolist(), speeds.end.tolist(), speeds.kmh.tolist(), strict=True)
    (making / _SPEEDS).write_text("".join(f"{start},{end},{kmh:.2f}\n" for start, end, kmh in rows), encoding="ascii")
    command = [str(programs.path("osrm-customize")), str(making / "roads.osrm")]
    command += ["--segment-speed-file", str(making / _SPEEDS)] if len(speeds) else []
    log = making / "customize.log"
    run_program(command, log=log, on_line=lambda _: None, environment=programs.environment())

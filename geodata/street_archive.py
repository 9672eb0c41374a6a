"""The street index on disk: one ZIP archive beside the road file, a member for each commune, replaced in one step.

`streets-<edition>.zip` is made by the import of the roads, or by the first reader of a dataset that has none, and goes
with its dataset.
"""

import fcntl
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from geodata.communes import CommuneIndex
from geodata.road_dataset import RoadDataset
from geodata.street_blocks import Block, block_of
from geodata.street_extract import extract

# Raise it when the content of a block changes: readers then build anew.
EDITION = 1
# Working folders stand beside the datasets: the system's folder for temporary files may be memory itself.
_SCRATCH = ".making-streets-"


def archive_of(folder: Path) -> Path:
    """Where the street index of a dataset's folder stands."""
    return folder / f"streets-{EDITION}.zip"


def build_streets(pbf: Path, target: Path, *, percent: Callable[[float], None] = lambda _: None) -> dict[str, int]:
    """Make the index of a road file; a reader sees no half of it. Returns counts of what is in it."""
    counts = {"communes": 0, "streets": 0, "doors": 0, "places": 0}
    # Beside the dataset's folder, not in it: whoever copies the folder meanwhile finds only what is finished.
    fresh = target.parent.with_name(f".{target.name}.{os.getpid()}")
    with TemporaryDirectory(prefix=_SCRATCH, dir=target.parent.parent) as name:
        folder = Path(name)
        codes = extract(pbf, folder, CommuneIndex.bundled())
        percent(50)
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, code in enumerate(codes, 1):
                with (folder / f"{code}.jsonl").open("rb") as lines:
                    block = block_of(lines)
                archive.writestr(code, orjson.dumps(block))
                _count(counts, block)
                percent(50 + 50 * number / len(codes))
    fresh.replace(target)
    return counts


def ensure_streets(dataset: RoadDataset) -> Path:
    """The index of a finished dataset, made now if an older import left none. One process makes it, others wait.

    A variant of an import, which has the same map, has the import's.
    """
    base = dataset.folder.with_name(dataset.base_id)
    folder = base if base.is_dir() else dataset.folder
    target = archive_of(folder)
    if target.is_file():
        return target
    with folder.with_name(".streets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_file():
            for left in folder.parent.glob(f"{_SCRATCH}*"):
                shutil.rmtree(left)
            build_streets(folder / dataset.pbf.name, target)
    return target


def _count(counts: dict[str, int], block: Block) -> None:
    counts["communes"] += 1
    counts["streets"] += len(block["streets"])
    counts["doors"] += sum(len(street["d"]) for street in block["streets"])
    counts["places"] += len(block["places"])

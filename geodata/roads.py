"""Import of an OpenStreetMap file: clip, OSRM's graph, basemap; resumable, and put in force in one step.

Phases run in order and each is recorded when it has ended, so an import that was cut off goes on where it stopped.
The dataset's id is made from the file, the area, the profile and the programs: the same import again is no work.
"""

import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry

from core.errors import fail
from geodata.basemap import BASEMAP_EDITION, build_basemap
from geodata.osrm_programs import OSRM_VERSION, PROFILES, Programs, find_programs, run_program
from geodata.road_clip import check_file, clip
from geodata.road_dataset import (
    Bounds,
    RoadDataset,
    current_dataset,
    make_current,
    prune,
    read_dataset,
    roads_dir,
    sha256_of,
    switching,
    write_atomically,
    write_manifest,
)
from geodata.road_errors import IMPORT_RUNNING
from geodata.road_segments import EDITION as SEGMENTS_EDITION
from geodata.road_segments import write_segments
from geodata.street_archive import ensure_streets

PHASES = ("clip", "extract", "segments", "partition", "customize", "basemap")
# a round may lead a few kilometres through the neighbouring province and back
AREA_MARGIN_M = 5_000.0
_STATE = "phases.json"
_WAY_SPEEDS = "way_speeds"

# what each program says on its way, and how far it then is, in percent of its own time
_MILESTONES = {
    "extract": (
        ("Parse ways and nodes", 2),
        ("Parsing finished", 35),
        ("Generating edge-expanded graph", 45),
        ("Generating edge-expanded edges", 55),
        ("Guidance turn annotations took", 85),
        ("Building r-tree", 95),
    ),
    "partition": (("Loaded compressed node", 10), ("Full bisection done", 75), ("MLD data writing", 95)),
    "customize": (("Loading partition data took", 15), ("Cells customization took", 85), ("Graph writing", 98)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where an import stands. `percent` is of this phase (0-100), `seconds` since the import began."""

    phase: str
    percent: int
    seconds: float


Percent = Callable[[float], None]
Report = Callable[[Progress], None]


def import_roads(
    pbf: Path,
    data_dir: Path,
    *,
    area: BaseGeometry | None = None,
    progress: Report = lambda _: None,
    basemap: bool = True,
    margin_m: float = AREA_MARGIN_M,
    programs: Programs | None = None,
) -> RoadDataset:
    """Make routing data and basemap from an OpenStreetMap PBF file and put them in force under `<data_dir>/roads`.

    `area` is a polygon in EPSG:4326 (a province, a box); None takes the whole file. A running `OsrmServer` changes over
    by itself. Raises G2001-G2008 and G2011; whatever was in force before stays in force then.
    """
    check_file(pbf)
    programs = programs or find_programs(data_dir)
    roads = roads_dir(data_dir)
    roads.mkdir(parents=True, exist_ok=True)
    with _only_one(roads):
        sha = sha256_of(pbf)
        folder = roads / _dataset_id(sha, area, basemap=basemap, margin_m=margin_m)
        dataset = read_dataset(folder)
        if dataset is None:
            work = _Import(pbf=pbf, sha256=sha, folder=folder, area=area, margin_m=margin_m, programs=programs)
            dataset = work.run(progress, basemap=basemap)
        ensure_streets(dataset)
        with switching(roads):
            previous = current_dataset(data_dir)
            make_current(dataset)
        prune(data_dir, keep={previous.id, previous.base_id} if previous else set())
        return dataset


def profile_sha256() -> str:
    """Hash of the motorbike profile with its table of speeds."""
    digest = hashlib.sha256()
    for path in sorted(PROFILES.glob("*.lua")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _dataset_id(sha: str, area: BaseGeometry | None, *, basemap: bool, margin_m: float) -> str:
    editions = [str(BASEMAP_EDITION if basemap else None), str(SEGMENTS_EDITION)]
    parts = [sha, profile_sha256(), OSRM_VERSION, *editions]
    if area is not None:
        parts += [area.normalize().wkb_hex, str(margin_m)]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


@contextmanager
def _only_one(roads: Path) -> Iterator[None]:
    with (roads / ".import.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise fail(IMPORT_RUNNING, folder=roads) from error
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class _Import:
    pbf: Path
    sha256: str
    folder: Path
    area: BaseGeometry | None
    margin_m: float
    programs: Programs

    def run(self, progress: Report, *, basemap: bool) -> RoadDataset:
        self.folder.mkdir(exist_ok=True)
        self._drop_scratch()
        began = time.monotonic()
        for phase in PHASES if basemap else PHASES[:-1]:
            report = _Reporter(phase, began, progress)
            if phase not in self._state():
                self._phase(phase, report)
            report(100)
        return self._finish()

    def _drop_scratch(self) -> None:
        """Remove the working folders of an import that was killed; what the extraction wrote is still needed."""
        for path in self.folder.iterdir():
            if path.is_dir() and path != self._way_speeds:
                shutil.rmtree(path)

    def _phase(self, phase: str, percent: Percent) -> None:
        began = time.monotonic()
        percent(0)
        result = self._steps()[phase](percent) or {}
        state = {**self._state(), phase: {"seconds": round(time.monotonic() - began, 2), **result}}
        write_atomically(self.folder / _STATE, orjson.dumps(state))

    def _steps(self) -> dict[str, Callable[[Percent], dict[str, Any] | None]]:
        return {
            "clip": self._clip,
            "extract": self._extract,
            "segments": self._segments,
            "partition": self._partition,
            "customize": self._customize,
            "basemap": self._basemap,
        }

    def _state(self) -> dict[str, dict[str, Any]]:
        path = self.folder / _STATE
        state: dict[str, dict[str, Any]] = orjson.loads(path.read_bytes()) if path.exists() else {}
        return state

    def _clip(self, percent: Percent) -> dict[str, Any]:
        content = clip(self.pbf, self.area, self.folder / "roads.osm.pbf", margin_m=self.margin_m, percent=percent)
        return {"bounds": content.bounds, "counts": content.counts}

    def _extract(self, percent: Percent) -> None:
        profile = str(PROFILES / "motorbike.lua")
        # the id comes back in every answer of osrm-routed: a client sees which data it was answered from
        names = ["--data_version", self.folder.name, "--driving-side-index", "off", "-o", str(self._graph)]
        shutil.rmtree(self._way_speeds, ignore_errors=True)
        self._way_speeds.mkdir()
        self._osrm("extract", ["-p", profile, *names, str(self.folder / "roads.osm.pbf")], percent)

    def _segments(self, _: Percent) -> dict[str, Any]:
        count = write_segments(self.folder / "roads.osm.pbf", self._way_speeds, self.folder)
        shutil.rmtree(self._way_speeds)
        return {"count": count}

    def _partition(self, percent: Percent) -> None:
        self._osrm("partition", [str(self._graph)], percent)

    def _customize(self, percent: Percent) -> None:
        self._osrm("customize", [str(self._graph)], percent)

    def _basemap(self, percent: Percent) -> None:
        build_basemap(self.folder / "roads.osm.pbf", self.folder / "basemap.pmtiles", percent=percent)

    @property
    def _graph(self) -> Path:
        return self.folder / "roads.osrm"

    @property
    def _way_speeds(self) -> Path:
        """Where the profile writes down the speed of each way."""
        return self.folder / _WAY_SPEEDS

    def _osrm(self, phase: str, arguments: list[str], percent: Percent) -> None:
        def on_line(line: str) -> None:
            reached = next((value for mark, value in _MILESTONES[phase] if mark in line), None)
            if reached is not None:
                percent(reached)

        command = [str(self.programs.path(f"osrm-{phase}")), *arguments]
        log = self.folder / f"{phase}.log"
        environment = {**self.programs.environment(), "BUUTA_WAY_SPEEDS": str(self._way_speeds)}
        run_program(command, log=log, on_line=on_line, environment=environment)

    def _finish(self) -> RoadDataset:
        state = self._state()
        clipped = state["clip"]
        dataset = RoadDataset(
            id=self.folder.name,
            folder=self.folder,
            source_name=self.pbf.name,
            source_sha256=self.sha256,
            profile_sha256=profile_sha256(),
            bounds=Bounds(**clipped["bounds"]),
            counts=clipped["counts"],
            seconds={phase: float(state[phase]["seconds"]) for phase in state},
            files={path.name: sha256_of(path) for path in sorted(self.folder.glob("*")) if path.suffix != ".log"},
        )
        write_manifest(dataset)
        return dataset


class _Reporter:
    """Passes on whole percents of a phase, each once and only upwards."""

    def __init__(self, phase: str, began: float, progress: Report) -> None:
        self._phase = phase
        self._began = began
        self._progress = progress
        self._last = -1

    def __call__(self, percent: float) -> None:
        if int(percent) > self._last:
            self._last = int(percent)
            self._progress(
                Progress(phase=self._phase, percent=self._last, seconds=round(time.monotonic() - self._began, 2))
            )

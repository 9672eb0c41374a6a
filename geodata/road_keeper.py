"""Keeps the roads in force equal to what the database says of them: closures that count now, and learned speeds.

Runs beside an `OsrmServer`, wherever that runs: each machine with roads of its own comes to the same state by looking,
and a closure ends by itself when its time is over. What it wants is written as a recipe; the recipe's hash is the id of
the dataset, so the same state is never made twice and a killed process goes on where it stood.
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

import numpy as np
import orjson
import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.clock import Clock
from core.db import Database
from core.errors import CodedError
from core.failures import failure_name, failure_place
from geodata import store_learned, store_roads
from geodata.closure_values import Closure
from geodata.closures import announce
from geodata.communes import CommuneIndex
from geodata.learned_speeds import communes_in, speeds_of
from geodata.osrm_programs import Programs
from geodata.road_dataset import RoadDataset, current_dataset, make_current, roads_dir, switching
from geodata.road_segments import SEGMENT, RoadSegments, Segments
from geodata.road_variants import NO_SPEEDS, SegmentSpeeds, base_of, drop_variants, index_of, make_variant
from geodata.segment_table import SegmentTable

LOOK_S = 1.0
_REST_S = 15.0
_EDITION = 1

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the roads should be: an import, the closures that count, versions of what was learned by province."""

    base: RoadDataset
    closures: tuple[Closure, ...]
    learned: Mapping[str, str]

    @property
    def dataset_id(self) -> str:
        """The import's own id when nothing is changed, else the hash of the recipe, of the same length."""
        if not self.closures and not self.learned:
            return self.base.id
        recipe = {
            "edition": _EDITION,
            "base": self.base.id,
            "closures": [str(closure.id) for closure in self.closures],
            "learned": dict(self.learned),
        }
        return hashlib.sha256(orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)).hexdigest()[: len(self.base.id)]


class RoadKeeper:
    """Looks at the database every `look_s` seconds in a thread of its own and puts into force what it finds."""

    def __init__(
        self, database: Database, data_dir: Path, *, programs: Programs, clock: Clock, look_s: float = LOOK_S
    ) -> None:
        self._database = database
        self._data_dir = data_dir
        self._programs = programs
        self._clock = clock
        self._look_s = look_s
        self._kept: tuple[object, SegmentSpeeds] | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="road-keeper", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pause_s = 0.0
        while not self._ended.wait(pause_s):
            pause_s = self._look_s
            try:
                self.look()
            except (CodedError, SQLAlchemyError, OSError) as error:
                # the roads in force stay in force; the next look may find the disk or the database well again
                _log.error("roads_not_changed", error=failure_name(error), at=failure_place(error))
                pause_s = _REST_S

    def look(self) -> bool:
        """Compare once and change when needed; whether something was put into force."""
        with _only_one(roads_dir(self._data_dir)) as alone:
            current = current_dataset(self._data_dir) if alone else None
            if current is None:
                return False
            wanted = self._wanted(base_of(current))
            if wanted.dataset_id == current.id:
                return False
            return self._bring(wanted, current)

    def _wanted(self, base: RoadDataset) -> Wanted:
        with self._database.reading() as session:
            found = store_roads.closures_in_force(session, self._clock(), base.bounds)
            learned = store_learned.versions(session)
        return Wanted(base=base, closures=tuple(found), learned=learned)

    def _bring(self, wanted: Wanted, current: RoadDataset) -> bool:
        dataset, counts = wanted.base, dict[UUID, int]()
        if wanted.dataset_id != wanted.base.id:
            index = index_of(wanted.base)
            closed, counts = closed_segments(index, wanted.closures)
            speeds = self._learned(wanted, index).before(closed)
            dataset = make_variant(wanted.base, wanted.dataset_id, speeds, programs=self._programs)
        with switching(roads_dir(self._data_dir)):
            now_current = current_dataset(self._data_dir)
            if now_current is None or now_current.base_id != wanted.base.id:
                # another road file came into force meanwhile: the next look starts from it
                return False
            make_current(dataset)
        self._note(wanted.closures, counts, self._clock())
        drop_variants(wanted.base, keep={dataset.id, current.id})
        _log.info("roads_changed", dataset=dataset.id, closures=len(wanted.closures))
        return True

    def _learned(self, wanted: Wanted, index: RoadSegments) -> SegmentSpeeds:
        """Learned speeds of all provinces, kept until they or the roads change: a closure must not wait for them."""
        key = wanted.base.id, tuple(sorted(wanted.learned.items()))
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self._work_out(wanted, index)
        return self._kept[1]

    def _work_out(self, wanted: Wanted, index: RoadSegments) -> SegmentSpeeds:
        speeds = NO_SPEEDS
        if wanted.learned:
            table = SegmentTable.of(index, CommuneIndex.bundled())
            with self._database.reading() as session:
                found = {province: store_learned.learned_roads(session, province) for province in wanted.learned}
            for province, learned in found.items():
                if learned is not None:
                    speeds = speeds.before(speeds_of(learned, table, communes_in(province)))
        return speeds

    def _note(self, held: tuple[Closure, ...], counts: dict[UUID, int], now: datetime) -> None:
        with self._database.transaction() as session:
            store_roads.note_applied(session, counts, now=now)
            for closure in held:
                if closure.applied_at is None:
                    announce(session, closure, "applied")


def closed_segments(index: RoadSegments, closures: tuple[Closure, ...]) -> tuple[SegmentSpeeds, dict[UUID, int]]:
    """Speed 0 for both directions of every segment a closure touches, and how many segments each closure touches."""
    found = {closure.id: index.touching(closure.area) for closure in closures}
    rows = np.concatenate([np.empty(0, dtype=SEGMENT), *found.values()])
    return _closed(rows), {closure_id: len(touched) for closure_id, touched in found.items()}


def _closed(rows: Segments) -> SegmentSpeeds:
    pairs = np.unique(np.r_[np.c_[rows["start"], rows["end"]], np.c_[rows["end"], rows["start"]]], axis=0)
    return SegmentSpeeds(start=pairs[:, 0], end=pairs[:, 1], kmh=np.zeros(len(pairs)))


@contextmanager
def _only_one(roads: Path) -> Iterator[bool]:
    """Of several processes on one data folder, one keeps it at a time."""
    with (roads / ".keeper.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

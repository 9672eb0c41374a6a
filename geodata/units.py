"""The units in force as one process knows them: names, polygons and the resolver over them.

The bundled files are the base; every reform in the database is laid over it. The list carries a stamp: who asks sees at
once when a reform was applied or taken back by another process, and reads again. Nothing needs a restart.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.db import Database
from geodata import store_reform
from geodata.communes import CommuneIndex
from geodata.gazetteer import Gazetteer
from geodata.gazetteer_build import bundled_gazetteer
from geodata.reform_gazetteer import reformed
from geodata.reform_values import Reform
from geodata.resolver import AddressResolver

# The stamp of a database without reforms.
BUNDLED = "|"
_FRESH_S = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Units:
    """One state of the list; immutable, threads share it."""

    stamp: str
    gazetteer: Gazetteer
    index: CommuneIndex
    resolver: AddressResolver
    # Units of the bundled list that a unit of a later one came from: what the map's streets are sorted by.
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "Units":
        """The list shipped with the package, made once and shared."""
        resolver = AddressResolver.bundled()
        return cls(stamp=BUNDLED, gazetteer=bundled_gazetteer(), index=CommuneIndex.bundled(), resolver=resolver)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Full name of every unit in force by code."""
        return {code: known.commune.full_name for code, known in self.gazetteer.communes.items()}


@dataclass(slots=True)
class _Held:
    units: Units | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_HELD: "WeakKeyDictionary[Engine, _Held]" = WeakKeyDictionary()
_HELD_LOCK = threading.Lock()


def units_of(session: Session) -> Units:
    """The units in force in the session's database: one short question, and reading again when they changed."""
    held = _held(session)
    now = store_reform.stamp(session)
    if now == BUNDLED:
        return Units.bundled()
    # Looked at once: another thread may put other units there at any moment.
    known = held.units
    if known is not None and known.stamp == now:
        return known
    with held.lock:
        known = held.units
        if known is None or known.stamp != now:
            known = held.units = read_units(session, now)
        return known


def read_units(session: Session, stamp: str) -> Units:
    """The bundled list with every reform and redrawn polygon of the database laid over it."""
    gazetteer, index = bundled_gazetteer(), CommuneIndex.bundled()
    origins: dict[str, tuple[str, ...]] = {}
    for reform in store_reform.reforms_in_force(session):
        drawn = {unit.code: unit.area for unit in reform.units if unit.area is not None}
        index = index.redrawn(gone=reform.ended, drawn=drawn)
        gazetteer = reformed(gazetteer, reform, index)
        origins = _origins(origins, reform)
    redrawn = store_reform.redrawn_areas(session)
    if redrawn:
        index = index.redrawn(gone=(), drawn=redrawn)
    resolver = AddressResolver(gazetteer, index)
    return Units(stamp=stamp, gazetteer=gazetteer, index=index, resolver=resolver, origins=origins)


def _origins(before: Mapping[str, tuple[str, ...]], reform: Reform) -> dict[str, tuple[str, ...]]:
    made = {
        code: tuple(sorted({first for c in changes for first in before.get(c.old.code, (c.old.code,))}))
        for code, changes in reform.by_new.items()
    }
    return {code: firsts for code, firsts in before.items() if code not in reform.ended} | made


class UnitsWatch:
    """The units in force for who has no session at hand: asked for again every second, by one thread at a time.

    The others go on with what is known, so that no request waits for a connection here.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._units: Units | None = None
        self._seen_s = 0.0
        self._asking = threading.Lock()

    @property
    def units(self) -> Units:
        """What is in force, at most a second old."""
        known = self._units
        if known is None:
            with self._asking:
                return self._units or self._ask()
        if time.monotonic() - self._seen_s > _FRESH_S and self._asking.acquire(blocking=False):
            try:
                return self._ask()
            finally:
                self._asking.release()
        return known

    def _ask(self) -> Units:
        with self._database.reading() as session:
            self._units = units_of(session)
        self._seen_s = time.monotonic()
        return self._units


def _held(session: Session) -> _Held:
    engine = session.get_bind()
    if not isinstance(engine, Engine):
        engine = engine.engine
    with _HELD_LOCK:
        return _HELD.setdefault(engine, _Held())

"""The demo's results: 400 papers for households in real communes, addresses in old, new and mixed form.

Everything follows from a seed; the true door of each result is kept beside it, so that the simulated couriers know
where they ride to and a check can tell whether an address was understood.
"""

import csv
import gzip
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from api.demo.make_doors import DOORS
from api.demo.people import family_name, person, phone
from api.demo.places import AGENCY_CODE, OFFICES, PROCEDURES, PROVINCE, DemoOffice
from core.calendar import WorkingCalendar
from core.clock import at_local
from core.text import without_marks
from geodata.model import LonLat

PER_OFFICE = 100
_CITY = ("Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh", "TP.HCM", "TPHCM")
_SHORT = {"Phường": "P.", "Xã": "X.", "Thị trấn": "TT.", "Quận": "Q.", "Huyện": "H.", "Thành phố": "TP."}
_HOUSEHOLD_SIZES = (1, 1, 1, 1, 1, 1, 2, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A made-up home: its commune, a street that is really there and a point on that street."""

    commune_code: str
    commune: str
    street: str
    point: LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """A row for `POST /v1/results:batch` and the door it truly belongs to."""

    row: dict[str, Any]
    door: Door
    office_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _OldUnit:
    name: str
    district: str


def demo_results(day: date, seed: int = 7) -> list[DemoResult]:
    """All results of the demo day, in the order in which agencies hand them in."""
    chance = random.Random(seed)
    made = [result for office in OFFICES for result in _office_results(office, day, chance)]
    chance.shuffle(made)
    return made


def _office_results(office: DemoOffice, day: date, chance: random.Random) -> list[DemoResult]:
    doors = [door for code in office.commune_codes for door in _doors()[code]]
    chance.shuffle(doors)
    made: list[DemoResult] = []
    for door in doors:
        if len(made) == PER_OFFICE:
            break
        made += _household(office, door, day, chance)[: PER_OFFICE - len(made)]
    return made


def _household(office: DemoOffice, door: Door, day: date, chance: random.Random) -> list[DemoResult]:
    family, number, address = family_name(chance), phone(chance), _address(door, chance)
    window = _window(day, chance)
    size = chance.choice(_HOUSEHOLD_SIZES)
    rows = [_row(person(chance, family), number, address, day, chance) for _ in range(size)]
    return [DemoResult(row=row | window, door=door, office_code=office.code) for row in rows]


def _row(name: str, number: str, address: str, day: date, chance: random.Random) -> dict[str, Any]:
    procedure, weight_g, papers, fee_vnd = chance.choice(PROCEDURES)
    collects = chance.random() < 0.35
    filed_on = day - timedelta(days=chance.randint(5, 20))
    return {
        "dossier_code": f"{AGENCY_CODE}-{filed_on:%y%m%d}-{chance.randrange(100_000):05d}",
        "procedure": procedure,
        "addressee": {"name": name, "phone": number},
        "address": address,
        "due_on": _due(day, chance).isoformat(),
        "ready_at": at_local(_previous(day), time(chance.randint(8, 16), chance.randrange(60))).isoformat(),
        "weight_g": weight_g,
        "papers": papers,
        "state_fee_vnd": fee_vnd if collects else 0,
        "postage_vnd": 30_000 if collects else 0,
        "in_person": chance.random() < 0.05,
    }


def _due(day: date, chance: random.Random) -> date:
    ahead = chance.choices((-1, 0, 1, 2, 3), (6, 30, 34, 20, 10))[0]
    return _previous(day) if ahead < 0 else WorkingCalendar().add(day, ahead)


def _previous(day: date) -> date:
    calendar = WorkingCalendar()
    day -= timedelta(days=1)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day


def _window(day: date, chance: random.Random) -> dict[str, Any]:
    if chance.random() > 0.06:
        return {}
    hour = chance.choice((8, 9, 14, 15))
    bounds = at_local(day, time(hour)), at_local(day, time(hour + 2))
    return {"window": {"start_at": bounds[0].isoformat(), "end_at": bounds[1].isoformat()}}


def _address(door: Door, chance: random.Random) -> str:
    place = f"{_house(door, chance)}"
    form = chance.choices(("new", "old", "old_short", "mixed", "plain", "split"), (38, 21, 14, 11, 6, 10))[0]
    old = _old_unit(door, chance, split=form == "split")
    city = chance.choice(_CITY)
    if form == "new" or old is None:
        return f"{place}, {door.commune}, {city}"
    if form in {"old", "split"}:
        return f"{place}, {old.name}, {old.district}, {city}"
    if form == "old_short":
        return f"{place}, {_short(old.name)}, {_short(old.district)}, {city}"
    if form == "mixed":
        return f"{place}, {old.name} (nay là {door.commune}), {city}"
    return without_marks(f"{place}, {door.commune}, {city}")


def _house(door: Door, chance: random.Random) -> str:
    number = f"{chance.randint(1, 300)}"
    if chance.random() < 0.3:
        number += f"/{chance.randint(1, 40)}"
    if not door.street:
        hamlet = "ấp" if door.commune.startswith("Xã") else "khu phố"
        return f"Số {number}, tổ {chance.randint(1, 12)}, {hamlet} {chance.randint(1, 8)}"
    street = unicodedata.normalize("NFC", door.street)
    if street.lower().startswith(("đường", "hẻm", "hem ", "quốc lộ", "tỉnh lộ")):
        return f"{number} {street[0].lower()}{street[1:]}"
    return f"{number} đường {street}"


def _short(unit: str) -> str:
    for long, short in _SHORT.items():
        if unit.startswith(f"{long} "):
            return f"{short} {unit.removeprefix(f'{long} ')}"
    return unit


def _old_unit(door: Door, chance: random.Random, *, split: bool) -> _OldUnit | None:
    units = _old_units().get((door.commune_code, split))
    return chance.choice(units) if units else None


@lru_cache(maxsize=1)
def _old_units() -> dict[tuple[str, bool], list[_OldUnit]]:
    """Old units by the new commune they went into, whole or split; a split one needs a person to decide."""
    found: dict[tuple[str, bool], list[_OldUnit]] = defaultdict(list)
    for row in _changes():
        if row["new_province_code"] == PROVINCE:
            unit = _OldUnit(name=row["old_full_name"], district=row["old_district"])
            found[row["new_code"], row["kind"] != "full"].append(unit)
    return found


def _changes() -> Iterator[dict[str, str]]:
    path = Path(str(files("geodata"))) / "data" / "vietnam" / "commune_changes_2025.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@lru_cache(maxsize=1)
def _doors() -> dict[str, list[Door]]:
    names = {row["new_code"]: row["new_full_name"] for row in _changes()}
    found: dict[str, list[Door]] = defaultdict(list)
    with DOORS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            point = LonLat(lon=float(row["lon"]), lat=float(row["lat"]))
            code = row["commune_code"]
            found[code].append(Door(commune_code=code, commune=names[code], street=row["street"], point=point))
    return found

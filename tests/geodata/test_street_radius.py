"""Radii hold: each mapped number is left out in turn and looked for by the others, its alley and its street."""

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from geodata.street_lookup import Match, Spot, Street
from geodata.street_text import DoorWords
from tests.geodata.hcm_streets import hcm_archive

Held = dict[Match, list[bool]]


def streets() -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(hcm_archive()) as archive:
        for code in archive.namelist():
            yield from orjson.loads(archive.read(code))["streets"]


def judged(spot: Spot, street: Street, at: list[int], held: Held) -> None:
    held[spot.match].append(street.plane.metres(at[0], at[1], spot.x, spot.y) <= spot.radius_m)


@pytest.fixture(scope="module")
def held() -> Held:
    """Whether the radius held, by how the door was found."""
    found: Held = defaultdict(list)
    for raw in streets():
        for number, (path, at) in enumerate(raw["d"].items()):
            if number % 3:
                continue
            door = DoorWords(tuple(path.split("/")), has_house=True, name=())
            without = Street({**raw, "d": {other: xy for other, xy in raw["d"].items() if other != path}})
            judged(without.find(door, None), without, at, found)
            alone = Street({**raw, "d": {}})
            judged(alone.find(door, None), alone, at, found)
            mouth = Street({**raw, "d": {p: xy for p, xy in raw["d"].items() if "/" not in p}, "a": {}})
            if "/" in path:
                judged(mouth.find(door, None), mouth, at, found)
    return found


@pytest.mark.parametrize("match", [Match.EXACT, Match.BETWEEN, Match.ALLEY, Match.MOUTH, Match.STREET])
def test_about_nine_of_ten_doors_lie_within_the_radius(held: Held, match: Match) -> None:
    cases = held[match]
    assert len(cases) > 300
    assert 0.87 <= sum(cases) / len(cases) <= 0.985


def test_a_between_is_worth_its_name() -> None:
    gaps = []
    for raw in streets():
        street = Street(raw)
        for path, at in raw["d"].items():
            if "/" in path or not path.isdigit():
                continue
            rest = Street({**raw, "d": {other: xy for other, xy in raw["d"].items() if other != path}})
            spot = rest.find(DoorWords((path,), has_house=True, name=()), None)
            if spot.match is Match.BETWEEN:
                gaps.append(street.plane.metres(at[0], at[1], spot.x, spot.y))
    gaps.sort()
    assert len(gaps) > 1_000
    assert gaps[len(gaps) // 2] <= 15

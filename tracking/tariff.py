"""Postage by weight and way, from a dated table: nothing of it is hard-wired.

The shipped table holds the caps of Circular TT 22/2017/TT-BTTTT. Amounts are whole VND an item, weights grams.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeGuard

from core.errors import CodedError, Problem, problem
from tracking import errors_money as errors

SHIPPED = Path(__file__).parent / "data" / "tt22_2017.toml"
HEAVIEST_G = 31_500  # what intake takes
_MOST_VND = 100_000_000


class Zone(StrEnum):
    """How far it is, as the circular counts it."""

    SAME_DISTRICT = "same_district"
    IN_PROVINCE = "in_province"
    BEYOND_NEAR = "beyond_near"
    BEYOND_FAR = "beyond_far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Amounts up to a weight, inclusive; of the last step: for each further begun `up_to_g`."""

    up_to_g: int
    vnd: Mapping[Zone, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """Who pays less, by `percent` (100: nothing)."""

    code: str
    percent: int
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A table from a day on."""

    source: str
    valid_from: date
    tiers: tuple[Tier, ...]
    further: Tier
    reductions: tuple[Reduction, ...]
    far_provinces: frozenset[str]

    def full_vnd(self, zone: Zone, weight_g: int) -> int:
        """Postage without reduction: the first tier that holds the weight, then a step for each further begun part."""
        for tier in self.tiers:
            if weight_g <= tier.up_to_g:
                return tier.vnd[zone]
        heaviest = self.tiers[-1]
        steps = -(-(weight_g - heaviest.up_to_g) // self.further.up_to_g)
        return heaviest.vnd[zone] + steps * self.further.vnd[zone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What an item costs to send, and by which table."""

    zone: Zone
    weight_g: int
    full_vnd: int
    percent_off: int
    postage_vnd: int
    source: str
    valid_from: date


def reduced(full_vnd: int, percent_off: int) -> int:
    """What is left of a postage to pay; half a đồng falls to the citizen."""
    return full_vnd * (100 - percent_off) // 100


def quote(tariff: Tariff, *, zone: Zone, weight_g: int, reduction: str | None = None) -> Quote:
    """The postage of an item.

    Raises:
        CodedError: T7102 for a weight that is not carried, T7103 for a reduction the table does not have; both at once.
    """
    known = {one.code: one for one in tariff.reductions}
    found = []
    if not 1 <= weight_g <= HEAVIEST_G:
        found.append(problem(errors.WEIGHT_WRONG, pointer="/weight_g", value=weight_g, limit=HEAVIEST_G))
    if reduction is not None and reduction not in known:
        found.append(problem(errors.REDUCTION_UNKNOWN, pointer="/reduction", value=reduction, known=", ".join(known)))
    if found:
        raise CodedError(found)
    full, percent = tariff.full_vnd(zone, weight_g), known[reduction].percent if reduction else 0
    return Quote(
        zone=zone,
        weight_g=weight_g,
        full_vnd=full,
        percent_off=percent,
        postage_vnd=reduced(full, percent),
        source=tariff.source,
        valid_from=tariff.valid_from,
    )


@lru_cache(maxsize=1)
def shipped_tariff() -> Tariff:
    """The caps of TT 22/2017/TT-BTTTT."""
    return parse_tariff(SHIPPED.read_text("utf-8"))


def parse_tariff(text: str) -> Tariff:
    """A table from TOML in the form of the shipped one.

    Raises:
        CodedError: T7101, one problem for each place that is wrong.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise CodedError([_wrong("/", str(broken))]) from broken
    found = list(_mistakes(table))
    if found:
        raise CodedError(found)
    return Tariff(
        source=table["source"],
        valid_from=table["valid_from"],
        tiers=tuple(_tier(row, row["up_to_g"]) for row in table["tiers"]),
        further=_tier(table["further"], table["further"]["each_g"]),
        reductions=tuple(Reduction(**row) for row in table.get("reductions", [])),
        far_provinces=frozenset(table.get("far_provinces", [])),
    )


def _tier(row: Mapping[str, Any], up_to_g: int) -> Tier:
    return Tier(up_to_g=up_to_g, vnd={zone: row[zone.value] for zone in Zone})


def _wrong(place: str, why: str) -> Problem:
    return problem(errors.TARIFF_WRONG, pointer=place, place=place, why=why)


def _mistakes(table: Mapping[str, Any]) -> Iterator[Problem]:
    if not _is_text(table.get("source")):
        yield _wrong("/source", "text")
    if type(table.get("valid_from")) is not date:
        yield _wrong("/valid_from", "YYYY-MM-DD")
    far = table.get("far_provinces", [])
    if not isinstance(far, list) or not all(_is_text(one) for one in far):
        yield _wrong("/far_provinces", "[text]")
    yield from _tier_mistakes(table.get("tiers"))
    yield from _amount_mistakes("/further", table.get("further"), "each_g")
    yield from _reduction_mistakes(table.get("reductions", []))


def _tier_mistakes(tiers: Any) -> Iterator[Problem]:
    if not isinstance(tiers, list) or not tiers:
        yield _wrong("/tiers", "[…]")
        return
    last = 0
    for place, row in enumerate(tiers):
        yield from _amount_mistakes(f"/tiers/{place}", row, "up_to_g")
        weight = row.get("up_to_g") if isinstance(row, dict) else None
        if _is_whole(weight) and weight <= last:
            yield _wrong(f"/tiers/{place}/up_to_g", f"> {last}")
        last = weight if _is_whole(weight) else last


def _amount_mistakes(place: str, row: Any, weight: str) -> Iterator[Problem]:
    if not isinstance(row, dict):
        yield _wrong(place, "{…}")
        return
    if not _is_whole(row.get(weight)) or row[weight] < 1:
        yield _wrong(f"{place}/{weight}", "1, 2, …")
    for zone in Zone:
        if not _is_whole(row.get(zone.value)) or not 0 <= row[zone.value] <= _MOST_VND:
            yield _wrong(f"{place}/{zone.value}", f"0 … {_MOST_VND}")


def _reduction_mistakes(rows: Any) -> Iterator[Problem]:
    if not isinstance(rows, list):
        yield _wrong("/reductions", "[…]")
        return
    seen = set()
    for place, row in enumerate(rows):
        at = f"/reductions/{place}"
        if not isinstance(row, dict) or set(row) != {"code", "percent", "vi", "en"}:
            yield _wrong(at, "code, percent, vi, en")
            continue
        if not all(_is_text(row[key]) for key in ("code", "vi", "en")) or row["code"] in seen:
            yield _wrong(f"{at}/code", "text, 1×")
        seen.add(row["code"])
        if not _is_whole(row["percent"]) or not 1 <= row["percent"] <= 100:
            yield _wrong(f"{at}/percent", "1 … 100")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)

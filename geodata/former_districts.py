"""The districts that communes belonged to before 1 July 2025: rates that speak of districts still go by them."""

from collections import defaultdict
from functools import lru_cache

from geodata import bundled

DistrictCodes = frozenset[str]


@lru_cache(maxsize=1)
def _by_commune() -> dict[str, DistrictCodes]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in bundled.change_records():
        found[row["new_code"]].add(row["old_district_code"])
    return {code: frozenset(districts) for code, districts in found.items()}


def former_districts(commune_code: str) -> DistrictCodes:
    """Codes of the districts that gave any part of today's commune; empty for an unknown one."""
    return _by_commune().get(commune_code, frozenset())

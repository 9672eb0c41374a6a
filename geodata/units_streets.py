"""The map's streets under units of a later list: the street index is sorted by the units of the bundled one."""

from functools import lru_cache

from geodata.communes import metres_between
from geodata.model import LonLat
from geodata.points import StreetResolver
from geodata.street_index import MappedPoint, Streets
from geodata.units import Units


@lru_cache(maxsize=2)
def street_resolver(units: Units, streets: Streets) -> StreetResolver:
    """The resolver over one state of the list and the map; the same again for the same two."""
    return StreetResolver(units.resolver, UnitStreets(streets, units))


class UnitStreets:
    """Looks an address up in every unit of the map that its unit came from, and believes what lies in its unit."""

    def __init__(self, streets: Streets, units: Units) -> None:
        self._streets = streets
        self._units = units

    def look_up(
        self, text: str, commune_code: str, *, near: LonLat | None = None, near_m: int = 0
    ) -> MappedPoint | None:
        """As `StreetIndex.look_up`; None too when several of the old units have the street and `near` does not tell."""
        first = self._units.origins.get(commune_code)
        if first is None:
            return self._streets.look_up(text, commune_code, near=near, near_m=near_m)
        found = [self._streets.look_up(text, code, near=near, near_m=near_m) for code in first]
        inside = [one for one in found if one is not None and self._units.index.at(one.point) == commune_code]
        if len(inside) > 1 and near is not None:
            inside = [one for one in inside if metres_between(near, one.point) <= near_m]
        return inside[0] if len(inside) == 1 else None

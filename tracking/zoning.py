"""From where to where, as the tariff counts it."""

from collections.abc import Callable

from core.errors import CodedError, problem
from geodata.bundled import commune_provinces
from geodata.former_districts import former_districts
from tracking import errors
from tracking.tariff import Tariff, Zone

# Commune of origin, commune of destination. Another rule of distance is another function.
Zoning = Callable[[str, str], Zone]


def by_former_district(tariff: Tariff) -> Zoning:
    """Communes that share a former district, are of one province, or lie beyond; `tariff` says which provinces are far.

    The function raises T2004 for each commune that does not exist.
    """

    def zone(origin: str, destination: str) -> Zone:
        provinces = commune_provinces()
        unknown = [code for code in (origin, destination) if code not in provinces]
        if unknown:
            raise CodedError(problem(errors.COMMUNE_UNKNOWN, value=code) for code in unknown)
        if former_districts(origin) & former_districts(destination):
            return Zone.SAME_DISTRICT
        if provinces[origin] == provinces[destination]:
            return Zone.IN_PROVINCE
        is_far = provinces[destination] in tariff.far_provinces
        return Zone.BEYOND_FAR if is_far else Zone.BEYOND_NEAR

    return zone

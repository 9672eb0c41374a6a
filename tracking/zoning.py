"""From where to where, as the tariff counts it."""

from collections.abc import Callable, Collection

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


def nearest(tariff: Tariff, province_code: str, origins: Collection[str], destination: str) -> Zone:
    """The zone from whichever of the communes is nearest: an office stands for all it serves.

    Where nobody knows the origin, only that it lies in the province, it counts as near: the circular's amounts are
    caps, and a citizen is never asked for more than one of them.

    Raises:
        CodedError: T2004 for communes that do not exist.
    """
    if not origins and commune_provinces().get(destination) == province_code:
        return Zone.SAME_DISTRICT
    zone = by_former_district(tariff)
    order = list(Zone)
    starts = origins or [next(code for code, province in commune_provinces().items() if province == province_code)]
    return min((zone(origin, destination) for origin in starts), key=order.index)

"""Where a person's decision on an address puts the pin."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.presenters.results import lon_lat
from api.schemas.items import ResolveAddressIn
from core.errors import NOT_FOUND, fail
from geodata import store
from geodata.model import LonLat, PointSource
from geodata.points import Resolves
from tracking.model import Item

# Set by hand on the map: about a house and its neighbours.
_BY_HAND_M = 30
# A commune's inner point says little: half of the communes are larger across than this.
_COMMUNE_M = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A point, how far the door may lie from it in metres, and where it came from."""

    point: LonLat
    error_m: int
    source: PointSource


def pin_of(session: Session, resolver: Resolves, item: Item, decision: ResolveAddressIn) -> Pin:
    """The person's own pin, else the one the resolver has in the chosen commune, else the commune's point."""
    given = lon_lat(decision.point)
    if given is not None:
        return Pin(point=given, error_m=_BY_HAND_M, source=PointSource.GIVEN)
    for candidate in resolver.resolve(item.address, province_code=item.province_code).candidates:
        if candidate.commune_code == decision.commune_code:
            return Pin(point=candidate.point, error_m=candidate.error_m, source=candidate.point_source)
    communes = store.communes_by_code(session, [decision.commune_code])
    if not communes:
        raise fail(NOT_FOUND, pointer="/commune_code", what="commune")
    return Pin(point=communes[0].point, error_m=_COMMUNE_M, source=PointSource.COMMUNE)

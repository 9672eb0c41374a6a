"""Zones as a layer of areas: what lies in one is delivered by its office, whichever office has the commune."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import Problem, fail, problem
from core.ids import new_id
from core.scope import Scope
from geodata import files_errors as errors
from geodata import store, store_zones
from geodata.files import ImportAnswer, Layer, Taken, take_in
from geodata.files_features import Feature, Features, Shape
from geodata.zones import Zone
from tracking import offices as network
from tracking.geo_cells import Faults, check_province, is_same_area, uuid_of

ZONES = Layer(
    name="zones",
    shape=Shape.AREA,
    columns=("id", "name", "office"),
    required=("name", "office"),
    key=("id", "name"),
)
# Borders drawn beside each other by hand overlap by slivers.
_SLIVER_KM2 = 0.01
_NOBODY = UUID(int=0)


def export_zones(session: Session, scope: Scope) -> list[Feature]:
    """Zones of the offices within reach."""
    codes = {office.id: office.code for office in network.list_offices(session, scope=scope)}
    zones = [zone for zone in store_zones.zones(session, scope.province_code) if zone.office_id in codes]
    return [
        Feature(
            index=index,
            values={"id": str(zone.id), "name": zone.name, "office": codes[zone.office_id]},
            geometry=zone.area,
        )
        for index, zone in enumerate(zones)
    ]


def import_zones(
    session: Session,
    scope: Scope,
    features: Features,
    *,
    now: datetime,
    is_whole: bool = False,
    dry_run: bool = False,
) -> ImportAnswer:
    """Add and change zones, by id, else by name; `is_whole`: zones the file does not name are removed. Zones of two
    offices do not overlap.

    Raises:
        CodedError: C1000 for who may not administer the province.
    """
    network.may_administer(scope, "zone")
    book = _Book(session, scope, now)
    sweep = partial(book.remove_others, features if is_whole else None)
    answer = take_in(session, features, ZONES, book.take, make_room=sweep, look=book.overlaps, dry_run=dry_run)
    return replace(answer, counts=answer.counts | {"removed": book.removed})


@dataclass(slots=True)
class _Book:
    """The zones that stand, kept up while features go in."""

    session: Session
    scope: Scope
    now: datetime
    zones: dict[UUID, Zone] = field(init=False)
    offices: dict[str, UUID] = field(init=False)
    province: BaseGeometry | None = field(init=False)
    # By zone, which feature of the file speaks of it.
    spoken_of: dict[UUID, int] = field(default_factory=dict)
    removed: int = 0

    def __post_init__(self) -> None:
        self.zones = {zone.id: zone for zone in store_zones.zones(self.session, self.scope.province_code)}
        self.offices = {office.code: office.id for office in network.list_offices(self.session, scope=self.scope)}
        self.province = store.province_area(self.session, self.scope.province_code)

    def take(self, feature: Feature, area: BaseGeometry | None) -> Taken:
        """Write one zone; raises all that is wrong with its values."""
        faults = Faults()
        name = feature.text("name") or ""
        given = faults.read(lambda: uuid_of(feature, "id"), None)
        by_name = next((zone for zone in self.zones.values() if zone.name == name), None)
        old = self.zones.get(given) if given is not None else by_name
        zone = Zone(
            id=old.id if old is not None else given or new_id(self.now),
            name=name,
            office_id=faults.read(lambda: self._office(feature), _NOBODY),
            area=area if area is not None else MultiPolygon(),
        )
        faults.read(lambda: self._named(zone, by_name), None)
        faults.read(lambda: self._once(zone, feature), None)
        faults.read(lambda: check_province(area, self.province, self.scope.province_code), None)
        faults.refuse()
        if old is not None and _is_same_zone(old, zone):
            return "unchanged"
        if area is not None:
            self.zones[zone.id] = zone
            store_zones.put_zone(self.session, self.scope.province_code, zone, at=aware(self.now), by=self.scope.actor)
        return "created" if old is None else "updated"

    def remove_others(self, features: Features | None) -> None:
        """Remove every zone that no feature of a whole file names."""
        if features is None:
            return
        named = {feature.text(column) for feature in features.features for column in ("id", "name")}
        for zone in [z for z in self.zones.values() if not {str(z.id), z.name} & named]:
            store_zones.drop_zone(self.session, self.scope.province_code, zone.id)
            del self.zones[zone.id]
            self.removed += 1

    def overlaps(self) -> Mapping[int, Problem]:
        """What is wrong once all stand, by feature."""
        found: dict[int, Problem] = {}
        for pair in store_zones.overlaps(self.session, self.scope.province_code, least_km2=_SLIVER_KM2):
            for key, other in ((pair.one, pair.other_name), (pair.other, pair.one_name)):
                if key in self.spoken_of:
                    values = {"other": other, "km2": pair.km2}
                    found[self.spoken_of[key]] = problem(errors.ZONES_OVERLAP, pointer="geometry", **values)
        return found

    def _office(self, feature: Feature) -> UUID:
        code = feature.text("office") or ""
        if code not in self.offices:
            raise fail(errors.UNKNOWN, pointer="office", what_vi="bưu cục", what_en="office", value=code)
        return self.offices[code]

    def _named(self, zone: Zone, by_name: Zone | None) -> None:
        if not zone.name:
            raise fail(errors.VALUE_WRONG, pointer="name", value="", column="name", wanted_vi="tên", wanted_en="a name")
        if by_name is not None and by_name.id != zone.id:
            raise fail(errors.TWICE, pointer="name", value=zone.name)

    def _once(self, zone: Zone, feature: Feature) -> None:
        if zone.id in self.spoken_of:
            raise fail(errors.TWICE, pointer="name", value=zone.name)
        self.spoken_of[zone.id] = feature.index


def _is_same_zone(old: Zone, new: Zone) -> bool:
    return (old.name, old.office_id) == (new.name, new.office_id) and is_same_area(old.area, new.area)

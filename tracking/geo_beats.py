"""Couriers' beats as a layer of areas: drawn ones, else the union of the home communes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import fail
from core.scope import Scope
from geodata import files_errors as errors
from geodata import store, store_reform, store_zones
from geodata.files import ImportAnswer, Layer, Taken, take_in
from geodata.files_features import Feature, Features, Shape
from geodata.zones import Beat
from tracking import offices as network
from tracking.geo_cells import Faults, check_communes, check_province, codes, is_same_area, uuid_of
from tracking.model import Courier

BEATS = Layer(
    name="beats",
    shape=Shape.AREA,
    columns=("courier_id", "office", "name", "homes", "area"),
    required=("courier_id",),
    key=("courier_id",),
    shape_optional=True,
)


def export_beats(session: Session, scope: Scope) -> list[Feature]:
    """Couriers within reach with their beats: as drawn, else the union of their home communes (`area` says which)."""
    offices = {office.id: office.code for office in network.list_offices(session, scope=scope)}
    couriers = network.list_couriers(session, scope=scope)
    drawn = store_zones.beats(session, scope.province_code, [one.id for one in couriers])
    areas = store_reform.areas(session, {code for one in couriers for code in one.home_commune_codes})
    return [
        Feature(
            index=index,
            values={
                "courier_id": str(one.id),
                "office": offices.get(one.office_id),
                "name": one.name,
                "homes": ";".join(one.home_commune_codes),
                "area": "drawn" if one.id in drawn else "communes",
            },
            geometry=drawn[one.id].area if one.id in drawn else _union(areas, one.home_commune_codes),
        )
        for index, one in enumerate(couriers)
    ]


def import_beats(
    session: Session, scope: Scope, features: Features, *, now: datetime, dry_run: bool = False
) -> ImportAnswer:
    """Change the home communes and drawn beats of couriers within reach. A polygon that is the union of the home
    communes is no drawing, and no polygon takes a drawn beat away.
    """
    book = _Book(session, scope, now)
    return take_in(session, features, BEATS, book.take, dry_run=dry_run)


@dataclass(slots=True)
class _Book:
    """The couriers and what they ride."""

    session: Session
    scope: Scope
    now: datetime
    couriers: dict[UUID, Courier] = field(init=False)
    drawn: dict[UUID, Beat] = field(init=False)
    in_force: set[str] = field(init=False)
    province: BaseGeometry | None = field(init=False)

    def __post_init__(self) -> None:
        found = network.known_couriers(self.session, scope=self.scope)
        # Who is only lent to an office has a beat at his own.
        self.couriers = {one.id: one for one in found if self.scope.sees_office(one.office_id)}
        self.drawn = store_zones.beats(self.session, self.scope.province_code, self.couriers)
        self.in_force = {one.code for one in store.communes_of(self.session, self.scope.province_code)}
        self.province = store.province_area(self.session, self.scope.province_code)

    def take(self, feature: Feature, area: BaseGeometry | None) -> Taken:
        """Change one courier; raises all that is wrong with the values."""
        courier = self._courier(feature)
        faults = Faults()
        homes = codes(feature, "homes", courier.home_commune_codes)
        faults.read(lambda: check_communes(homes, self.in_force, courier.home_commune_codes, "homes"), None)
        faults.read(lambda: check_province(area, self.province, self.scope.province_code), None)
        faults.refuse()
        is_moved = self._put(courier, homes, area)
        if homes == courier.home_commune_codes:
            return "updated" if is_moved else "unchanged"
        network.save_courier(self.session, scope=self.scope, courier=replace(courier, home_commune_codes=homes))
        return "updated"

    def _courier(self, feature: Feature) -> Courier:
        courier = self.couriers.get(uuid_of(feature, "courier_id") or UUID(int=0))
        if courier is None:
            value = feature.text("courier_id") or ""
            raise fail(errors.UNKNOWN, pointer="courier_id", what_vi="bưu tá", what_en="courier", value=value)
        return courier

    def _put(self, courier: Courier, homes: tuple[str, ...], area: BaseGeometry | None) -> bool:
        province, old = self.scope.province_code, self.drawn.get(courier.id)
        if area is not None and old is not None and is_same_area(old.area, area):
            return False
        if area is None or self._is_of_communes(area, courier.home_commune_codes, homes):
            if old is not None:
                store_zones.drop_beat(self.session, province, courier.id)
            return old is not None
        beat = Beat(courier_id=courier.id, area=area)
        store_zones.put_beat(self.session, province, beat, at=aware(self.now), by=self.scope.actor)
        return True

    def _is_of_communes(self, area: BaseGeometry, *homes: tuple[str, ...]) -> bool:
        unions = [_union(store_reform.areas(self.session, codes), codes) for codes in set(homes)]
        return any(is_same_area(union, area) for union in unions if union is not None)


def _union(areas: Mapping[str, BaseGeometry], codes: Iterable[str]) -> BaseGeometry | None:
    parts = [areas[code] for code in codes if code in areas]
    if not parts:
        return None
    return shapely.MultiPolygon(shapely.get_parts(shapely.union_all(np.array(parts, dtype=object))).tolist())

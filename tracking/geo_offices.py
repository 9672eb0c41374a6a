"""Offices as a layer of points."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from core.errors import fail
from core.ids import new_id
from core.scope import Scope
from geodata import files_errors as errors
from geodata import store
from geodata.files import ImportAnswer, Layer, Taken, take_in
from geodata.files_features import Feature, Features, Shape
from geodata.model import LonLat
from tracking import offices as network
from tracking.geo_cells import SAME_DEG, Faults, check_communes, check_province, clock, codes, uuid_of
from tracking.model import Office

OFFICES = Layer(
    name="offices",
    shape=Shape.POINT,
    columns=("id", "code", "name", "kind", "address", "phone", "cut_off", "communes"),
    required=("code", "name"),
    key=("code", "id"),
)
_PLAIN = ("code", "name", "kind", "address", "phone", "cut_off")
# Stands in for a geometry that is wrong, so that the values beside it are checked too; it is never kept.
_SOMEWHERE = shapely.Point(105.84, 21.02)


def export_offices(session: Session, scope: Scope) -> list[Feature]:
    """Offices within reach as points."""
    return [
        Feature(
            index=index,
            values={
                "id": str(office.id),
                "code": office.code,
                "name": office.name,
                "kind": office.kind,
                "address": office.address,
                "phone": office.phone,
                "cut_off": f"{office.cut_off:%H:%M}",
                "communes": ";".join(office.commune_codes),
            },
            geometry=shapely.Point(office.point.lon, office.point.lat),
        )
        for index, office in enumerate(network.list_offices(session, scope=scope))
    ]


def import_offices(
    session: Session, scope: Scope, features: Features, *, now: datetime, dry_run: bool = False
) -> ImportAnswer:
    """Add and change offices, by id, else by code. A column that is not in the file changes nothing; a commune may go
    from one office of the file to another, whichever stands first.
    """
    book = _Book(session, scope, now)
    return take_in(session, features, OFFICES, book.take, make_room=lambda: book.give_up(features), dry_run=dry_run)


@dataclass(slots=True)
class _Book:
    """The offices that stand, and which of them the file has spoken of."""

    session: Session
    scope: Scope
    now: datetime
    by_code: dict[str, Office] = field(init=False)
    by_id: dict[UUID, Office] = field(init=False)
    in_force: set[str] = field(init=False)
    province: BaseGeometry | None = field(init=False)
    spoken_of: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        standing = network.list_offices(self.session, scope=self.scope)
        self.by_code = {office.code: office for office in standing}
        self.by_id = {office.id: office for office in standing}
        self.in_force = {one.code for one in store.communes_of(self.session, self.scope.province_code)}
        self.province = store.province_area(self.session, self.scope.province_code)

    def give_up(self, features: Features) -> None:
        """Take away from each office what the file no longer gives it, so that another may have it."""
        for feature in features.features:
            old = self._standing(feature, Faults())
            if old is None:
                continue
            kept = set(codes(feature, "communes", old.commune_codes)) & set(old.commune_codes)
            if kept != set(old.commune_codes):
                less = replace(old, commune_codes=tuple(sorted(kept)))
                network.save_office(self.session, scope=self.scope, office=less)

    def take(self, feature: Feature, point: BaseGeometry | None) -> Taken:
        """Write one office; raises all that is wrong with its values."""
        faults = Faults()
        old = self._standing(feature, faults)
        office = _office(feature, old, point or _SOMEWHERE, faults, self.now)
        standing = old.commune_codes if old else ()
        faults.read(lambda: check_communes(office.commune_codes, self.in_force, standing, "communes"), None)
        faults.read(lambda: check_province(point, self.province, self.scope.province_code), None)
        faults.read(lambda: self._once(office), None)
        if old is not None and not faults.problems and _is_same_office(old, office):
            return "unchanged"
        faults.read(lambda: self._save(office), None)
        faults.refuse()
        return "created" if old is None else "updated"

    def _standing(self, feature: Feature, faults: Faults) -> Office | None:
        given = faults.read(lambda: uuid_of(feature, "id"), None)
        by_id = self.by_id.get(given) if given is not None else None
        return by_id or self.by_code.get(feature.text("code") or "")

    def _once(self, office: Office) -> None:
        if office.id in self.spoken_of:
            raise fail(errors.TWICE, pointer="id", value=office.id)
        self.spoken_of.add(office.id)

    def _save(self, office: Office) -> None:
        network.save_office(self.session, scope=self.scope, office=office)


def _office(feature: Feature, old: Office | None, point: BaseGeometry, faults: Faults, now: datetime) -> Office:
    def value(column: str, known: str) -> str:
        return known if column not in feature.values else feature.text(column) or ""

    (lon, lat), *_ = point.coords
    cut_off = old.cut_off if old else time(6, 30)
    given = Faults().read(lambda: uuid_of(feature, "id"), None)
    return Office(
        id=old.id if old is not None else given or new_id(now),
        code=feature.text("code") or "",
        name=feature.text("name") or "",
        kind=value("kind", old.kind if old else "delivery") or "delivery",
        address=value("address", old.address if old else ""),
        phone=value("phone", old.phone if old else ""),
        cut_off=faults.read(lambda: clock(feature, "cut_off", cut_off), cut_off),
        point=LonLat(lon=lon, lat=lat),
        commune_codes=codes(feature, "communes", old.commune_codes if old else ()),
    )


def _is_same_office(old: Office, new: Office) -> bool:
    moved = max(abs(old.point.lon - new.point.lon), abs(old.point.lat - new.point.lat)) > SAME_DEG
    same = all(getattr(old, name) == getattr(new, name) for name in _PLAIN)
    return not moved and same and set(old.commune_codes) == set(new.commune_codes)

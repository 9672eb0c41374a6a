"""Communes as a layer: all of a province out, better polygons of the same communes in."""

from datetime import datetime

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from core.errors import fail
from core.scope import Scope
from geodata import files_errors as errors
from geodata import store, store_reform
from geodata.files import ImportAnswer, Layer, Taken, take_in
from geodata.files_crs import area_km2
from geodata.files_features import Feature, Features, Shape
from geodata.names import clean

COMMUNES = Layer(
    name="communes",
    shape=Shape.AREA,
    columns=("code", "valid_from", "name", "full_name", "type", "province_code", "province"),
    required=("code",),
    key=("code",),
)
# A file with other communes under the same codes agrees by chance; the same border by another hand by far more.
_AGREE_LEAST = 0.7
# Beyond this, degrees (about a decimetre), a border is another one.
_SAME_DEG = 1e-6


def export_communes(session: Session, scope: Scope) -> list[Feature]:
    """The communes of a province in force, with the polygons in use."""
    communes = store.communes_of(session, scope.province_code)
    areas = store_reform.areas(session, [one.code for one in communes])
    return [
        Feature(
            index=index,
            values={
                "code": one.code,
                "valid_from": one.valid_from.isoformat(),
                "name": one.name,
                "full_name": one.full_name,
                "type": one.unit_type,
                "province_code": one.province_code,
                "province": one.province,
            },
            geometry=areas[one.code],
        )
        for index, one in enumerate(communes)
    ]


def import_communes(
    session: Session, scope: Scope, features: Features, *, now: datetime, dry_run: bool = False
) -> ImportAnswer:
    """Replace polygons of communes in force by those of a file, matched by code, the name checked where there is one.

    New or other communes come by a reform (`buuta communes update`), not by this.
    """
    known = {one.code: one for one in store.communes_of(session, scope.province_code)}
    areas = store_reform.areas(session, known)

    def take(feature: Feature, area: BaseGeometry | None) -> Taken:
        code = (feature.text("code") or "").zfill(5)
        commune = known.get(code)
        if commune is None:
            raise fail(errors.UNKNOWN, pointer="code", what_vi="xã, phường", what_en="commune", value=code)
        named = feature.text("full_name") or feature.text("name")
        if named is not None and clean(named) not in (clean(commune.full_name), clean(commune.name)):
            raise fail(errors.NAME_DIFFERS, pointer="name", code=code, known=commune.full_name, found=named)
        if area is None:
            return "unchanged"
        return _redrawn(session, code, areas[code], area, now)

    return take_in(session, features, COMMUNES, take, dry_run=dry_run)


def _redrawn(session: Session, code: str, old: BaseGeometry, area: BaseGeometry, now: datetime) -> Taken:
    if old.normalize().equals_exact(area.normalize(), _SAME_DEG):
        return "unchanged"
    share = area_km2(shapely.intersection(old, area)) / max(area_km2(shapely.union(old, area)), 1e-9)
    if share < _AGREE_LEAST:
        raise fail(errors.AREA_MOVED, pointer="geometry", code=code, share=100 * share)
    store_reform.redraw(session, {code: area}, at=now)
    return "updated"

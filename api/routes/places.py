"""Communes as map layers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from api.deps import DbSession
from api.encoding import GeoJson, json_bytes
from api.identity import Identity
from api.routes.asking import Anyone
from api.schemas.places import FeatureCollection
from core.scope import narrowed
from geodata import store
from geodata.model import Commune
from tracking import service

router = APIRouter(tags=["places"])
# About 20 m: not seen at the scale of an office, a tenth of the bytes.
_TOLERANCE_DEG = 0.0002


@router.get("/communes.geojson", response_class=GeoJson, response_model=FeatureCollection)
def get_communes(
    session: DbSession,
    caller: Anyone,
    province_code: Annotated[str | None, Query(pattern=r"^\d{2}$")] = None,
    office_id: UUID | None = None,
) -> Response:
    """Polygons of the communes of a province, or of those an office delivers to."""
    communes = _asked(session, caller, province_code, office_id)
    areas = store.commune_areas(session, [one.code for one in communes], tolerance_deg=_TOLERANCE_DEG)
    features = [_feature(one, areas[one.code]) for one in communes if one.code in areas]
    body = json_bytes({"type": "FeatureCollection", "features": features})
    return GeoJson(body, headers={"Cache-Control": "private, max-age=3600"})


def _asked(session: Session, caller: Identity, province_code: str | None, office_id: UUID | None) -> list[Commune]:
    if office_id is None:
        return store.communes_of(session, province_code or caller.scope.province_code)
    offices = service.list_offices(session, scope=narrowed(caller.scope, office_id))
    return store.communes_by_code(session, [code for office in offices for code in office.commune_codes])


def _feature(commune: Commune, area: dict[str, object]) -> dict[str, object]:
    names = {"code": commune.code, "name": commune.name, "full_name": commune.full_name}
    return {"type": "Feature", "id": int(commune.code), "geometry": area, "properties": names}

"""Communes as map layers."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.deps import DbSession
from api.routes.asking import Anyone

router = APIRouter(tags=["places"])


@router.get("/communes.geojson", response_class=Response)
def get_communes(
    session: DbSession, caller: Anyone, province_code: str | None = None, office_id: UUID | None = None
) -> Response:
    """Polygons of the communes of a province, or of those an office delivers to."""
    raise NotImplementedError

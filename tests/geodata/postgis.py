"""PostGIS as the oracle of the index in memory."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.model import LonLat

_HOLDING = text("""
    SELECT code FROM communes
    WHERE ST_Intersects(area, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))
      AND (CAST(:day AS date) IS NULL AND valid_to IS NULL
           OR valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day))
    ORDER BY code LIMIT 1
""")


def commune_at(session: Session, point: LonLat, *, on: date | None = None) -> str | None:
    """Code of the commune that holds the point, of those in force on a day (today's when None); None outside."""
    code: str | None = session.scalar(_HOLDING, {"lon": point.lon, "lat": point.lat, "day": on})
    return code

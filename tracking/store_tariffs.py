"""SQL of tariffs."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from core.ids import new_id
from tracking.tables_tariffs import TariffRow

_TARIFFS = cast("Table", TariffRow.__table__)
_C = _TARIFFS.c


def add_tariff(session: Session, province_code: str, *, valid_from: date, content: str, at: datetime, by: str) -> None:
    """Keep a table as it was given."""
    session.execute(
        insert(_TARIFFS).values(
            province_code=province_code,
            id=new_id(at),
            valid_from=valid_from,
            content=content,
            imported_at=at,
            imported_by=by,
        )
    )


def tariff_on(session: Session, province_code: str, day: date) -> str | None:
    """The table of a day: the newest begun, of those of one day the last import."""
    query = (
        select(_C.content)
        .where(_C.province_code == province_code, _C.valid_from <= day)
        .order_by(_C.valid_from.desc(), _C.imported_at.desc(), _C.id.desc())
        .limit(1)
    )
    found: str | None = session.scalar(query)
    return found

"""SQL of results that an agency's newest list tells of and that are missing here."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from tracking.model import ResultRow
from tracking.tables_reconcile import ListedResultRow

_CONTENT: TypeAdapter[ResultRow] = TypeAdapter(ResultRow)

_KEEP = text("""
    INSERT INTO listed_results (province_code, agency_id, dossier_code, content)
    SELECT :province, :agency, n.code, n.content
    FROM ROWS FROM (unnest(CAST(:codes AS text[])), jsonb_array_elements(CAST(:contents AS jsonb))) AS n(code, content)
    WHERE NOT EXISTS (
        SELECT FROM dossiers d WHERE d.province_code = :province AND d.agency_id = :agency
            AND d.dossier_code = n.code AND d.leg = 'return'
    )
""")


def keep_results(session: Session, province_code: str, agency_id: UUID, results: Mapping[str, ResultRow]) -> None:
    """Keep what a list tells, by dossier code, in the place of what the one before did: nothing of what is here."""
    row = ListedResultRow
    session.execute(delete(row).where(row.province_code == province_code, row.agency_id == agency_id))
    if results:
        contents = orjson.dumps(list(results.values())).decode()
        values = {"province": province_code, "agency": agency_id, "codes": list(results), "contents": contents}
        session.execute(_KEEP, values)


def kept_codes(session: Session, province_code: str, agency_id: UUID) -> frozenset[str]:
    """Dossiers whose results are kept."""
    row = ListedResultRow
    query = select(row.dossier_code).where(row.province_code == province_code, row.agency_id == agency_id)
    return frozenset(session.scalars(query))


def kept_result(session: Session, province_code: str, agency_id: UUID, dossier_code: str) -> ResultRow | None:
    """The result of a dossier as the list tells it, or None when there is none kept."""
    row = ListedResultRow
    content = session.scalar(
        select(row.content).where(
            row.province_code == province_code, row.agency_id == agency_id, row.dossier_code == dossier_code
        )
    )
    return None if content is None else _CONTENT.validate_python(content)


def forget_result(session: Session, province_code: str, agency_id: UUID, dossier_code: str) -> None:
    """Erase what is kept of a dossier: it has been taken in."""
    row = ListedResultRow
    session.execute(
        delete(row).where(
            row.province_code == province_code, row.agency_id == agency_id, row.dossier_code == dossier_code
        )
    )

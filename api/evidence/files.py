"""Evidence written to files by an operator; the looks are written down like any others."""

from datetime import date
from pathlib import Path
from uuid import UUID

from api import store_calls
from api.evidence.bundle import About, Bundle
from api.evidence.paper import evidence_pdf
from api.evidence.reading import read_evidence, read_root
from api.runtime import Runtime
from core.errors import NOT_FOUND, fail
from core.scope import Scope
from tracking import service


def write_paper(runtime: Runtime, scope: Scope, item_id: UUID, out: Path, *, language: str) -> int:
    """An item's evidence as PDF; returns how many items it holds.

    Raises:
        CodedError: C1000 when there is no such item.
    """
    now = runtime.clock()
    evidence = read_evidence(runtime, scope, item_id)
    if evidence is None:
        raise fail(NOT_FOUND, what="item")
    _note(runtime, scope, [item_id])
    out.write_bytes(evidence_pdf(evidence, blobs=runtime.blobs, language=language, made_at=now))
    return 1


def write_bundle(runtime: Runtime, scope: Scope, agency_code: str, day: date, out: Path, *, language: str) -> int:
    """An agency's day as a zip, written as it is made; returns how many items it holds.

    Raises:
        CodedError: C1000 when there is no such agency.
    """
    with runtime.database.reading() as session:
        agency = next((one for one in service.list_agencies(session, scope=scope) if one.code == agency_code), None)
        if agency is None:
            raise fail(NOT_FOUND, what="agency")
        ids = service.items_of_day(session, scope=scope, agency_id=agency.id, day=day)
    about = About(
        province_code=scope.province_code,
        agency_code=agency.code,
        agency=agency.name,
        day=day,
        made_at=runtime.clock(),
    )
    _note(runtime, scope, ids)
    bundle = Bundle(about, blobs=runtime.blobs, language=language, masked=False)
    with out.open("wb") as file:
        for evidence in (read_evidence(runtime, scope, item_id) for item_id in ids):
            if evidence is not None:
                file.writelines(bundle.item(evidence))
        file.write(bundle.end(read_root(runtime, about)))
    return len(ids)


def _note(runtime: Runtime, scope: Scope, ids: list[UUID]) -> None:
    with runtime.database.transaction() as session:
        store_calls.record_view(
            session,
            province_code=scope.province_code,
            actor=scope.actor,
            what="evidence",
            subjects=ids,
            now=runtime.clock(),
        )

"""What most endpoints share: the caller with a permission, a page, a view."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from api import store_calls
from api.deps import Allow
from api.identity import Identity
from api.presenters.items import View
from api.roles import (
    ADMINS,
    CARRIERS,
    COURIERS,
    EVERYONE,
    EVIDENCE_READERS,
    FEEDBACK,
    HANDING_IN,
    INTAKE,
    ITEM_READERS,
    KEY_KEEPERS,
    OFFICE_STAFF,
    PLANNERS,
    RECONCILE_READERS,
    REPORT_READERS,
    SOLVERS,
    SOURCE_READERS,
)
from api.runtime import Runtime
from core.clock import local_date
from core.scope import Scope

Anyone = Annotated[Identity, Depends(Allow(EVERYONE), scope="function")]
Person = Annotated[Identity, Depends(Allow(EVERYONE, only="people"), scope="function")]
Admin = Annotated[Identity, Depends(Allow(ADMINS), scope="function")]
Planner = Annotated[Identity, Depends(Allow(PLANNERS), scope="function")]
Staff = Annotated[Identity, Depends(Allow(OFFICE_STAFF), scope="function")]
ItemReader = Annotated[Identity, Depends(Allow(ITEM_READERS), scope="function")]
OnTheRoad = Annotated[Identity, Depends(Allow(COURIERS), scope="function")]
Carrier = Annotated[Identity, Depends(Allow(CARRIERS), scope="function")]
Intake = Annotated[Identity, Depends(Allow(INTAKE), scope="function")]
HandingIn = Annotated[Identity, Depends(Allow(HANDING_IN), scope="function")]
FeedbackReader = Annotated[Identity, Depends(Allow(FEEDBACK), scope="function")]
ReconcileReader = Annotated[Identity, Depends(Allow(RECONCILE_READERS), scope="function")]
KeyKeeper = Annotated[Identity, Depends(Allow(KEY_KEEPERS), scope="function")]
# A key that was stolen must not make others that outlive it.
KeyMaker = Annotated[Identity, Depends(Allow(KEY_KEEPERS, only="people"), scope="function")]
SourceReader = Annotated[Identity, Depends(Allow(SOURCE_READERS), scope="function")]
ReportReader = Annotated[Identity, Depends(Allow(REPORT_READERS), scope="function")]
EvidenceReader = Annotated[Identity, Depends(Allow(EVIDENCE_READERS), scope="function")]
Solver = Annotated[Identity, Depends(Allow(SOLVERS), scope="function")]

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=400)]


def view_of(caller: Identity, runtime: Runtime, now: datetime) -> View:
    """How this caller sees people and places today."""
    return View(role=caller.role, today=local_date(now), communes=runtime.communes)


def note_view(session: Session, scope: Scope, what: str, subjects: Sequence[UUID], now: datetime) -> None:
    """Write down that the caller saw these people's data."""
    store_calls.record_view(
        session, province_code=scope.province_code, actor=scope.actor, what=what, subjects=subjects, now=now
    )

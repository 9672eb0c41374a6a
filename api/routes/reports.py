"""The service standard in numbers."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.deps import DbSession, Now, RuntimeDep
from api.routes.asking import ReportReader
from api.schemas.reports import OnTimeOut

router = APIRouter(tags=["reports"])


@router.get("/reports/on-time")
def get_on_time(
    session: DbSession,
    caller: ReportReader,
    runtime: RuntimeDep,
    now: Now,
    first_on: Annotated[date, Query(alias="from")],
    last_on: Annotated[date, Query(alias="to")],
    group: Literal["commune", "office"] = "commune",
) -> OnTimeOut:
    """On-time share of what was ready in a period, by commune or office."""
    raise NotImplementedError

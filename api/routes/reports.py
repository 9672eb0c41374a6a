"""The service standard in numbers."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import DbSession, Now
from api.presenters.reports import on_time_out
from api.routes.asking import ReportReader
from api.schemas.reports import OnTimeOut
from api.schemas.types import LocalDate
from tracking.reports import Group, on_time_report

router = APIRouter(tags=["reports"])


@router.get("/reports/on-time")
def get_on_time(
    session: DbSession,
    caller: ReportReader,
    now: Now,
    first_on: Annotated[LocalDate, Query(alias="from")],
    last_on: Annotated[LocalDate, Query(alias="to")],
    group: Group = Group.COMMUNE,
) -> OnTimeOut:
    """On-time share of what was delivered in a period, and what is still under way, by place, agency or week."""
    report = on_time_report(session, scope=caller.scope, from_on=first_on, to_on=last_on, group=group, now=now)
    return on_time_out(report)

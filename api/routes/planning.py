"""How an office wants its days planned."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import DbSession
from api.presenters.planning import rule_of, rule_out
from api.routes.asking import Planner, Staff
from api.schemas.plans import OfficePlanning
from routing import service

router = APIRouter(tags=["plans"])


@router.get("/offices/{office_id}/planning")
def get_planning(office_id: UUID, session: DbSession, caller: Staff) -> OfficePlanning:
    """The office's rule for choosing the day and for couriers who know the place."""
    return rule_out(service.office_rule(session, scope=caller.scope, office_id=office_id))


@router.put("/offices/{office_id}/planning")
def put_planning(office_id: UUID, content: OfficePlanning, session: DbSession, caller: Planner) -> OfficePlanning:
    """Set the rule; it holds from the next plan on."""
    rule = service.set_office_rule(session, scope=caller.scope, office_id=office_id, rule=rule_of(content))
    return rule_out(rule)

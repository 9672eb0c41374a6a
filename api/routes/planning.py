"""How an office wants its days planned, and how well its couriers know their places."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.deps import DbSession
from api.presenters.planning import familiar_out, rule_of, rule_out
from api.routes.asking import Planner, Staff
from api.schemas.plans import FamiliarOut, OfficePlanning
from api.schemas.types import LocalDate
from routing import service
from tracking import service as tracking

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


@router.get("/offices/{office_id}/familiarity")
def get_familiarity(
    office_id: UUID,
    session: DbSession,
    caller: Staff,
    first_on: Annotated[LocalDate, Query(alias="from")],
    last_on: Annotated[LocalDate, Query(alias="to")],
) -> FamiliarOut:
    """How many stops of the published plans of a period lay in hands that knew the place."""
    hands = service.familiar_hands(session, scope=caller.scope, office_id=office_id, first_on=first_on, last_on=last_on)
    known = tracking.known_couriers(session, scope=caller.scope, office_id=office_id)
    return familiar_out(hands, known)

"""What procedures ask of the door: data that an administrator keeps."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Response

from api.deps import DbSession
from api.routes.asking import Admin, Staff
from api.schemas.rules import ProcedureRuleIn, ProcedureRuleList, ProcedureRuleOut
from tracking import service
from tracking.rule_values import ProcedureRule, Rule

router = APIRouter(tags=["rules"])


@router.get("/procedure-rules")
def get_rules(session: DbSession, caller: Staff) -> ProcedureRuleList:
    """The rules of the province, by procedure."""
    return ProcedureRuleList(
        rules=[_out(one) for one in service.list_rules(session, province_code=caller.scope.province_code)]
    )


@router.put("/procedure-rules")
def put_rule(content: ProcedureRuleIn, session: DbSession, caller: Admin) -> ProcedureRuleOut:
    """Set the one rule of an agency and procedure."""
    asked = content.model_dump(exclude={"agency_id", "procedure"})
    saved = service.save_rule(
        session,
        scope=caller.scope,
        agency_id=content.agency_id,
        procedure=content.procedure,
        rule=Rule(**asked),
    )
    return _out(saved)


@router.delete("/procedure-rules/{rule_id}", status_code=204)
def delete_rule(rule_id: UUID, session: DbSession, caller: Admin) -> Response:
    """Take a rule away; what it asked is asked no more."""
    service.forget_rule(session, scope=caller.scope, rule_id=rule_id)
    return Response(status_code=204)


def _out(one: ProcedureRule) -> ProcedureRuleOut:
    return ProcedureRuleOut(id=one.id, agency_id=one.agency_id, procedure=one.written, **asdict(one.rule))

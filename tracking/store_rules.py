"""SQL of what procedures ask of the door."""

from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from tracking.rule_values import Otp, ProcedureRule, Rule
from tracking.tables_rules import ProcedureRuleRow

_RULES = cast("Table", ProcedureRuleRow.__table__)
# Built once: every batch of proofs asks it.
_ALL = select(_RULES).where(_RULES.c.province_code == bindparam("province")).order_by(_RULES.c.procedure, _RULES.c.id)


def rules(session: Session, province_code: str) -> list[ProcedureRule]:
    """The rules of a province, by procedure."""
    return [_rule(row) for row in session.execute(_ALL, {"province": province_code})]


def put_rule(session: Session, province_code: str, rule: ProcedureRule) -> ProcedureRule:
    """Write the one rule of an agency and procedure; one that stands keeps its id."""
    values = asdict(rule.rule)
    values["written"] = rule.written
    own = {"province_code": province_code, "id": rule.id, "agency_id": rule.agency_id, "procedure": rule.procedure}
    if rule.agency_id is None:
        unique: dict[str, Any] = {"index_elements": ["province_code", "procedure"]}
        unique["index_where"] = _RULES.c.agency_id.is_(None)
    else:
        unique = {"index_elements": ["province_code", "agency_id", "procedure"]}
        unique["index_where"] = _RULES.c.agency_id.is_not(None)
    statement = insert(_RULES).values(own | values).on_conflict_do_update(**unique, set_=values)
    return _rule(session.execute(statement.returning(*_RULES.c)).one())


def drop_rule(session: Session, province_code: str, rule_id: UUID) -> bool:
    """Take a rule away; false when there is none."""
    mine = (_RULES.c.province_code == province_code, _RULES.c.id == rule_id)
    return session.execute(delete(_RULES).where(*mine).returning(_RULES.c.id)).first() is not None


def _rule(row: Row[Any]) -> ProcedureRule:
    own = {name: getattr(row, name) for name in Rule.__dataclass_fields__}
    rule = Rule(**own | {"otp": Otp(row.otp)})
    return ProcedureRule(id=row.id, agency_id=row.agency_id, procedure=row.procedure, written=row.written, rule=rule)

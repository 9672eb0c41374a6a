"""SQL of what procedures ask of the door, and of what was noted at doors before."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.db import uuids
from tracking.tables_custody import ProofRow
from tracking.tables_proposals import DoorProposalRow
from tracking.tables_rules import ProcedureRuleRow

_RULES = cast("Table", ProcedureRuleRow.__table__)
_PROOFS = cast("Table", ProofRow.__table__)
_PROPOSALS = cast("Table", DoorProposalRow.__table__)

RuleColumns = SimpleNamespace


def rules(session: Session, province_code: str) -> list[RuleColumns]:
    """The rules of a province, by procedure."""
    query = select(_RULES).where(_RULES.c.province_code == province_code)
    return [RuleColumns(**row._asdict()) for row in session.execute(query.order_by(_RULES.c.procedure, _RULES.c.id))]


def put_rule(
    session: Session,
    province_code: str,
    rule_id: UUID,
    agency_id: UUID | None,
    procedure: str,
    values: Mapping[str, Any],
) -> RuleColumns:
    """Write or replace the one rule of an agency and procedure."""
    statement = insert(_RULES).values(
        province_code=province_code, id=rule_id, agency_id=agency_id, procedure=procedure, **values
    )
    if agency_id is None:
        unique: dict[str, Any] = {"index_elements": ["province_code", "procedure"]}
        unique["index_where"] = _RULES.c.agency_id.is_(None)
    else:
        unique = {"index_elements": ["province_code", "agency_id", "procedure"]}
        unique["index_where"] = _RULES.c.agency_id.is_not(None)
    row = session.execute(statement.on_conflict_do_update(**unique, set_=dict(values)).returning(*_RULES.c)).one()
    return RuleColumns(**row._asdict())


def drop_rule(session: Session, province_code: str, rule_id: UUID) -> bool:
    """Take a rule away; false when there is none."""
    mine = (_RULES.c.province_code == province_code, _RULES.c.id == rule_id)
    return session.execute(delete(_RULES).where(*mine).returning(_RULES.c.id)).first() is not None


def attempt_notes(session: Session, province_code: str, item_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the courier noted at the last failed attempt of each item that has a note."""
    query = (
        select(_PROOFS.c.item_id, _PROOFS.c.note)
        .distinct(_PROOFS.c.item_id)
        .where(
            _PROOFS.c.province_code == province_code,
            _PROOFS.c.item_id == uuids(item_ids),
            _PROOFS.c.outcome == "attempt_failed",
            func.length(func.trim(_PROOFS.c.note)) > 0,
        )
        .order_by(_PROOFS.c.item_id, _PROOFS.c.occurred_at.desc(), _PROOFS.c.id.desc())
    )
    return {row.item_id: row.note for row in session.execute(query)}


def household_words(session: Session, province_code: str, item_ids: Iterable[UUID]) -> dict[UUID, str]:
    """How the citizen described the door, newest first, as long as the office keeps the words."""
    query = (
        select(_PROPOSALS.c.item_id, _PROPOSALS.c.words, _PROPOSALS.c.place)
        .distinct(_PROPOSALS.c.item_id)
        .where(
            _PROPOSALS.c.province_code == province_code,
            _PROPOSALS.c.item_id == uuids(item_ids),
            func.length(_PROPOSALS.c.words) > 0,
        )
        .order_by(_PROPOSALS.c.item_id, _PROPOSALS.c.proposed_at.desc(), _PROPOSALS.c.id.desc())
    )
    return {row.item_id: row.words for row in session.execute(query)}

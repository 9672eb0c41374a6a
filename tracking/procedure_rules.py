"""What a procedure asks of the door: who may receive, what must be shown, what is taken back. Pure but for reading.

A rule is data of the province, for an agency or all, for a procedure or all; the most specific one holds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, ErrorSpec, Problem, fail, problem, refuse
from core.ids import new_id
from core.scope import Scope
from tracking import errors, errors_rules, fields, store_rules
from tracking.courier_checks import skill_mistakes, skill_name
from tracking.model import Item, ProofInput
from tracking.offices import may_administer
from tracking.privacy import keyed_hash, same_secret
from tracking.rule_values import Otp, ProcedureRule, Rule

# Which code a broken rule has, and the flag under which a late proof keeps it.
FLAGS: Mapping[str, str] = {
    errors_rules.IN_PERSON_ONLY.code: "not_in_person",
    errors_rules.AGENT_REFUSED.code: "agent_refused",
    errors_rules.AUTHORISATION_MISSING.code: "authorisation_missing",
    errors_rules.IDENTITY_MISSING.code: "identity_missing",
    errors_rules.SLIP_MISSING.code: "slip_missing",
    errors_rules.OTP_MISSING.code: "otp_missing",
    errors_rules.OTP_WRONG.code: "otp_wrong",
}


def broken_rules(proof: ProofInput, item: Item, rule: Rule, otp: str | None) -> list[Problem]:
    """Every rule that a delivery breaks; `otp` is the code the citizen was told, None when it cannot be known."""
    if proof.outcome != "delivered":
        return []
    is_self = proof.relation == "self"
    checks: list[tuple[ErrorSpec, str, bool]] = [
        (errors_rules.IN_PERSON_ONLY, "relation", (item.in_person or rule.in_person) and not is_self),
        (errors_rules.AGENT_REFUSED, "relation", not rule.authorised_agent and not is_self),
        (
            errors_rules.AUTHORISATION_MISSING,
            "authorisation",
            rule.written_authorisation and not is_self and not proof.authorisation,
        ),
        (errors_rules.IDENTITY_MISSING, "identity_last4", rule.identity and proof.identity_last4 is None),
        (errors_rules.SLIP_MISSING, "papers_taken_back", rule.slip_back and proof.papers_taken_back == 0),
        (errors_rules.OTP_MISSING, "otp", rule.otp is Otp.REQUIRED and proof.otp is None),
        (errors_rules.OTP_WRONG, "otp", _is_wrong(proof.otp, otp)),
    ]
    return [
        problem(spec, pointer=pointer, item_code=item.item_code) for spec, pointer, is_broken in checks if is_broken
    ]


def broken_flags(proof: ProofInput, item: Item, rules: Iterable[ProcedureRule], key: bytes | None) -> list[str]:
    """The same as the flags of a proof that has happened; `key` is the server's secret behind the citizens' codes."""
    return [FLAGS[one.code] for one in problems_of(proof, item, rules, key)]


def problems_of(proof: ProofInput, item: Item, rules: Iterable[ProcedureRule], key: bytes | None) -> list[Problem]:
    """Every rule that a delivery breaks, of those that hold for its item."""
    return broken_rules(proof, item, rule_of(rules, item), otp_of(key, item.id) if key else None)


def is_otp_checked(proof: ProofInput, item: Item, key: bytes | None) -> bool | None:
    """Whether the citizen told the right code at a delivery; without the key nobody can say so. None where no code is
    asked for: nothing was handed over.
    """
    if proof.outcome != "delivered":
        return None
    return proof.otp is not None and key is not None and same_secret(proof.otp, otp_of(key, item.id))


def otp_of(key: bytes, item_id: UUID) -> str:
    """The six digits that a citizen sees and tells the courier; who has not the key cannot guess them."""
    return f"{int(keyed_hash(key, 'otp', str(item_id)), 16) % 1_000_000:06d}"


def rule_of(rules: Iterable[ProcedureRule], item: Item) -> Rule:
    """The most specific rule for an item: agency and procedure, then procedure, then agency, then all."""
    wanted = fields.folded(item.procedure)
    best, found = -1, Rule()
    for one in rules:
        fits = one.agency_id in (None, item.agency_id) and one.procedure in ("", wanted)
        rank = 2 * bool(one.procedure) + (one.agency_id is not None)
        if fits and rank > best:
            best, found = rank, one.rule
    return found


def rules_of_items(session: Session, *, scope: Scope, items: Sequence[Item]) -> dict[UUID, Rule]:
    """What holds for each of these items."""
    rules = list_rules(session, province_code=scope.province_code)
    return {item.id: rule_of(rules, item) for item in items}


def list_rules(session: Session, *, province_code: str) -> list[ProcedureRule]:
    """The rules of a province, by procedure; procedures are folded."""
    return store_rules.rules(session, province_code)


def save_rule(session: Session, *, scope: Scope, agency_id: UUID | None, procedure: str, rule: Rule) -> ProcedureRule:
    """Write the rule for an agency (None: all) and a procedure (empty: all); there is one for each pair.

    Raises:
        CodedError: C1000 for who may not, T1008 and T1022 for the names of the procedure and the skill.
    """
    may_administer(scope, "rule")
    rule = replace(rule, skill=skill_name(rule.skill))
    refuse([*_name_mistakes(procedure), *skill_mistakes(rule.skill, "skill")])
    name = procedure.strip()
    saved = ProcedureRule(id=new_id(), agency_id=agency_id, procedure=fields.folded(name), written=name, rule=rule)
    return store_rules.put_rule(session, scope.province_code, saved)


def forget_rule(session: Session, *, scope: Scope, rule_id: UUID) -> None:
    """Take a rule away.

    Raises:
        CodedError: C1000 for who may not, or when there is none.
    """
    may_administer(scope, "rule")
    if not store_rules.drop_rule(session, scope.province_code, rule_id):
        raise fail(NOT_FOUND, what="rule")


def _is_wrong(told: str | None, expected: str | None) -> bool:
    return told is not None and expected is not None and not same_secret(told, expected)


def _name_mistakes(procedure: str) -> Iterator[Problem]:
    if not fields.is_printable(procedure):
        yield problem(errors.TEXT_NOT_PRINTABLE, pointer="procedure", field="procedure")
    if len(procedure) > 500:
        yield problem(errors.TEXT_TOO_LONG, pointer="procedure", field="procedure", limit=500)

"""How an office wants its days planned: between the words of the doors and the values of routing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from api.schemas.plans import FamiliarOut, FamiliarRow, OfficePlanning, PlanParamsIn
from routing.familiarity import Hands
from routing.model import PlanParams, ServicePolicy
from routing.office_rule import OfficeRule
from tracking.model import Courier


def wanted_params(given: PlanParamsIn, rule: OfficeRule) -> PlanParams:
    """What the dispatcher says, and what the office has set where he says nothing."""
    own = rule.params()
    return replace(
        own,
        policy=own.policy if given.policy is None else ServicePolicy(given.policy),
        day_value_s=own.day_value_s if given.day_value_s is None else given.day_value_s,
        familiarity_s=own.familiarity_s if given.familiarity_s is None else given.familiarity_s,
        seconds=given.seconds,
        iterations=given.iterations,
        seed=given.seed,
        absent=frozenset(given.absent),
    )


def rule_of(content: OfficePlanning) -> OfficeRule:
    """What was set."""
    return OfficeRule(
        policy=ServicePolicy(content.policy), day_value_s=content.day_value_s, familiarity_s=content.familiarity_s
    )


def familiar_out(hands: Mapping[UUID, Hands], couriers: Sequence[Courier]) -> FamiliarOut:
    """The office, then the couriers who had stops."""
    whole = sum(hands.values(), Hands(stops=0, familiar=0, known=0, same=0))
    names = {courier.id: courier.name for courier in couriers}
    own = sorted(((names.get(courier, ""), courier, of) for courier, of in hands.items()), key=lambda row: row[:2])
    return FamiliarOut(rows=[_row(None, "", whole), *(_row(courier, name, of) for name, courier, of in own)])


def _row(courier_id: UUID | None, name: str, of: Hands) -> FamiliarRow:
    return FamiliarRow(
        courier_id=courier_id, name=name, stops=of.stops, familiar_share=of.familiar_share, stability=of.stability
    )


def rule_out(rule: OfficeRule) -> OfficePlanning:
    """What is set."""
    return OfficePlanning(policy=rule.policy.value, day_value_s=rule.day_value_s, familiarity_s=rule.familiarity_s)

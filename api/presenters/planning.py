"""How an office wants its days planned: between the words of the doors and the values of routing."""

from dataclasses import replace

from api.schemas.plans import OfficePlanning, PlanParamsIn
from routing.model import PlanParams, ServicePolicy
from routing.office_rule import OfficeRule


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


def rule_out(rule: OfficeRule) -> OfficePlanning:
    """What is set."""
    return OfficePlanning(policy=rule.policy.value, day_value_s=rule.day_value_s, familiarity_s=rule.familiarity_s)

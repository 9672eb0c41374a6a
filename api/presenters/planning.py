"""How an office wants its days planned: between the words of the doors and the values of routing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from api.schemas.plans import FamiliarDay, FamiliarOut, FamiliarRow, OfficePlanning, PlanParamsIn
from routing.hands import Hands, by_courier, by_day
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


def familiar_out(hands: Mapping[tuple[date, UUID], Hands], couriers: Sequence[Courier]) -> FamiliarOut:
    """The office, then the couriers who had stops; the days."""
    names = {courier.id: courier.name for courier in couriers}
    own = sorted(((names.get(key, ""), key, of) for key, of in by_courier(hands).items()), key=lambda row: row[:2])
    rows = [(None, "", sum(hands.values(), Hands())), *((key, name, of) for name, key, of in own)]
    return FamiliarOut(
        rows=[FamiliarRow(courier_id=key, name=name, **_shares(of)) for key, name, of in rows],
        days=[FamiliarDay(day=day, **_shares(of)) for day, of in by_day(hands).items()],
    )


def _shares(of: Hands) -> dict[str, Any]:
    return {
        "stops": of.stops,
        "familiar_share": of.familiar_share,
        "stability": of.stability,
        "home_share": of.home_share,
    }


def rule_out(rule: OfficeRule) -> OfficePlanning:
    """What is set."""
    return OfficePlanning(policy=rule.policy.value, day_value_s=rule.day_value_s, familiarity_s=rule.familiarity_s)

"""How an office wants its days planned when nobody says otherwise."""

from dataclasses import dataclass

from routing.model import DAY_VALUE_S, PlanParams, ServicePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRule:
    """`policy` chooses what goes today; `day_value_s` trades speed for cost under the policy HORIZON.

    `familiarity_s` trades riding for couriers who know the place.
    """

    policy: ServicePolicy = ServicePolicy.ALL
    day_value_s: int = DAY_VALUE_S
    familiarity_s: int = 0

    def params(self) -> PlanParams:
        """The plan that is made at the cut-off."""
        return PlanParams(policy=self.policy, day_value_s=self.day_value_s, familiarity_s=self.familiarity_s)

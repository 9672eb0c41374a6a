"""What the papers of a door ask of whoever brings them, by the rules of their procedures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.model import Vehicle
from tracking.model import Courier, Item
from tracking.procedure_rules import rule_of
from tracking.rule_values import ProcedureRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Skills the courier must have, and whether he must be one who may identify the addressee."""

    skills: frozenset[str] = frozenset()
    in_person: bool = False

    def __or__(self, other: "Needs") -> "Needs":
        return Needs(skills=self.skills | other.skills, in_person=self.in_person or other.in_person)

    def met_by(self, courier: Courier | Vehicle) -> bool:
        """Whether this courier may bring them."""
        return self.skills <= set(courier.skills) and (courier.in_person or not self.in_person)


def needs_of(item: Item, rules: Iterable[ProcedureRule]) -> Needs:
    """What one item asks: by its own mark, or by the most specific rule of its procedure."""
    rule = rule_of(rules, item)
    skills = frozenset({rule.skill}) if rule.skill else frozenset[str]()
    return Needs(skills=skills, in_person=item.in_person or rule.in_person)


def may_share(one: Needs, other: Needs, crew: Sequence[Courier | Vehicle]) -> bool:
    """Whether papers of one household go in one visit: not when nobody on duty could bring both, lest a plain paper
    lies because of the one beside it.
    """
    return one == other or any((one | other).met_by(courier) for courier in crew)

"""What a caller may see and touch: carried into every query, so what is not allowed is simply not found."""

from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A province and, inside it, offices, one agency or one courier.

    `office_ids` None means every office of the province (an administrator, a province manager, the system itself).
    `agency_id` set: only that agency's dossiers. `courier_id` set: only what that courier carries.
    `actor` is written into events and the audit log (`user:<id>`, `key:<id>`, `system`).
    """

    province_code: str
    actor: str
    office_ids: frozenset[UUID] | None = None
    agency_id: UUID | None = None
    courier_id: UUID | None = None

    def sees_office(self, office_id: UUID) -> bool:
        """Whether rows of the office are within reach."""
        return self.office_ids is None or office_id in self.office_ids

    def stands_at(self, office_id: UUID) -> bool:
        """Whether the caller works at the office's counter: staff within reach, no courier and no agency."""
        return self.sees_office(office_id) and self.courier_id is None and self.agency_id is None


def narrowed(scope: Scope, office_id: UUID | None) -> Scope:
    """The part of a scope that lies in one office; nothing when it lies outside."""
    if office_id is None:
        return scope
    return replace(scope, office_ids=frozenset({office_id}) if scope.sees_office(office_id) else frozenset())


def system_scope(province_code: str) -> Scope:
    """The scope of the program's own work in one province."""
    return Scope(province_code=province_code, actor="system")

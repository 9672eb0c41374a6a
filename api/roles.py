"""Who may do what: the roles and the groups that routes name."""

from enum import StrEnum


class Role(StrEnum):
    """What a user is; offices, agency or courier narrow it further."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    COURIER = "courier"
    AGENCY = "agency"
    MANAGER = "manager"
    # A key alone, never a person: it hands in for several agencies, for one of them at a time, and does nothing else.
    HUB = "hub"


PEOPLE = frozenset(Role) - {Role.HUB}
EVERYONE = PEOPLE
ADMINS = frozenset({Role.ADMIN})
PLANNERS = frozenset({Role.ADMIN, Role.DISPATCHER})
OFFICE_STAFF = frozenset({Role.ADMIN, Role.DISPATCHER, Role.MANAGER})
ITEM_READERS = frozenset({Role.ADMIN, Role.DISPATCHER, Role.MANAGER, Role.AGENCY, Role.COURIER})
COURIERS = frozenset({Role.COURIER})
# Couriers, and the clerks who take papers from and give papers to them.
CARRIERS = frozenset({Role.ADMIN, Role.DISPATCHER, Role.COURIER})
DOOR_READERS = frozenset({Role.ADMIN, Role.DISPATCHER, Role.MANAGER, Role.COURIER})
DOOR_KEEPERS = frozenset({Role.ADMIN, Role.DISPATCHER, Role.COURIER})
# Whoever plans, and dossier systems by their key.
SOLVERS = frozenset({Role.ADMIN, Role.DISPATCHER, Role.AGENCY})
INTAKE = frozenset({Role.ADMIN, Role.DISPATCHER, Role.AGENCY})
HANDING_IN = INTAKE | {Role.HUB}
FEEDBACK = frozenset({Role.ADMIN, Role.AGENCY})
RECONCILE_READERS = frozenset({Role.ADMIN, Role.MANAGER, Role.AGENCY})
KEY_KEEPERS = frozenset({Role.ADMIN, Role.AGENCY})
SOURCE_READERS = frozenset({Role.ADMIN, Role.AGENCY, Role.MANAGER})
REPORT_READERS = frozenset({Role.ADMIN, Role.MANAGER, Role.DISPATCHER, Role.AGENCY})
EVIDENCE_READERS = frozenset({Role.ADMIN, Role.DISPATCHER, Role.MANAGER, Role.AGENCY})

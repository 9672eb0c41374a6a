"""Evidence read for a bundle, item by item: a slow reader of the zip holds no connection to the database."""

from uuid import UUID

from api.evidence.bundle import About
from api.runtime import Runtime
from core.scope import Scope
from tracking import service
from tracking.service import DailyRoot, Evidence


def read_evidence(runtime: Runtime, scope: Scope, item_id: UUID) -> Evidence | None:
    """An item's evidence as it stands now; None when it has gone out of reach since it was listed."""
    with runtime.database.reading() as session:
        if not service.find_items(session, scope=scope, item_ids=[item_id]):
            return None
        return service.gather_evidence(session, scope=scope, item_id=item_id)


def read_root(runtime: Runtime, about: About) -> DailyRoot | None:
    """The signed root of a bundle's day; None before it is made."""
    with runtime.database.reading() as session:
        found = service.published(session, about.province_code, until=about.day, limit=1)
    return next((root for root in found if root.day == about.day), None)

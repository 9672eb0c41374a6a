"""A paper that nobody can find: who had it last, what it is free of from then on, and the incident that searches it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.ids import new_id
from core.scope import Scope
from tracking.handover_values import Incident, IncidentKind, IncidentState
from tracking.handovers import courier, office
from tracking.incidents import open_incident
from tracking.model import Item, NextAction


def loss_data(item: Item, courier_id: UUID | None) -> dict[str, Any]:
    """What the event says; `courier_id` is the courier who reports it, who had it unless another one has."""
    had_it = item.holder_courier_id or courier_id
    return {"action": NextAction.SEARCH, "last_holder": courier(had_it) if had_it else office(item.office_id)}


def loss_changes() -> dict[str, Any]:
    """It is in nobody's hands, on no plan and in no bag."""
    return dict.fromkeys(("holder_courier_id", "courier_id", "plan_id", "to_office_id", "bagged_at", "not_before_on"))


def begin_search(session: Session, scope: Scope, item: Item, *, now: datetime) -> Incident:
    """Put the loss before the office at once. `item` as it stood before the loss, so the incident names who had it."""
    incident = Incident(
        id=new_id(now),
        kind=IncidentKind.ITEM_LOST,
        state=IncidentState.OPEN,
        office_id=item.office_id,
        courier_id=item.holder_courier_id or scope.courier_id,
        handover_id=None,
        listed=1,
        counted=0,
        missing=(item.id,),
        surplus=(),
        opened_by=scope.actor,
        opened_at=aware(now),
    )
    return open_incident(session, scope, incident)

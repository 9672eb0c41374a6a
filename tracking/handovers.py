"""Every change of hands: the list, the count, both parties, seal, place and time; a difference opens an incident."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, Problem, fail, problem
from core.ids import new_id
from core.scope import Scope
from tracking import store_handovers
from tracking.errors import COUNT_DIFFERS
from tracking.errors_custody import NOT_FOR_HANDOVER, NOT_ON_LIST
from tracking.events import Draft, record_events
from tracking.handover_values import Handover, HandoverKind, Incident, IncidentKind, IncidentState, Tally
from tracking.incidents import open_incident
from tracking.model import EventKind, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event that a change of hands means for an item, and the columns that go with it."""

    kind: EventKind
    changes: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


Steps = Callable[[Item], Sequence[Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who gives what kind of thing to whom, where and when."""

    kind: HandoverKind
    office_id: UUID
    giver: str
    receiver: str
    at: datetime
    courier_id: UUID | None = None


def office(office_id: UUID) -> str:
    """An office as a party."""
    return f"office:{office_id}"


def courier(courier_id: UUID) -> str:
    """A courier as a party."""
    return f"courier:{courier_id}"


def agency(agency_id: UUID) -> str:
    """An agency as a party."""
    return f"agency:{agency_id}"


CITIZEN = "citizen"


def at_counter(scope: Scope, office_id: UUID) -> None:
    """Refuse who does not work at the office's counter.

    Raises:
        CodedError: C1000.
    """
    if not scope.stands_at(office_id):
        raise fail(NOT_FOUND, what="office")


def there(tally: Tally, items: Sequence[Item]) -> list[Item]:
    """The listed items that really lay there.

    Raises:
        CodedError: T2401 when something is missing that is not listed, T2007 when list and count differ and nobody
            has confirmed it: then the list is corrected, or the difference confirmed.
    """
    if not tally.missing <= set(tally.item_ids):
        raise fail(NOT_ON_LIST, pointer="missing")
    if tally.differs and not tally.confirmed:
        raise fail(COUNT_DIFFERS, pointer="counted", counted=tally.lay_there, listed=tally.listed)
    return [item for item in items if item.id not in tally.missing]


def not_for_handover(item: Item) -> Problem:
    """That a paper has no business in this change of hands (T2405)."""
    pointer = f"item_ids/{item.id}"
    return problem(NOT_FOR_HANDOVER, pointer=pointer, item_code=item.item_code, status=item.status.value)


def change_hands(
    session: Session, scope: Scope, act: Act, tally: Tally, moved: Sequence[Item], steps: Steps
) -> Handover:
    """Record a change of hands, what it means for each item, and its difference; nothing at all when none is moved
    and nothing differs.
    """
    handover = Handover(
        id=new_id(act.at),
        kind=act.kind,
        office_id=act.office_id,
        courier_id=act.courier_id,
        giver=act.giver,
        receiver=act.receiver,
        item_ids=tuple(item.id for item in moved),
        counted=tally.lay_there if tally.differs else len(moved),
        listed=tally.listed if tally.differs else len(moved),
        seal=tally.seal,
        originals=tally.originals,
        copies=tally.copies,
        counterpart=tally.counterpart,
        recorded_by=scope.actor,
        at=act.at,
    )
    if tally.differs:
        opened = open_incident(session, scope, _incident(handover, tally))
        is_told_again = opened.handover_id != handover.id
        handover = replace(handover, incident_id=opened.id)
        if is_told_again and not moved:
            return handover
    elif not moved:
        return handover
    store_handovers.insert_handover(session, scope.province_code, handover)
    _record(session, scope, handover, moved, steps)
    return handover


def _incident(handover: Handover, tally: Tally) -> Incident:
    return Incident(
        id=new_id(handover.at),
        kind=IncidentKind.COUNT_DIFFERS,
        state=IncidentState.OPEN,
        office_id=handover.office_id,
        courier_id=handover.courier_id,
        handover_id=handover.id,
        listed=tally.listed,
        counted=tally.lay_there,
        missing=tuple(sorted(tally.missing)),
        surplus=tuple(sorted(set(tally.surplus))),
        opened_by=handover.recorded_by,
        opened_at=handover.at,
    )


def _record(session: Session, scope: Scope, handover: Handover, moved: Sequence[Item], steps: Steps) -> None:
    """The events of each item; each of them names both parties."""
    shared = {
        "handover_id": str(handover.id),
        "giver": handover.giver,
        "receiver": handover.receiver,
        "office_id": str(handover.office_id),
        "count": handover.counted,
        "seal": handover.seal,
    }
    told = {"listed": handover.listed, "originals": handover.originals, "copies": handover.copies}
    if handover.listed != handover.counted or handover.originals is not None or handover.copies is not None:
        shared |= {name: value for name, value in told.items() if value is not None}
    drafts = [
        Draft(item=item, kind=step.kind, occurred_at=handover.at, data=shared | dict(step.data), changes=step.changes)
        for item in moved
        for step in steps(item)
    ]
    record_events(session, drafts, now=handover.at, actor=scope.actor)

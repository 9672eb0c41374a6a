"""Every change of hands: the list, the count, both parties, seal, place and time; a difference opens an incident."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, Problem, fail, problem, refuse
from core.ids import new_id
from core.scope import Scope
from tracking import store_handovers
from tracking.errors import COUNT_DIFFERS
from tracking.errors_custody import NOT_FOR_HANDOVER, NOT_ON_LIST, SEAL_DIFFERS
from tracking.events import Draft, record_events
from tracking.handover_values import Handover, HandoverKind, Incident, IncidentKind, IncidentState, Tally
from tracking.incidents import open_incident
from tracking.model import EventKind, Item
from tracking.seals import SealCheck


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
    seals: SealCheck | None = None


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
    refuse(unconfirmed(tally))
    return [item for item in items if item.id not in tally.missing]


def unconfirmed(tally: Tally, seals: SealCheck | None = None) -> Iterator[Problem]:
    """What nobody has confirmed: a difference of the count (T2007), of a bag's seal (T2407)."""
    if tally.confirmed:
        return
    if tally.differs:
        yield problem(COUNT_DIFFERS, pointer="counted", counted=tally.lay_there, listed=tally.listed)
    if seals is not None and seals.differs:
        yield problem(SEAL_DIFFERS, pointer="seal")


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
    opened = [open_incident(session, scope, one) for one in _incidents(handover, tally, act.seals)]
    if opened:
        handover = replace(handover, incident_id=opened[0].id)
    is_new = any(one.handover_id == handover.id for one in opened)
    if not moved and not is_new:
        return handover
    store_handovers.insert_handover(session, scope.province_code, handover)
    _record(session, scope, handover, moved, steps, act.seals)
    return handover


def _incidents(handover: Handover, tally: Tally, seals: SealCheck | None) -> Iterator[Incident]:
    """What does not add up: the count first, then the seals."""
    counted = Incident(
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
    if tally.differs:
        yield counted
    if seals is not None and seals.differs:
        yield replace(
            counted,
            id=new_id(handover.at),
            kind=IncidentKind.SEAL_DIFFERS,
            missing=(),
            surplus=(),
            seal_expected=", ".join(seals.expected) or None,
            seal_found=seals.found,
            seal_broken=seals.broken,
        )


def _record(
    session: Session,
    scope: Scope,
    handover: Handover,
    moved: Sequence[Item],
    steps: Steps,
    seals: SealCheck | None,
) -> None:
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
    if seals is not None and seals.differs:
        shared |= {"seal_expected": ", ".join(seals.expected) or None, "seal_broken": seals.broken}
    drafts = [
        Draft(item=item, kind=step.kind, occurred_at=handover.at, data=shared | dict(step.data), changes=step.changes)
        for item in moved
        for step in steps(item)
    ]
    record_events(session, drafts, now=handover.at, actor=scope.actor)

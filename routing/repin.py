"""Doors that move, and the plans that hold them: a corrected pin goes into every plan at once, never a ghost pin.

In the transaction of the correction the stop gets its new place, its round a plain line through its stops in place of
the old way, and the plan its next version; a worker then reckons times and way anew (`routing.recost`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.jobs import defer
from core.scope import Scope, system_scope
from geodata.model import LonLat
from geodata.points import Resolves
from geodata.travel_values import TravelSource
from routing import store, store_recost, store_routes
from routing.gather import find_office
from routing.live import announce
from routing.store import PlanKey
from routing.stored import PlanHead, StoredRound, StoredRoute, StoredStop
from tracking import service as tracking
from tracking.door_care import DoorChange
from tracking.doors import Seen
from tracking.model import Item
from tracking.proposal_values import Proposal, Saying

RECOST_TASK = "routing.recost_plan"
RECOST_QUEUE = "plans"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorMoved:
    """What a person's change of a door came to; `plans` were set right with it."""

    change: DoorChange
    plans: tuple[UUID, ...]


def correct_door(
    session: Session, *, scope: Scope, item_id: UUID, point: LonLat, now: datetime, seen: Seen | None = None
) -> DoorMoved:
    """Set the pin of an item's household right, in its open items and in the plans that hold them.

    Raises:
        CodedError: as `tracking.door_care.correct_door`.
    """
    _hold(session, scope, item_id, now)
    change = tracking.correct_door(session, scope=scope, item_id=item_id, point=point, now=now, seen=seen)
    return _followed(session, scope, change, now)


def forget_door(
    session: Session,
    *,
    scope: Scope,
    item_id: UUID,
    resolver: Resolves,
    now: datetime,
    lessons: Sequence[UUID] | None = None,
) -> DoorMoved:
    """Take lessons about a door out of the reckoning, and pin its open items anew.

    Raises:
        CodedError: as `tracking.door_care.forget_door`.
    """
    _hold(session, scope, item_id, now)
    change = tracking.forget_door(session, scope=scope, item_id=item_id, resolver=resolver, now=now, lessons=lessons)
    return _followed(session, scope, change, now)


def recall_door(
    session: Session, *, scope: Scope, item_id: UUID, resolver: Resolves, forgotten_at: datetime, now: datetime
) -> DoorMoved:
    """Take a forgetting back.

    Raises:
        CodedError: as `tracking.door_care.recall_door`.
    """
    _hold(session, scope, item_id, now)
    change = tracking.recall_door(
        session, scope=scope, item_id=item_id, resolver=resolver, forgotten_at=forgotten_at, now=now
    )
    return _followed(session, scope, change, now)


def propose_door(session: Session, *, scope: Scope, item_id: UUID, saying: Saying, now: datetime) -> Proposal:
    """Keep a citizen's word about a door; where it narrows a vague pin, items and plans follow at once.

    Raises:
        CodedError: as `tracking.proposals.propose_door`.
    """
    _hold(session, scope, item_id, now)
    proposed = tracking.propose_door(session, scope=scope, item_id=item_id, saying=saying, now=now)
    follow_pins(session, scope.province_code, proposed.moved, now=now)
    return proposed.proposal


def accept_proposal(
    session: Session, *, scope: Scope, proposal_id: UUID, point: LonLat | None, now: datetime
) -> DoorMoved | None:
    """Make a citizen's word a correction of the office, at its own place or at `point`; words alone are only closed.
    The lesson has the proposal's id: so the door's history knows whose word it was.

    Raises:
        CodedError: C1000 out of reach or decided before; as `correct_door`.
    """
    proposal = tracking.close_proposal(session, scope=scope, proposal_id=proposal_id, accepted=True, now=now)
    there = point or proposal.point
    if there is None:
        return None
    seen = Seen(lesson_id=proposal.id)
    return correct_door(session, scope=scope, item_id=proposal.item_id, point=there, now=now, seen=seen)


def refuse_proposal(
    session: Session, *, scope: Scope, proposal_id: UUID, resolver: Resolves, now: datetime
) -> DoorMoved | None:
    """Close a citizen's word, and take back what it moved.

    Raises:
        CodedError: C1000 out of reach or decided before.
    """
    proposal = tracking.close_proposal(session, scope=scope, proposal_id=proposal_id, accepted=False, now=now)
    if proposal.lesson_id is None:
        return None
    lessons = [proposal.lesson_id]
    return forget_door(session, scope=scope, item_id=proposal.item_id, resolver=resolver, now=now, lessons=lessons)


def renew_pins(session: Session, head: PlanHead, *, now: datetime) -> None:
    """Before a plan is made: items that wait go to the doors learned since they came in."""
    scope = system_scope(head.province_code)
    store_recost.lock_plans(session, head.province_code, [head.office_id], from_day=local_date(now))
    moved = tracking.refresh_points(session, scope=scope, office_id=head.office_id, now=now)
    follow_pins(session, head.province_code, moved, now=now)


def follow_pins(session: Session, province_code: str, item_ids: Sequence[UUID], *, now: datetime) -> tuple[UUID, ...]:
    """Put items' present pins into the drafts and published plans of today and later; returns which changed."""
    if not item_ids:
        return ()
    keys = store_recost.plans_holding(session, province_code, item_ids, from_day=local_date(aware(now)))
    return tuple(key.plan_id for key in keys if catch_up(session, key, now=now))


def catch_up(session: Session, key: PlanKey, *, now: datetime) -> bool:
    """Set right every stop of a plan whose household's pin is elsewhere by now; False when none was."""
    scope = system_scope(key.province_code)
    head = store.head(session, scope, key.plan_id, lock=True)
    routes = store_routes.routes(session, key)
    wanted = [item_id for route in routes for stop in route.stops for item_id in stop.item_ids]
    items = tracking.find_items(session, scope=scope, item_ids=wanted)
    moved = [(route, stops) for route in routes for stops in [_moved(route, items)] if stops != route.stops]
    if head is None or not moved:
        return False
    office = find_office(session, scope, head.office_id).point
    for route, stops in moved:
        store_recost.save_route(session, key, _plain(route, stops, office), stale=True)
    store_recost.next_version(session, key)
    defer_recost(session, key)
    announce(session, head, head.state, now=now)
    return True


def defer_recost(session: Session, key: PlanKey) -> None:
    """Have a worker reckon the stale routes of a plan."""
    args = {"province_code": key.province_code, "plan_id": str(key.plan_id)}
    defer(session, RECOST_TASK, args, queue=RECOST_QUEUE)


def _hold(session: Session, scope: Scope, item_id: UUID, now: datetime) -> None:
    """Plans before items: the order in which publishing locks them."""
    item = tracking.find_item(session, scope=scope, item_id=item_id)
    store_recost.lock_plans(session, item.province_code, [item.office_id], from_day=local_date(aware(now)))


def _followed(session: Session, scope: Scope, change: DoorChange, now: datetime) -> DoorMoved:
    return DoorMoved(change=change, plans=follow_pins(session, scope.province_code, change.moved, now=now))


def _moved(route: StoredRoute, items: Mapping[UUID, Item]) -> tuple[StoredStop, ...]:
    return tuple(_at_pin(stop, [items[one] for one in stop.item_ids if one in items]) for stop in route.stops)


def _at_pin(stop: StoredStop, items: Sequence[Item]) -> StoredStop:
    placed = [item for item in items if item.point is not None]
    if not placed:
        return stop
    surest = min(placed, key=lambda item: item.error_m or 0)
    return replace(stop, point=surest.point or stop.point, error_m=surest.error_m or 0)


def _plain(route: StoredRoute, stops: tuple[StoredStop, ...], office: LonLat) -> StoredRoute:
    """The route with plain lines in the rounds whose stops moved, until a worker has drawn their way."""
    before = dict(zip(route.stops, stops, strict=True))
    touched = {old.stop.round for old, new in before.items() if old != new}
    rounds = tuple(_line(one, stops, office) if one.round.round in touched else one for one in route.rounds)
    return replace(route, stops=stops, rounds=rounds)


def _line(one: StoredRound, stops: Sequence[StoredStop], office: LonLat) -> StoredRound:
    places = [stop.point for stop in stops if stop.stop.round == one.round.round]
    return replace(one, line=(office, *places, office), travel_source=TravelSource.STRAIGHT_LINE.value)

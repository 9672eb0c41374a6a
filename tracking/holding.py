"""What an office does with a paper that lies there: invitations, the right to return it, loss, damage, corrections."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import fail
from core.scope import Scope
from tracking import store, store_custody, store_events
from tracking.bags import resting
from tracking.errors_custody import EVENT_UNKNOWN, INVITED_TOO_SOON, RETURN_TOO_SOON
from tracking.events import Draft, record_event, record_events
from tracking.handovers import Step
from tracking.invitations import DAYS_BETWEEN, INVITATIONS_NEEDED, next_invitation_on
from tracking.lifecycle import standing_delivery
from tracking.losses import begin_search, loss_changes, loss_data
from tracking.model import ALLOWED_ACTIONS, EventKind, FailureReason, Item, NextAction
from tracking.money_door import take_back_due
from tracking.planned import locked
from tracking.recall import to_agency
from tracking.standard import load_calendar


class Report(StrEnum):
    """What an office says of a paper itself."""

    LOST = "lost"
    FOUND = "found"
    DAMAGED = "damaged"

    @property
    def event(self) -> EventKind:
        """The event that says it."""
        return EventKind(f"item_{self.value}")


class Correction(StrEnum):
    """What was wrong about an event; words of a person do not belong into the chain."""

    WRONG_ITEM = "wrong_item"
    WRONG_TIME = "wrong_time"
    WRONG_COUNT = "wrong_count"
    WRONG_PERSON = "wrong_person"
    NOT_HAPPENED = "not_happened"


def may_return(item: Item, last_reason: FailureReason | None, today: date) -> bool:
    """Whether an item may go back: its agency asked it back, its last reason allows it, nobody has tried yet (the
    agency asks for it), or the addressee was invited as the law says and has not come by the day after.
    """
    if item.recalled_at is not None:
        return True
    if last_reason is None:
        return item.attempts == 0 and item.invitations == 0
    if NextAction.RETURN in ALLOWED_ACTIONS[last_reason]:
        return True
    return item.invitations >= INVITATIONS_NEEDED and item.invited_on is not None and item.invited_on < today


def may_return_now(session: Session, item: Item, today: date) -> bool:
    """`may_return` by the reason of the item's last attempt."""
    return may_return(item, store_custody.reason_of(session, item.province_code, item.last_attempt_id), today)


def guard_return(session: Session, item: Item, today: date) -> None:
    """Refuse to send an item back too early.

    Raises:
        CodedError: T2411.
    """
    if not may_return_now(session, item, today):
        raise fail(
            RETURN_TOO_SOON,
            pointer="action",
            item_code=item.item_code,
            needed=INVITATIONS_NEEDED,
            days=DAYS_BETWEEN,
            invited=item.invitations,
        )


def invite(session: Session, *, scope: Scope, item_id: UUID, now: datetime) -> Item:
    """An invitation to collect a HELD item was sent. The same day again is the same invitation.

    Raises:
        CodedError: C1000 out of reach, T2001 when it is not held, T2008 while a courier has it, T2410 when the last
            invitation was less than two working days ago.
    """
    now = aware(now)
    today = local_date(now)
    item = locked(session, scope, [item_id])[item_id]
    resting(item)
    if item.invited_on == today:
        return item
    calendar = load_calendar(session, scope.province_code)
    first = next_invitation_on(item.invited_on, today, calendar)
    if first > today:
        raise fail(INVITED_TOO_SOON, on=f"{first:%d/%m/%Y}", days=DAYS_BETWEEN)
    number = item.invitations + 1
    record_event(
        session,
        item=item,
        kind=EventKind.INVITATION_SENT,
        occurred_at=now,
        now=now,
        actor=scope.actor,
        data={"number": number, "invited_on": today.isoformat()},
        changes={"invitations": number, "invited_on": today},
    )
    return _again(session, item)


def report_lost(session: Session, *, scope: Scope, item_id: UUID, now: datetime) -> Item:
    """The office cannot find the paper: whoever had it last is named in the event, and an incident opens.

    Raises:
        CodedError: C1000 out of reach, T2001 after its end.
    """
    item = locked(session, scope, [item_id])[item_id]
    data = loss_data(item, scope.courier_id)
    lost = _say(session, scope, item, EventKind.ITEM_LOST, now, data=data, changes=loss_changes())
    begin_search(session, scope, item, now=now)
    return lost


def report_found(session: Session, *, scope: Scope, item_id: UUID, now: datetime) -> Item:
    """A lost paper lies at the office again: HELD, until somebody decides; on its way back when its agency wants it.

    Raises:
        CodedError: C1000 out of reach, T2001 when it is not lost.
    """
    item = locked(session, scope, [item_id])[item_id]
    return _say(session, scope, item, EventKind.ITEM_FOUND, now, changes={"received_at": aware(now)}, lies_here=True)


def report_damaged(session: Session, *, scope: Scope, item_id: UUID, now: datetime) -> Item:
    """The paper is damaged: HELD at the office, until somebody decides.

    Raises:
        CodedError: C1000 out of reach, T2001 where that cannot be, T2008 while a courier has it, T2403 in a bag.
    """
    item = locked(session, scope, [item_id])[item_id]
    resting(item)
    free = dict.fromkeys(("courier_id", "plan_id", "to_office_id"))
    return _say(session, scope, item, EventKind.ITEM_DAMAGED, now, changes=free)


def correct_event(session: Session, *, scope: Scope, item_id: UUID, seq: int, what: Correction, now: datetime) -> Item:
    """Say that an earlier event is wrong. It stays where it is; the delivery that stands, if it did not happen, is
    withdrawn by it: the paper is HELD at the office, or on its way back when its agency wants it, and what fell due is
    due no longer.

    Raises:
        CodedError: C1000 out of reach, T2412 for an event that is not there.
    """
    item = locked(session, scope, [item_id])[item_id]
    history = store_events.events_of(session, item.province_code, item.id)
    wrong = next((event for event in history if event.seq == seq), None)
    if wrong is None:
        raise fail(EVENT_UNKNOWN, pointer="seq", seq=seq)
    data = {"corrects_seq": seq, "corrects_kind": wrong.kind.value, "what": what.value}
    if what is not Correction.NOT_HAPPENED or wrong is not standing_delivery(history):
        return _say(session, scope, item, EventKind.EVENT_CORRECTED, now, data=data)
    take_back_due(session, item=item, now=now, actor=scope.actor)
    free = dict.fromkeys(("holder_courier_id", "courier_id", "plan_id"))
    return _say(session, scope, item, EventKind.DELIVERY_WITHDRAWN, now, data=data, changes=free, lies_here=True)


def _say(
    session: Session,
    scope: Scope,
    item: Item,
    kind: EventKind,
    now: datetime,
    *,
    data: Mapping[str, object] | None = None,
    changes: Mapping[str, object] | None = None,
    lies_here: bool = False,
) -> Item:
    """`lies_here`: by this the paper lies at the office, from where one that its agency asked back goes its way."""
    at = aware(now)
    said = Step(kind=kind, data=data or {}, changes=changes or {})
    steps = [said, *(to_agency(item, kind) if lies_here else ())]
    drafts = [Draft(item=item, kind=one.kind, occurred_at=at, data=one.data, changes=one.changes) for one in steps]
    record_events(session, drafts, now=at, actor=scope.actor)
    return _again(session, item)


def _again(session: Session, item: Item) -> Item:
    return store.find_any_item(session, item.province_code, item.id) or item

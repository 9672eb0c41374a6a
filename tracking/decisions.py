"""What an office decides about an item that lies there: again, hold, back to the agency; and that the agency has it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import fail
from core.scope import Scope
from tracking import store, store_intake
from tracking.agency_desk import give_to_agency
from tracking.bags import resting
from tracking.errors import REDELIVERY_DAY_WRONG
from tracking.events import Draft, record_events
from tracking.handover_values import Tally
from tracking.holding import guard_return, report_lost
from tracking.lifecycle import ACTION_EVENT, may
from tracking.model import EventKind, Item, NextAction
from tracking.planned import locked
from tracking.proof_checks import REDELIVERY_DAYS

ASKED_BY_OFFICE = "asked_by_office"
STILL_ASKED = "still_asked"


def decide_next(
    session: Session,
    *,
    scope: Scope,
    item_id: UUID,
    action: NextAction,
    now: datetime,
    redelivery_on: date | None = None,
) -> Item:
    """Move an item that lies at the office: redeliver on a day, hold, return to the agency, ask about the address; one
    that does not lie there after all is searched for. What goes out again while its address is in question comes back
    to the question.

    Raises:
        CodedError: C1000 for an item out of reach, T2001 when the action cannot follow the item's status, T2008 while
            a courier has it, T2403 in a bag, T2105 for a wrong day, T2411 when it may not go back yet.
    """
    if action is NextAction.SEARCH:
        return report_lost(session, scope=scope, item_id=item_id, now=now)
    now = aware(now)
    item = locked(session, scope, [item_id])[item_id]
    resting(item)
    if action is NextAction.RETURN and may(item.status, EventKind.RETURN_STARTED):
        guard_return(session, item, local_date(now))
    day = _day(redelivery_on, now) if action is NextAction.REDELIVER else None
    data = {"action": action, "redelivery_on": day.isoformat() if day else None}
    changes = {"not_before_on": day, "to_office_id": None}
    drafts = [Draft(item=item, kind=ACTION_EVENT[action], occurred_at=now, data=data, changes=changes)]
    if action is NextAction.REDELIVER and store_intake.is_asked_about(session, item):
        # It was held or lost before anybody said where it goes.
        drafts.append(Draft(item=item, kind=EventKind.ADDRESS_QUESTIONED, occurred_at=now, data={"cause": STILL_ASKED}))
    record_events(session, drafts, now=now, actor=scope.actor)
    if action is NextAction.CORRECT_ADDRESS:
        store_intake.ask_about(session, [item], reason=ASKED_BY_OFFICE, at=now)
    return store.find_any_item(session, scope.province_code, item_id) or item


def record_returned(session: Session, *, scope: Scope, item_id: UUID, receiver: str, now: datetime) -> Item:
    """The agency has signed for a returned item. `receiver` is the agency's office or role, not a person's name.

    Raises:
        CodedError: C1000 for an item out of reach, T2405 when it is not on its way back, T2008 while a courier has it.
    """
    item = locked(session, scope, [item_id])[item_id]
    tally = Tally(item_ids=(item_id,), counterpart=receiver)
    give_to_agency(session, scope=scope, office_id=item.office_id, agency_id=item.agency_id, tally=tally, now=now)
    return store.find_any_item(session, scope.province_code, item_id) or item


def _day(day: date | None, now: datetime) -> date:
    today = local_date(now)
    if day is None or not today <= day <= today + timedelta(days=REDELIVERY_DAYS):
        raise fail(REDELIVERY_DAY_WRONG, pointer="redelivery_on", value=day or "—", limit=REDELIVERY_DAYS)
    return day

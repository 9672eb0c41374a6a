"""What an office may do with a paper as it stands, read off the life cycle; a screen offers this and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from tracking.bags import rests
from tracking.holding import Report, may_return_now
from tracking.invitations import next_invitation_on
from tracking.lifecycle import ACTION_EVENT, may, standing_delivery
from tracking.model import Event, EventKind, Item, NextAction
from tracking.proof_checks import REDELIVERY_DAYS
from tracking.standard import load_calendar

_AT_THE_OFFICE = frozenset({EventKind.ITEM_DAMAGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeeds:
    """`invites_from`: first day of the next invitation, None where none may be sent; `invites_again_from`: of the one
    after it, when that is sent on this first day. `redelivers_until`: the last day a redelivery may be set for.
    `withdraws_seq`: the number of the delivery that stands and may be withdrawn.
    """

    actions: tuple[NextAction, ...]
    reports: tuple[Report, ...]
    invites_from: date | None
    invites_again_from: date | None
    redelivers_until: date
    withdraws_seq: int | None


def open_deeds(session: Session, item: Item, history: Sequence[Event], *, now: datetime) -> OpenDeeds:
    """What the office may do now. The deeds check the same again under the item's lock."""
    today = local_date(aware(now))
    invites_from, invites_again_from = _invites_from(session, item, today)
    delivery = standing_delivery(history)
    return OpenDeeds(
        actions=tuple(action for action in NextAction if _may_decide(session, item, action, today)),
        reports=tuple(report for report in Report if _may_report(item, report.event)),
        invites_from=invites_from,
        invites_again_from=invites_again_from,
        redelivers_until=today + timedelta(days=REDELIVERY_DAYS),
        withdraws_seq=delivery.seq if delivery is not None else None,
    )


def _may_decide(session: Session, item: Item, action: NextAction, today: date) -> bool:
    if action is NextAction.SEARCH:
        # At an office it is said by the report of a loss.
        return False
    if not rests(item) or not may(item.status, ACTION_EVENT[action]):
        return False
    return action is not NextAction.RETURN or may_return_now(session, item, today)


def _may_report(item: Item, kind: EventKind) -> bool:
    return may(item.status, kind) and (kind not in _AT_THE_OFFICE or rests(item))


def _invites_from(session: Session, item: Item, today: date) -> tuple[date, date] | tuple[None, None]:
    if not rests(item) or not may(item.status, EventKind.INVITATION_SENT):
        return None, None
    calendar = load_calendar(session, item.province_code)
    first = next_invitation_on(item.invited_on, today, calendar)
    return first, next_invitation_on(first, first, calendar)

"""Couriers' positions in, and where each was seen last."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.db import CHANNEL, notify
from core.errors import NOT_FOUND, fail
from core.scope import Scope
from tracking import store_offices, store_positions
from tracking.errors import TOO_MANY_FIXES
from tracking.model import Courier, Fix, LastPosition, PositionAnswer
from tracking.position_filters import DUPLICATE, sift

BATCH_LIMIT = 2000


def record_positions(
    session: Session, *, scope: Scope, courier_id: UUID, fixes: Sequence[Fix], now: datetime
) -> PositionAnswer:
    """Keep a batch of fixes of one courier; the answer counts what each named filter left out.

    Raises:
        CodedError: T3004 above 2,000 fixes, C1000 for a courier out of reach, C1001 for a time without offset.
    """
    now = aware(now)
    if len(fixes) > BATCH_LIMIT:
        raise fail(TOO_MANY_FIXES, limit=BATCH_LIMIT)
    courier = _reach(session, scope, courier_id)
    exact = [replace(fix, occurred_at=aware(fix.occurred_at)) for fix in fixes]
    previous = store_positions.last_fix(session, scope.province_code, courier_id)
    kept, left_out = sift(exact, previous=previous, now=now)
    new = store_positions.insert_fixes(session, scope.province_code, courier_id, kept, now)
    if new < len(kept):
        left_out[DUPLICATE] = left_out.get(DUPLICATE, 0) + len(kept) - new
    if new and (previous is None or kept[-1].occurred_at > previous.occurred_at):
        store_positions.put_last(session, scope.province_code, courier_id, kept[-1], now)
        _tell(session, scope, courier)
    return PositionAnswer(accepted=new, filtered=left_out)


def last_positions(session: Session, *, scope: Scope, office_id: UUID | None = None) -> list[LastPosition]:
    """The last position of each courier within reach."""
    return store_positions.last_positions(session, scope, office_id)


def courier_track(
    session: Session, *, scope: Scope, courier_id: UUID, start_at: datetime, end_at: datetime
) -> list[Fix]:
    """A courier's fixes from `start_at` (inclusive) to `end_at` (exclusive).

    Raises:
        CodedError: C1000 for a courier out of reach.
    """
    _reach(session, scope, courier_id)
    return store_positions.track(session, scope.province_code, courier_id, aware(start_at), aware(end_at))


def _reach(session: Session, scope: Scope, courier_id: UUID) -> Courier:
    found = store_offices.couriers_by_id(session, scope.province_code, [courier_id]).get(courier_id)
    if found is None or scope.courier_id not in (None, courier_id) or not scope.sees_office(found.office_id):
        raise fail(NOT_FOUND, what="courier")
    return found


def _tell(session: Session, scope: Scope, courier: Courier) -> None:
    """Only that the courier moved: who listens reads where from the table, within their scope."""
    office, who = str(courier.office_id), str(courier.id)
    message = {"province": scope.province_code, "office": office, "courier": who, "kind": "courier_moved"}
    notify(session, CHANNEL, message)

"""Cash that is counted: handed in by couriers the same day, passed on to its owner, and entries set right.

Everything is an entry of one of two ledgers (`money_values`). Cash is booked as counted: what differs from the ledgers
stays in the giver's hands on paper until a late proof or a correction explains it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import NOT_FOUND, CodedError, Problem, fail, problem
from core.ids import new_id
from core.scope import Scope
from tracking import errors_money as errors
from tracking import offices, store_money
from tracking.model import Courier
from tracking.money_door import put_right
from tracking.money_rules import lines_of, parted, taken_back
from tracking.money_values import Amounts, CourierDay, Entry, Footing, Move, Settlement, SettlementKind

MOST_VND = 100_000_000_000
LONGEST_NOTE = 500
LONGEST_PAST = timedelta(days=400)


def courier_day(session: Session, *, scope: Scope, courier_id: UUID, on: date) -> CourierDay:
    """A courier's cash on a local day: what he had, took, handed in, and still holds at its end.

    Raises:
        CodedError: C1000 for a courier out of reach.
    """
    courier = offices.find_courier(session, scope=scope, courier_id=courier_id, on=on)
    [day] = courier_days(session, scope=scope, couriers=[courier], on=on)
    return day


def courier_days(session: Session, *, scope: Scope, couriers: Sequence[Courier], on: date) -> list[CourierDay]:
    """The same of several couriers within reach, in their order, with a fixed number of statements."""
    ids = [one.id for one in couriers]
    past = store_money.moved_of_each(session, scope.province_code, "courier_id", ids, through=on - timedelta(days=1))
    whole = store_money.moved_of_each(session, scope.province_code, "courier_id", ids, through=on)
    counted: dict[UUID | None, list[Settlement]] = defaultdict(list)
    wide = replace(scope, courier_id=None)
    for one in store_money.settlements(session, wide, since=on, through=on, courier_ids=ids):
        counted[one.courier_id].append(one)
    return [_day(courier_id, on, past[courier_id], whole[courier_id], counted[courier_id]) for courier_id in ids]


def _day(
    courier_id: UUID,
    on: date,
    before: Mapping[Move, Amounts],
    through: Mapping[Move, Amounts],
    counted: Sequence[Settlement],
) -> CourierDay:
    return CourierDay(
        courier_id=courier_id,
        on=on,
        opening=before[Move.COLLECTED] - before[Move.REMITTED],
        due=through[Move.DUE] - before[Move.DUE],
        collected=through[Move.COLLECTED] - before[Move.COLLECTED],
        remitted=through[Move.REMITTED] - before[Move.REMITTED],
        settlements=tuple(counted),
    )


def remit(
    session: Session,
    *,
    scope: Scope,
    courier_id: UUID,
    counted_vnd: int,
    for_on: date,
    now: datetime,
    note: str = "",
) -> Settlement:
    """The office's clerk has counted what a courier hands in for a day; a difference is kept with it, not refused.

    Raises:
        CodedError: C1000 for a courier out of reach; T7001, T7002, T7004 and T7007, all at once.
    """
    _check(counted_vnd, for_on, note, now)
    courier = offices.find_courier(session, scope=scope, courier_id=courier_id, on=local_date(now))
    store_money.lock_holders(session, scope.province_code, [courier_id])
    taken = store_money.moved(session, scope.province_code, courier_id=courier_id, through=for_on)[Move.COLLECTED]
    # Also what was handed in for later days: it went for the oldest money first.
    held = taken - store_money.moved(session, scope.province_code, courier_id=courier_id)[Move.REMITTED]
    settled = _settled(SettlementKind.REMITTANCE, courier.office_id, held, counted_vnd, for_on, note, scope, now)
    settled = replace(settled, courier_id=courier_id)
    _write(session, scope, settled, Move.REMITTED, parted(counted_vnd, held))
    return settled


def hand_to_agency(
    session: Session,
    *,
    scope: Scope,
    office_id: UUID,
    agency_id: UUID,
    counted_vnd: int,
    for_on: date,
    now: datetime,
    note: str = "",
) -> Settlement:
    """The office passes State fee on to an agency; expected is what was collected for it and not passed on yet.

    Raises:
        CodedError: C1000 for an office or agency out of reach, and what `remit` refuses.
    """
    _check(counted_vnd, for_on, note, now)
    _reach_office(session, scope, office_id)
    if agency_id not in {one.id for one in offices.list_agencies(session, scope=scope)}:
        raise fail(NOT_FOUND, what="agency")
    store_money.lock_holders(session, scope.province_code, [office_id])
    past = store_money.moved(session, scope.province_code, office_id=office_id, agency_id=agency_id, through=for_on)
    expected = Amounts(state_fee_vnd=(past[Move.COLLECTED] - past[Move.PASSED_ON]).state_fee_vnd)
    settled = _settled(SettlementKind.TO_AGENCY, office_id, expected, counted_vnd, for_on, note, scope, now)
    settled = replace(settled, agency_id=agency_id)
    _write(session, scope, settled, Move.PASSED_ON, Amounts(state_fee_vnd=counted_vnd))
    return settled


def keep_postage(
    session: Session, *, scope: Scope, office_id: UUID, counted_vnd: int, for_on: date, now: datetime, note: str = ""
) -> Settlement:
    """The office pays postage out of its till to the post; expected is all postage in the till.

    Raises:
        CodedError: C1000 for an office out of reach, and what `remit` refuses.
    """
    _check(counted_vnd, for_on, note, now)
    _reach_office(session, scope, office_id)
    store_money.lock_holders(session, scope.province_code, [office_id])
    expected = Amounts(postage_vnd=till(session, scope.province_code, office_id, through=for_on).postage_vnd)
    settled = _settled(SettlementKind.KEPT, office_id, expected, counted_vnd, for_on, note, scope, now)
    _write(session, scope, settled, Move.PASSED_ON, Amounts(postage_vnd=counted_vnd))
    return settled


def till(session: Session, province_code: str, office_id: UUID, *, through: date) -> Amounts:
    """The cash an office holds at the end of a day."""
    past = store_money.moved(session, province_code, office_id=office_id, through=through)
    counter = store_money.moved(session, province_code, office_id=office_id, through=through, at_counter=True)
    return past[Move.REMITTED] + counter[Move.COLLECTED] - past[Move.PASSED_ON]


def correct_entry(
    session: Session, *, scope: Scope, entry_id: UUID, amount_vnd: int, reason: str, now: datetime
) -> list[Entry]:
    """Set an entry right: one that takes it back, and unless `amount_vnd` is 0 one that says what it should be.

    Raises:
        CodedError: C1000 out of reach, T7005 and T7006 for what cannot be corrected, T7001 and T7003 all at once.
    """
    found = [*_amount_mistakes(amount_vnd), *_reason_mistakes(reason)]
    if found:
        raise CodedError(found)
    wrong = store_money.find_entry(session, scope, entry_id)
    if wrong is None:
        raise fail(NOT_FOUND, what="entry")
    store_money.lock_holders(session, scope.province_code, [wrong.courier_id or wrong.office_id])
    if wrong.corrects is not None:
        raise fail(errors.TAKES_BACK)
    if store_money.is_taken_back(session, scope.province_code, entry_id):
        raise fail(errors.CORRECTED_BEFORE)
    back = taken_back(wrong, now=now, actor=scope.actor, reason=reason.strip())
    lines = [back]
    if amount_vnd:
        right = replace(back, id=new_id(now), amount_vnd=amount_vnd, corrects=None)
        lines.append(replace(right, debit=wrong.debit, credit=wrong.credit))
    store_money.add_entries(session, lines)
    if wrong.courier_id is not None:
        put_right(session, back)
    return lines


def item_entries(session: Session, *, scope: Scope, item_id: UUID) -> list[Entry]:
    """All lines of an item, oldest first; nothing of one out of reach."""
    return store_money.entries_of_item(session, scope, item_id)


def settlement_entries(session: Session, *, scope: Scope, settlement_id: UUID) -> list[Entry]:
    """The lines that a counted sum came to and what corrected them; nothing of one out of reach."""
    return store_money.entries_of_settlement(session, scope, settlement_id)


def _write(session: Session, scope: Scope, settled: Settlement, move: Move, sums: Amounts) -> None:
    store_money.add_settlement(session, scope.province_code, settled)
    footing = Footing(
        province_code=scope.province_code,
        office_id=settled.office_id,
        courier_id=settled.courier_id,
        agency_id=settled.agency_id,
        settlement_id=settled.id,
        booked_on=settled.for_on,
        recorded_at=settled.at,
        actor=settled.actor,
    )
    store_money.add_entries(session, lines_of(footing, move, sums))


def _settled(
    kind: SettlementKind,
    office_id: UUID,
    expected: Amounts,
    counted_vnd: int,
    for_on: date,
    note: str,
    scope: Scope,
    now: datetime,
) -> Settlement:
    return Settlement(
        id=new_id(now),
        kind=kind,
        office_id=office_id,
        courier_id=None,
        agency_id=None,
        for_on=for_on,
        expected=expected,
        counted_vnd=counted_vnd,
        note=note.strip(),
        actor=scope.actor,
        at=aware(now),
    )


def _reach_office(session: Session, scope: Scope, office_id: UUID) -> None:
    if not any(one.id == office_id for one in offices.list_offices(session, scope=scope)):
        raise fail(NOT_FOUND, what="office")


def _check(counted_vnd: int, for_on: date, note: str, now: datetime) -> None:
    today = local_date(now)
    found = _amount_mistakes(counted_vnd)
    if for_on > today:
        found.append(problem(errors.DAY_AHEAD, pointer="/for_on", value=f"{for_on:%d/%m/%Y}"))
    if for_on < today - LONGEST_PAST:
        value = f"{for_on:%d/%m/%Y}"
        found.append(problem(errors.DAY_LONG_PAST, pointer="/for_on", value=value, limit=LONGEST_PAST.days))
    if len(note.strip()) > LONGEST_NOTE:
        found.append(problem(errors.NOTE_LONG, pointer="/note", limit=LONGEST_NOTE))
    if found:
        raise CodedError(found)


def _amount_mistakes(amount_vnd: int) -> list[Problem]:
    if 0 <= amount_vnd <= MOST_VND:
        return []
    return [problem(errors.AMOUNT_WRONG, pointer="/amount_vnd", value=amount_vnd, low=0, limit=MOST_VND)]


def _reason_mistakes(reason: str) -> list[Problem]:
    if 0 < len(reason.strip()) <= LONGEST_NOTE:
        return []
    return [problem(errors.REASON_NEEDED, pointer="/reason", limit=LONGEST_NOTE)]

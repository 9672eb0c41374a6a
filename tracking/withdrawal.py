"""An agency takes results back: before the post has the paper it is over, afterwards the paper comes back to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, Problem, fail, problem
from core.scope import Scope
from tracking import errors, fields, store, store_intake
from tracking.events import Draft, record_events
from tracking.intake import BATCH_LIMIT, may_hand_in
from tracking.lifecycle import may
from tracking.model import EventKind, Item, Status
from tracking.recall import CAUSE, ON_ITS_WAY

_GOING_BACK = frozenset({Status.RETURNING, Status.RETURNED, Status.WITHDRAWN})
_NOT_YET_HERE = frozenset({Status.ACCEPTED, Status.READY, Status.PLANNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Which result is meant: an agency's dossier code and leg."""

    dossier_code: str
    leg: str = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalAnswer:
    """What became of one withdrawal. `withdrawn`: the post never had the paper, nothing will be delivered. `recalled`:
    the post has it and brings it back. `unchanged`: it was withdrawn or sent back before.
    """

    index: int
    outcome: Literal["withdrawn", "recalled", "unchanged", "rejected"]
    dossier_code: str
    item_id: UUID | None = None
    tracking_code: str | None = None
    problems: tuple[Problem, ...] = ()


def withdraw_results(
    session: Session, *, scope: Scope, agency_id: UUID, named: Sequence[Named], now: datetime
) -> list[WithdrawalAnswer]:
    """Withdraw up to 1,000 results of an agency; one answer for each, in order. The same call again changes nothing.

    What the recipient has already is rejected. While a courier or a bag carries the paper it is marked, and goes back
    from the next office; if the courier has delivered it meanwhile, it is delivered.

    Raises:
        CodedError: T1000 when there are too many, C1000 when the agency is not within reach.
    """
    items = items_of(session, scope=scope, agency_id=agency_id, named=named)
    at, answers = aware(now), []
    drafts: list[Draft] = []
    done: set[UUID] = set()
    for index, (one, item) in enumerate(zip(named, items, strict=True)):
        found = _drafts(item, at) if item is not None and item.id not in done else []
        drafts += found
        answers.append(_answer(index, one, item, found, is_again=item is not None and item.id in done))
        done |= {item.id} if item is not None else set()
    record_events(session, drafts, now=at, actor=scope.actor)
    moved = {draft.item.id for draft in drafts}
    store_intake.close_addresses(session, scope.province_code, moved, at=at, by=scope.actor)
    return answers


def items_of(session: Session, *, scope: Scope, agency_id: UUID, named: Sequence[Named]) -> list[Item | None]:
    """The newest item of each dossier, locked, or None where the agency has handed nothing in.

    Raises:
        CodedError: T1000 when there are too many, C1000 when the agency is not within reach.
    """
    if len(named) > BATCH_LIMIT:
        raise fail(errors.BATCH_TOO_LARGE, limit=BATCH_LIMIT, count=len(named))
    if not may_hand_in(scope, agency_id) or not store_intake.lock_agency(session, scope.province_code, agency_id):
        raise fail(NOT_FOUND, what="agency")
    keys = [(fields.dossier_code(one.dossier_code)[0], one.leg) for one in named]
    known = store_intake.known_dossiers(session, scope.province_code, agency_id, set(keys))
    # An agency's item is reached whichever office has it.
    reach = Scope(province_code=scope.province_code, actor=scope.actor, agency_id=agency_id)
    items = store.lock_items(session, reach, {found.item_id for found in known.values()})
    return [items.get(known[key].item_id) if key in known else None for key in keys]


def _drafts(item: Item, at: datetime) -> list[Draft]:
    return list(_events(item, at)) if item.recalled_at is None and item.status not in _GOING_BACK else []


def _events(item: Item, at: datetime) -> Iterator[Draft]:
    """Nothing when it is too late."""
    asked = {"recalled_at": at}
    if item.status is Status.PLANNED:
        off_plan = {"plan_id": None, "courier_id": None}
        yield Draft(item=item, kind=EventKind.ITEM_UNPLANNED, occurred_at=at, changes=off_plan)
    if _is_still_theirs(item):
        yield Draft(item=item, kind=EventKind.RESULT_WITHDRAWN, occurred_at=at, changes=asked)
        return
    standing = Status.READY if item.status is Status.PLANNED else item.status
    if not may(standing, EventKind.RESULT_RECALLED):
        return
    yield Draft(item=item, kind=EventKind.RESULT_RECALLED, occurred_at=at, changes=asked)
    lies_here = item.holder_courier_id is None and item.bagged_at is None
    if lies_here and may(standing, EventKind.RETURN_STARTED):
        data = {"cause": CAUSE}
        yield Draft(item=item, kind=EventKind.RETURN_STARTED, occurred_at=at, data=data, changes=ON_ITS_WAY)


def _is_still_theirs(item: Item) -> bool:
    """Whether nobody at the post has signed for the paper, carried it or had it in hands in any other way."""
    was_here = item.handed_over_at or item.received_at or item.out_at
    return item.status in _NOT_YET_HERE and was_here is None


def _answer(index: int, one: Named, item: Item | None, drafts: Sequence[Draft], *, is_again: bool) -> WithdrawalAnswer:
    answer = WithdrawalAnswer(index=index, outcome="unchanged", dossier_code=one.dossier_code)
    if item is None:
        missing = problem(errors.NOT_HANDED_IN, pointer="dossier_code", value=one.dossier_code)
        return replace(answer, outcome="rejected", problems=(missing,))
    answer = replace(answer, item_id=item.id, tracking_code=item.tracking_code)
    kinds = {draft.kind for draft in drafts}
    if EventKind.RESULT_WITHDRAWN in kinds:
        return replace(answer, outcome="withdrawn")
    if EventKind.RESULT_RECALLED in kinds:
        return replace(answer, outcome="recalled")
    if is_again or item.recalled_at is not None or item.status in _GOING_BACK:
        return answer
    values = {"value": one.dossier_code, "status": item.status.value}
    late = problem(errors.WITHDRAWAL_TOO_LATE, pointer="dossier_code", **values)
    return replace(answer, outcome="rejected", problems=(late,))

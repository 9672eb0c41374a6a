"""Taking results in from agencies: idempotent on (agency, dossier code, leg), and one bad row never stops another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import NOT_FOUND, Problem, fail, problem
from core.scope import Scope
from tracking import errors, intake_write, postage, store, store_intake, store_offices, tariffs
from tracking.intake_checks import CheckedRow, check_row, says_the_same
from tracking.intake_write import Change, Placed
from tracking.lifecycle import may
from tracking.model import EventKind, Item, ResultRow, RowAnswer, Status
from tracking.placing import Place, Placer, Resolver
from tracking.postage import Rates
from tracking.store_intake import Key, KnownDossier

BATCH_LIMIT = 1000

# The rows of a list that stand first of their dossier.
Earlier: TypeAlias = dict[Key, CheckedRow]

_STILL_HERE = (Status.ACCEPTED, Status.READY, Status.PLANNED)


@dataclass(slots=True)
class _Batch:
    """What becomes of the rows while a batch is being worked through."""

    agency_id: UUID
    known: dict[Key, KnownDossier]
    answers: dict[int, RowAnswer] = field(default_factory=dict)
    new: list[CheckedRow] = field(default_factory=list)
    changed: list[CheckedRow] = field(default_factory=list)
    receipts: list[CheckedRow] = field(default_factory=list)
    repeats: list[tuple[CheckedRow, int]] = field(default_factory=list)

    def reject(self, row: CheckedRow, *problems: Problem) -> None:
        self.answers[row.index] = RowAnswer(
            index=row.index,
            outcome="rejected",
            dossier_code=row.row.dossier_code,
            problems=problems,
            warnings=row.warnings,
        )


def accept_results(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    rows: Sequence[ResultRow],
    resolver: Resolver,
    now: datetime,
    submitting_office_id: UUID | None = None,
) -> list[RowAnswer]:
    """Take in up to 1,000 results of an agency; one answer for each row, in order.

    A row that was there before with the same content is `unchanged`. Changed content is `updated` until the item has
    gone out, a new due date alone also after that; a result that was withdrawn comes in anew, one that its agency has
    back becomes a new item of the same dossier. An address that is not certain makes an ACCEPTED item that waits in the
    address queue.

    Raises:
        CodedError: T1000 when there are too many rows, C1000 when the agency is not within reach.
    """
    if len(rows) > BATCH_LIMIT:
        raise fail(errors.BATCH_TOO_LARGE, limit=BATCH_LIMIT, count=len(rows))
    return accept_rows(
        session,
        scope=scope,
        agency_id=agency_id,
        rows=rows,
        resolver=resolver,
        now=now,
        submitting_office_id=submitting_office_id,
    )


def accept_rows(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    rows: Sequence[ResultRow],
    resolver: Resolver,
    now: datetime,
    submitting_office_id: UUID | None,
    places: Sequence[int] | None = None,
    earlier: Earlier | None = None,
) -> list[RowAnswer]:
    """`accept_results` for a caller with a limit of its own.

    `places` number the rows from 0 as the sender does, in answers and messages. `earlier` are the rows of the same
    list's parts before this one, and gets those of this part: a dossier that stands twice in a list is told of.

    Raises:
        CodedError: C1000 when the agency is not within reach.
    """
    now = aware(now)
    if not may_hand_in(scope, agency_id) or not store_intake.lock_agency(session, scope.province_code, agency_id):
        raise fail(NOT_FOUND, what="agency")
    places = range(len(rows)) if places is None else places
    checked = [check_row(place, row, now=now) for place, row in zip(places, rows, strict=True)]
    keys = {row.key for row in checked if not row.problems}
    known = store_intake.known_dossiers(session, scope.province_code, agency_id, keys) if keys else {}
    batch = _Batch(agency_id, known)
    _sort(batch, checked, {} if earlier is None else earlier)
    placer = Placer(
        resolver=resolver,
        province_code=scope.province_code,
        coverage=store_offices.coverage_of(session, scope.province_code),
        submitting_office_id=submitting_office_id,
    )
    placer.look_up_doors(session, [row.row for row in (*batch.new, *batch.changed)], now)
    _create(session, scope, batch, placer, now)
    _change(session, scope, batch, placer, now)
    _note_receipts(session, scope, batch, now)
    _answer_repeats(batch)
    return [batch.answers[place] for place in places]


def may_hand_in(scope: Scope, agency_id: UUID) -> bool:
    """Whether the caller may hand in for the agency: couriers never, an agency only its own."""
    return scope.courier_id is None and scope.agency_id in (None, agency_id)


def _sort(batch: _Batch, checked: Sequence[CheckedRow], first: Earlier) -> None:
    """Answer what can be answered at once; put the rest among the new, the changed and the repeated."""
    here = {row.index for row in checked}
    for row in checked:
        earlier = first.get(row.key)
        known = batch.known.get(row.key)
        if row.problems:
            batch.reject(row, *row.problems)
        elif earlier is not None and earlier.digest != row.digest:
            values = {"value": row.row.dossier_code, "first": earlier.index + 1}
            batch.reject(row, problem(errors.DOUBLE_IN_BATCH, pointer="dossier_code", **values))
        elif earlier is not None and earlier.index in here:
            batch.repeats.append((row, earlier.index))
        elif known is None or known.status == Status.RETURNED:
            batch.new.append(row)
        elif _says_the_same(row, known) and known.status != Status.WITHDRAWN:
            batch.answers[row.index] = _unchanged(row, known.item_id, known.tracking_code)
        elif known.status != Status.WITHDRAWN and _differs_in_receipt_alone(row, known):
            batch.receipts.append(row)
        else:
            batch.changed.append(row)
        if not row.problems:
            first.setdefault(row.key, row)


def _create(session: Session, scope: Scope, batch: _Batch, placer: Placer, now: datetime) -> None:
    candidates = _with_free_codes(session, scope, batch, batch.new)
    today = local_date(now)
    rates = _rates(session, scope, placer, [today] if candidates else [])
    placed = _placed(batch, candidates, placer, rates.get(today))
    items = intake_write.create(session, scope, batch.agency_id, placed, batch.known, now)
    for (row, place), item in zip(placed, items, strict=True):
        batch.answers[row.index] = RowAnswer(
            index=row.index,
            outcome="created",
            dossier_code=row.row.dossier_code,
            item_id=item.id,
            tracking_code=item.tracking_code,
            warnings=(*row.warnings, *_again_warning(batch, row), *_place_warning(place)),
        )


def _change(session: Session, scope: Scope, batch: _Batch, placer: Placer, now: datetime) -> None:
    """Rows whose dossier is known with other content. An agency's item is reached whichever office has it."""
    reach = Scope(province_code=scope.province_code, actor=scope.actor, agency_id=batch.agency_id)
    items = store.lock_items(session, reach, [batch.known[row.key].item_id for row in batch.changed])
    days = {item.id: local_date(now if item.status is Status.WITHDRAWN else item.created_at) for item in items.values()}
    rates = _rates(session, scope, placer, days.values())
    changes: list[Change] = []
    for said in batch.changed:
        known = batch.known[said.key]
        item = items[known.item_id]
        row = postage.standing(said, item, rates[days[item.id]])
        if not _is_changeable(item, row.row):
            values = {"value": row.row.dossier_code, "status": item.status.value}
            batch.reject(row, problem(errors.UPDATE_TOO_LATE, pointer="dossier_code", **values))
            continue
        is_anew = item.status is Status.WITHDRAWN
        place = placer.place(row.row) if is_anew or intake_write.is_moved(item, row.row) else None
        if isinstance(place, Problem):
            batch.reject(row, place)
            continue
        priced = _repriced(said, row, item, place, rates[days[item.id]])
        if isinstance(priced, Problem):
            batch.reject(row, priced)
            continue
        changes.append(Change(checked=priced, item=item, dossier_id=known.dossier_id, place=place))
        batch.answers[row.index] = _updated(priced, item, place)
    intake_write.change(session, scope, changes, now)


def _note_receipts(session: Session, scope: Scope, batch: _Batch, now: datetime) -> None:
    """Rows that add the receipt code alone: it says where the dossier is told of, and changes nothing of the paper."""
    intake_write.note_receipts(session, scope.province_code, batch.receipts, batch.known, now)
    for row in batch.receipts:
        known = batch.known[row.key]
        batch.answers[row.index] = RowAnswer(
            index=row.index,
            outcome="updated",
            dossier_code=row.row.dossier_code,
            item_id=known.item_id,
            tracking_code=known.tracking_code,
            warnings=row.warnings,
        )


def _differs_in_receipt_alone(row: CheckedRow, known: KnownDossier) -> bool:
    return says_the_same(replace(row.row, receipt_code=known.receipt_code), known.digest)


def _says_the_same(row: CheckedRow, known: KnownDossier) -> bool:
    return known.digest == row.digest or (row.row.postage_vnd is None and says_the_same(row.row, known.digest))


def _is_changeable(item: Item, row: ResultRow) -> bool:
    """Everything until it has gone out, and anew after a withdrawal; after that only the due date."""
    if item.status is Status.WITHDRAWN:
        return True
    if item.recalled_at is not None or not may(item.status, EventKind.RESULT_UPDATED):
        return False
    is_only_date = not intake_write.is_moved(item, row) and intake_write.changed_fields(item, row) == ["due_on"]
    return is_only_date or (item.status in _STILL_HERE and item.out_at is None)


def _with_free_codes(session: Session, scope: Scope, batch: _Batch, rows: Sequence[CheckedRow]) -> list[CheckedRow]:
    """Rows whose own item code, when they bring one, nobody else has."""
    codes = [row.row.item_code for row in rows if row.row.item_code]
    taken = set(store_intake.taken_item_codes(session, scope.province_code, codes))
    free = []
    for row in rows:
        code = row.row.item_code
        if code and code in taken:
            batch.reject(row, problem(errors.ITEM_CODE_TAKEN, pointer="item_code", value=code))
            continue
        taken |= {code} if code else set()
        free.append(row)
    return free


def _placed(batch: _Batch, rows: Iterable[CheckedRow], placer: Placer, rates: Rates | None) -> list[Placed]:
    placed: list[Placed] = []
    for row in rows:
        place = placer.place(row.row)
        if isinstance(place, Problem):
            batch.reject(row, place)
            continue
        priced = postage.priced(row, place.commune_code, rates)
        if isinstance(priced, Problem):
            batch.reject(row, priced)
        else:
            placed.append((priced, place))
    return placed


def _repriced(
    said: CheckedRow, row: CheckedRow, item: Item, place: Place | None, rates: Rates | None
) -> CheckedRow | Problem:
    """A changed row with its postage; of a paper that has gone out only the due date may change, and nothing is new."""
    is_anew = item.status is Status.WITHDRAWN
    is_here = is_anew or (item.status in _STILL_HERE and item.out_at is None)
    if not is_here or not postage.asks_anew(said, item, moved=place is not None):
        return row
    return postage.priced(said, place.commune_code if place else item.commune_code, rates)


def _rates(session: Session, scope: Scope, placer: Placer, days: Iterable[date]) -> dict[date, Rates | None]:
    return tariffs.rates_on(
        session, scope.province_code, days, coverage=placer.coverage, office_id=placer.submitting_office_id
    )


def _answer_repeats(batch: _Batch) -> None:
    """A row that stands twice in one batch: the second says what the first came to."""
    for row, first in batch.repeats:
        answer = batch.answers[first]
        if answer.outcome == "rejected":
            batch.reject(row, *answer.problems)
        elif answer.item_id is not None and answer.tracking_code is not None:
            batch.answers[row.index] = _unchanged(row, answer.item_id, answer.tracking_code)


def _unchanged(row: CheckedRow, item_id: UUID, tracking_code: str) -> RowAnswer:
    return RowAnswer(
        index=row.index,
        outcome="unchanged",
        dossier_code=row.row.dossier_code,
        item_id=item_id,
        tracking_code=tracking_code,
        warnings=row.warnings,
    )


def _updated(row: CheckedRow, item: Item, place: Place | None) -> RowAnswer:
    return RowAnswer(
        index=row.index,
        outcome="updated",
        dossier_code=row.row.dossier_code,
        item_id=item.id,
        tracking_code=item.tracking_code,
        warnings=(*row.warnings, *(_place_warning(place) if place else ())),
    )


def _again_warning(batch: _Batch, row: CheckedRow) -> tuple[Problem, ...]:
    value = row.row.dossier_code
    return (problem(errors.HANDED_IN_AGAIN, pointer="dossier_code", value=value),) if row.key in batch.known else ()


def _place_warning(place: Place) -> tuple[Problem, ...]:
    return () if place.commune_code else (problem(errors.ADDRESS_UNDECIDED, pointer="address"),)

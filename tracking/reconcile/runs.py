"""Runs of the reconciliation: asked for or at night, kept with what they found, and what one click repairs."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.db import lock_keys
from core.errors import NOT_FOUND, CodedError, Problem, fail
from core.ids import new_id
from core.scope import Scope
from tracking import store_listed_results
from tracking import store_reconcile as store
from tracking.apology import NewDate, set_due_dates
from tracking.evidence import find_agency
from tracking.feedback import endpoints
from tracking.intake import accept_results
from tracking.placing import Resolver
from tracking.reconcile.compare import differences
from tracking.reconcile.errors import LISTED_AHEAD, NO_REPAIR, NOT_LISTED_NOW, NOT_PUSHED, NOT_TAKEN_BACK, REPAIRED
from tracking.reconcile.values import (
    GRACE,
    LIST_LIFE,
    REPAIRS,
    AgencyList,
    Difference,
    Held,
    Kind,
    Listed,
    Repair,
    Sides,
)
from tracking.store_reconcile import KeptDifference, Run
from tracking.store_replay import Replay
from tracking.withdrawal import Named, withdraw_results

# Results that nothing was told of for longer are settled on both sides.
LOOK_BACK = timedelta(days=60)
KEPT = timedelta(days=90)
SHOWN = 1_000

# A resolver is heavy, and one repair alone needs it.
LoadResolver = Callable[[], Resolver]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail:
    """A run and what it found, at most `SHOWN`, what is not repaired first."""

    run: Run
    found: tuple[KeptDifference, ...]


def take_list(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    entries: Mapping[str, Listed],
    listed_at: datetime,
    complete: bool,
    now: datetime,
) -> RunDetail:
    """Keep what an agency has on its books in the place of its list before, and compare at once.

    `complete`: results with us that are not in it are unknown there. Of results missing here, what the list tells of
    them is kept as long as the list, for the click that takes them in.

    Raises:
        CodedError: C1000 when the agency is out of reach, T5207 for a list of a time to come.
    """
    find_agency(session, scope=scope, agency_id=agency_id)
    if aware(listed_at) > aware(now) + GRACE:
        raise fail(LISTED_AHEAD, pointer="/listed_at", value=listed_at.isoformat())
    listed = AgencyList(at=min(aware(listed_at), aware(now)), complete=complete, entries=entries)
    store.keep_list(session, scope, agency_id, listed, now=aware(now))
    told = {
        code: replace(one.row, dossier_code=code)
        for code, one in entries.items()
        if one.row is not None and one.held is Held.WITH_POST
    }
    store_listed_results.keep_results(session, scope.province_code, agency_id, told)
    return reconcile(session, scope=scope, agency_id=agency_id, now=now)


def reconcile(session: Session, *, scope: Scope, agency_id: UUID, now: datetime) -> RunDetail:
    """Compare an agency's newest list, our items and what it has acknowledged; the run is kept.

    Raises:
        CodedError: C1000 when the agency is out of reach.
    """
    find_agency(session, scope=scope, agency_id=agency_id)
    at, province = aware(now), scope.province_code
    lock_keys(session, [f"reconcile:{province}:{agency_id}"])
    sides = _sides(session, province, agency_id, at)
    found = differences(sides, now=at)
    listed = sides.listed
    run = Run(
        id=new_id(at),
        agency_id=agency_id,
        run_at=at,
        run_by=scope.actor,
        list_at=listed.at if listed else None,
        pushed=sides.has_endpoint,
        dossiers=len({*sides.ours, *(listed.entries if listed else ())}),
        kinds=dict(sorted(Counter(one.kind.value for one in found).items())),
    )
    store.add_run(session, province, run, [(one, _repair(one, sides)) for one in found])
    return _detail(session, scope, run)


def run_detail(session: Session, *, scope: Scope, run_id: UUID) -> RunDetail:
    """A run and what it found. Raises C1000."""
    run = store.run_of(session, scope, run_id)
    if run is None:
        raise fail(NOT_FOUND, what="run")
    return _detail(session, scope, run)


def list_runs(session: Session, *, scope: Scope, agency_id: UUID | None = None, limit: int = 50) -> list[Run]:
    """Runs within reach, newest first."""
    return store.runs(session, scope, agency_id=agency_id, limit=limit)


def newest_runs(session: Session, *, scope: Scope) -> list[Run]:
    """The newest run of each agency within reach: what the alarm is read from."""
    return store.newest_runs(session, scope)


def still_differing(session: Session, *, scope: Scope) -> dict[UUID, int]:
    """Agencies within reach whose newest run found what nobody has repaired since, and how much of it."""
    return store.open_differences(session, scope)


def repair(
    session: Session,
    *,
    scope: Scope,
    run_id: UUID,
    dossier_code: str,
    kind: Kind,
    load_resolver: LoadResolver,
    now: datetime,
) -> KeptDifference:
    """Do what one click does about a difference. Whether it is gone, the next run says.

    Raises:
        CodedError: C1000 for what is out of reach, T5201 where there is no repair, T5202 when it was repaired,
            T5203 when there is nowhere to send to, T5208 when a newer list has nothing to take in, and whatever
            refuses the withdrawal, the date or the row.
    """
    run, kept = _locked(session, scope, run_id, dossier_code, kind)
    if kept.repair is None:
        raise fail(NO_REPAIR, dossier_code=dossier_code, kind=kind.value)
    if kept.repaired_at is not None:
        raise fail(REPAIRED, dossier_code=dossier_code)
    if kept.repair is Repair.TAKE_IN:
        _take_in(session, scope, run.agency_id, dossier_code, load_resolver(), aware(now))
    else:
        _do(session, scope, run.agency_id, kept.repair, kept.difference, aware(now))
    store.mark_repaired(session, scope, run_id, dossier_code, kind, now=aware(now))
    return KeptDifference(difference=kept.difference, repair=kept.repair, repaired_at=aware(now))


def take_in_all(
    session: Session, *, scope: Scope, run_id: UUID, load_resolver: LoadResolver, now: datetime
) -> dict[str, tuple[Problem, ...]]:
    """Take in each result that a run misses here and the list tells of; by dossier code why one was refused, or
    nothing. One refused stops no other.

    Raises:
        CodedError: C1000 when the run is out of reach.
    """
    answers: dict[str, tuple[Problem, ...]] = {}
    for one in run_detail(session, scope=scope, run_id=run_id).found:
        if one.repair is Repair.TAKE_IN and one.repaired_at is None:
            code, kind = one.difference.dossier_code, one.difference.kind
            try:
                with session.begin_nested():
                    repair(
                        session,
                        scope=scope,
                        run_id=run_id,
                        dossier_code=code,
                        kind=kind,
                        load_resolver=load_resolver,
                        now=now,
                    )
                answers[code] = ()
            except CodedError as refused:
                answers[code] = tuple(refused.problems)
    return answers


def take_back(
    session: Session, *, scope: Scope, run_id: UUID, dossier_code: str, kind: Kind, now: datetime
) -> KeptDifference:
    """Put back our due date in the place of the agency's that a repair took; the difference stands again.

    Raises:
        CodedError: C1000 for what is out of reach, T5209 for any other repair, and whatever refuses the date.
    """
    run, kept = _locked(session, scope, run_id, dossier_code, kind)
    due_on = kept.difference.due_here
    if kept.repair is not Repair.TAKE_DATE or kept.repaired_at is None or due_on is None:
        raise fail(NOT_TAKEN_BACK, dossier_code=dossier_code)
    _set_date(session, scope, run.agency_id, dossier_code, due_on, aware(now))
    store.mark_repaired(session, scope, run_id, dossier_code, kind, now=None)
    return replace(kept, repaired_at=None)


def agencies_to_reconcile(session: Session) -> list[tuple[str, UUID]]:
    """Every agency, with its province, that has handed anything in or sent a list."""
    return store.all_agencies(session)


def erase_old(session: Session, *, now: datetime) -> int:
    """Delete lists that are no longer compared, and runs of long ago; returns how many."""
    return store.erase(session, lists_before=aware(now) - LIST_LIFE, runs_before=aware(now) - KEPT)


def _sides(session: Session, province: str, agency_id: UUID, at: datetime) -> Sides:
    listed = store.newest_list(session, province, agency_id, since=at - LIST_LIFE)
    codes = listed.entries if listed else ()
    ours, told = store.ours(session, province, agency_id, listed=codes, since=at - LOOK_BACK)
    kinds = store.endpoint_kinds(session, province, agency_id)
    rows = store_listed_results.kept_codes(session, province, agency_id) if listed else frozenset[str]()
    return Sides(listed=listed, ours=ours, told=told, has_endpoint=bool(kinds), hears_all="webhook" in kinds, rows=rows)


def _repair(found: Difference, sides: Sides) -> Repair | None:
    """What one click can do: nothing is sent again to nobody, nor taken in that the list does not tell of."""
    way = REPAIRS.get(found.kind)
    if way is Repair.TAKE_IN:
        return way if found.dossier_code in sides.rows else None
    # A system of VietOpenCPS has no word for a result that was withdrawn or returned.
    can_be_told = sides.hears_all if found.kind is Kind.GONE_HERE else sides.has_endpoint
    return None if way is Repair.SEND_AGAIN and not can_be_told else way


def _locked(session: Session, scope: Scope, run_id: UUID, dossier_code: str, kind: Kind) -> tuple[Run, KeptDifference]:
    run = store.run_of(session, scope, run_id)
    kept = store.lock_difference(session, scope.province_code, run_id, dossier_code, kind) if run else None
    if run is None or kept is None:
        raise fail(NOT_FOUND, what="difference")
    return run, kept


def _do(session: Session, scope: Scope, agency_id: UUID, way: Repair, found: Difference, now: datetime) -> None:
    named = Named(dossier_code=found.dossier_code)
    if way is Repair.SEND_AGAIN:
        _send_again(session, scope, agency_id, found.dossier_code, now)
    elif way is Repair.WITHDRAW:
        [gone] = withdraw_results(session, scope=scope, agency_id=agency_id, named=[named], now=now)
        if gone.problems:
            raise CodedError(gone.problems)
    elif found.due_there is not None:
        _set_date(session, scope, agency_id, found.dossier_code, found.due_there, now)


def _set_date(session: Session, scope: Scope, agency_id: UUID, code: str, due_on: date, now: datetime) -> None:
    new = NewDate(named=Named(dossier_code=code), due_on=due_on)
    [moved] = set_due_dates(session, scope=scope, agency_id=agency_id, dates=[new], now=now)
    if moved.problems:
        raise CodedError(moved.problems)


def _take_in(session: Session, scope: Scope, agency_id: UUID, code: str, resolver: Resolver, now: datetime) -> None:
    row = store_listed_results.kept_result(session, scope.province_code, agency_id, code)
    if row is None:
        raise fail(NOT_LISTED_NOW, dossier_code=code)
    [taken] = accept_results(session, scope=scope, agency_id=agency_id, rows=[row], resolver=resolver, now=now)
    if taken.problems:
        raise CodedError(taken.problems)
    store_listed_results.forget_result(session, scope.province_code, agency_id, code)


def _send_again(session: Session, scope: Scope, agency_id: UUID, code: str, now: datetime) -> None:
    active = [
        one
        for one in endpoints.list_endpoints(session, scope=scope)
        if one.agency_id == agency_id and one.state == "active"
    ]
    if not active:
        raise fail(NOT_PUSHED)
    for one in active:
        endpoints.replay(session, scope=scope, endpoint_id=one.id, chosen=Replay(dossier_code=code), now=now)


def _detail(session: Session, scope: Scope, run: Run) -> RunDetail:
    found = store.differences_of(session, scope.province_code, run.id, limit=SHOWN)
    return RunDetail(run=run, found=tuple(found))

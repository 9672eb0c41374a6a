"""Edits of a stored plan, previewed or applied: versioned, rebased over other people's edits, taken back, redone.

One edit is one transaction that holds the plan's row from the first read on. An edit made on an older version is
applied to the newest when nobody touched the same couriers and visits since; else it is refused with what changed.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, CodedError, fail, problem
from core.scope import Scope
from routing import errors, store, store_versions
from routing import errors_edits as refusals
from routing.appraise import Appraisal, appraise
from routing.batch import batch
from routing.commands import Command, InsertStops
from routing.desk import Desk, ground_of, key_of, open_desk
from routing.edit import apply, keeps_facts
from routing.edit_store import Written, write_edit
from routing.gather import day_rules, find_office, known_places
from routing.standing import Change, change_between, take_back, touched
from routing.store_versions import PlanVersion
from routing.stored import PlanHead
from routing.urgent import with_visits
from tracking import service as tracking
from tracking.model import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRequest:
    """An edit asked for: the version that was looked at, what to do, and the rules that may be set aside."""

    version: int
    command: Command
    allow: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAnswer:
    """An edit reckoned, and applied unless it was a preview (`version` is then the one it would start from).

    `overtaken`: versions made since the one given, over which the edit was carried.
    """

    head: PlanHead
    version: int
    overtaken: tuple[int, ...]
    appraisal: Appraisal


def preview_edit(session: Session, *, scope: Scope, plan_id: UUID, asked: EditRequest, now: datetime) -> EditAnswer:
    """What an edit would come to; nothing is written. Broken rules are told in the answer, not refused.

    Raises:
        CodedError: C1000 out of reach, R1001 a past day, R40xx what cannot be done, R41xx overtaken.
    """
    desk = open_desk(session, scope, plan_id, allow=asked.allow, now=now, lock=False)
    answer, _, _ = _reckon(session, desk, scope, asked)
    return answer


def apply_edit(session: Session, *, scope: Scope, plan_id: UUID, asked: EditRequest, now: datetime) -> EditAnswer:
    """Make an edit: the plan's next version; a published plan's items and couriers follow.

    Raises:
        CodedError: as `preview_edit`, and R42xx for each rule it would break that `allow` does not name.
    """
    desk = open_desk(session, scope, plan_id, allow=asked.allow, now=now, lock=True)
    answer, desk, change = _reckon(session, desk, scope, asked)
    details = {"command": _plain(asdict(asked.command)), "allow": sorted(asked.allow)}
    made = Written(kind="edit", command=type(asked.command).__name__, details=details, change=change)
    return _written(session, scope, desk, answer, made, now)


def undo_edit(session: Session, *, scope: Scope, plan_id: UUID, now: datetime) -> EditAnswer:
    """Take the caller's last edit back, unless others have gone on from it.

    Raises:
        CodedError: R4103 when there is none, R4101 when it was overtaken, else as `apply_edit`.
    """
    return _step(session, scope, plan_id, "undo", now)


def redo_edit(session: Session, *, scope: Scope, plan_id: UUID, now: datetime) -> EditAnswer:
    """Make the caller's last undone edit again.

    Raises:
        CodedError: R4104 when there is none, R4101 when it was overtaken, else as `apply_edit`.
    """
    return _step(session, scope, plan_id, "redo", now)


def list_versions(session: Session, *, scope: Scope, plan_id: UUID, after: int = 0) -> list[PlanVersion]:
    """The edits of a plan after a version, newest first.

    Raises:
        CodedError: C1000 when the plan is out of reach.
    """
    head = store.head(session, scope, plan_id)
    if head is None:
        raise fail(NOT_FOUND, what="plan")
    return store_versions.versions(session, key_of(head), after=after)


def steps_of(history: Iterable[PlanVersion], actor: str) -> tuple[PlanVersion | None, PlanVersion | None]:
    """What the actor may undo and redo: the newest of his edits that stands, and the newest undone since his last new
    one. `history` is newest first.
    """
    undo: PlanVersion | None = None
    redo: PlanVersion | None = None
    settled: set[int] = set()
    went_on = False
    for one in history:
        if one.made_by != actor:
            continue
        if one.concerns not in settled:
            settled.add(one.concerns)
            if one.kind == "undo":
                redo = redo or (None if went_on else one)
            else:
                undo = undo or one
        went_on = went_on or one.kind in {"edit", "replan"}
    return undo, redo


def _step(session: Session, scope: Scope, plan_id: UUID, kind: str, now: datetime) -> EditAnswer:
    desk = open_desk(session, scope, plan_id, allow=frozenset(), now=now, lock=True)
    undo, redo = steps_of(desk.history, scope.actor)
    last = undo if kind == "undo" else redo
    if last is None:
        raise fail(refusals.NOTHING_TO_UNDO if kind == "undo" else refusals.NOTHING_TO_REDO)
    back = take_back(desk.ground.standing, last.changes)
    if back is None:
        since = [one for one in desk.history if one.version > last.version]
        if not _meet(since, touched(last.changes)):
            raise fail(refusals.TOO_LATE_TO_UNDO)
        raise _overtaken(since, last.changes)
    keeps_facts(desk.ground, back)
    change = change_between(desk.ground.standing, back)
    appraisal = appraise(desk.progress.told(desk.base), desk.ground, back)
    answer = EditAnswer(head=desk.head, version=desk.head.version, overtaken=(), appraisal=appraisal)
    made = Written(kind=kind, command=last.command, details=last.details, change=change, concerns=last.concerns)
    return _written(session, scope, desk, answer, made, now)


def _reckon(session: Session, desk: Desk, scope: Scope, asked: EditRequest) -> tuple[EditAnswer, Desk, Change]:
    version, command = asked.version, asked.command
    if version > desk.head.version:
        raise fail(refusals.VERSION_UNKNOWN, given=version, current=desk.head.version)
    since = [one for one in desk.history if one.version > version]
    if isinstance(command, InsertStops) and command.item_ids:
        desk, command = _with_items(session, desk, scope, command)
    try:
        after = apply(desk.ground, command)
    except CodedError as refused:
        # The plan is not the one that was looked at: that is the first thing to say.
        if since:
            raise CodedError([*_overtaken(since).problems, *refused.problems]) from refused
        raise
    change = change_between(desk.ground.standing, after)
    anywhere = isinstance(command, InsertStops) and command.courier_id is None
    if _meet(since, {one for one in touched(change) if not (anywhere and one.startswith("courier/"))}):
        raise _overtaken(since, change)
    appraisal = appraise(desk.progress.told(desk.base), desk.ground, after, allow=asked.allow)
    change = change_between(desk.ground.standing, appraisal.standing)
    overtaken = tuple(sorted(one.version for one in since))
    answer = EditAnswer(head=desk.head, version=desk.head.version, overtaken=overtaken, appraisal=appraisal)
    return answer, desk, change


def _written(
    session: Session, scope: Scope, desk: Desk, answer: EditAnswer, made: Written, now: datetime
) -> EditAnswer:
    if answer.appraisal.broken:
        raise CodedError([one.mistake for one in answer.appraisal.broken])
    version = write_edit(session, scope, desk=desk, appraisal=answer.appraisal, made=made, now=now)
    return replace(answer, version=version)


def _with_items(session: Session, desk: Desk, scope: Scope, command: InsertStops) -> tuple[Desk, InsertStops]:
    """Items that are not in the problem yet become visits of it; those that are, name their visit."""
    at = {item: visit.id for visit in desk.base.visits for item in visit.item_ids}
    known = [at[item] for item in command.item_ids if item in at]
    fresh = [item for item in command.item_ids if item not in at]
    items = tracking.find_items(session, scope=scope, item_ids=fresh)
    if len(items) < len(set(fresh)):
        raise fail(NOT_FOUND, what="item")
    refused = [
        problem(refusals.ITEM_NOT_READY, pointer=f"/items/{item.id}", item_code=item.item_code)
        for item in items.values()
        if item.status is not Status.READY
        or item.office_id != desk.head.office_id
        or item.point is None
        or item.holder_courier_id is not None
    ]
    if refused:
        raise CodedError(refused)
    rules = day_rules(session, desk.head.province_code)
    found = batch(
        items.values(),
        office=find_office(session, scope, desk.head.office_id),
        day=desk.head.day,
        standard=rules.standard,
        policy=desk.head.params.policy,
        service=rules.service,
        procedures=rules.procedures,
        crew=desk.base.vehicles,
    )
    if found.left_out:
        why = found.left_out[0].reasons[0]
        raise fail(replace(errors.NOT_YET, vi=why.vi, en=why.en))
    couriers = [vehicle.courier_id for vehicle in desk.base.vehicles]
    base, added = with_visits(desk.base, found, known_places(session, scope, desk.head, couriers))
    ground = ground_of(base, desk.stored, desk.progress)
    visit_ids = tuple(dict.fromkeys((*command.visit_ids, *known, *added)))
    return replace(desk, base=base, grown=bool(added), estimated=desk.estimated or bool(added), ground=ground), replace(
        command, visit_ids=visit_ids, item_ids=()
    )


def _meet(since: Iterable[PlanVersion], mine: Iterable[str]) -> bool:
    theirs = {one for version in since for one in touched(version.changes)}
    return bool(theirs & set(mine))


def _overtaken(since: Iterable[PlanVersion], change: Change | None = None) -> CodedError:
    mine = None if change is None else touched(change)
    met = [one.version for one in since if mine is None or touched(one.changes) & mine]
    return fail(refusals.EDIT_OVERTAKEN, pointer="/version", versions=", ".join(map(str, sorted(met))))


def _plain(value: Any) -> Any:
    """Plain JSON of a command."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value

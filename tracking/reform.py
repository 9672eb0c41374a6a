"""A reform of the communes as the post lives it: the list, then offices, couriers and items, in one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.errors import fail
from geodata import reform as lists
from geodata import store_reform as editions
from geodata.files_crs import area_km2
from geodata.reform import Applied
from geodata.reform_errors import IN_USE
from geodata.reform_tables import Tables
from geodata.reform_values import Reform
from geodata.store_load import lock_lists
from geodata.store_reform import Edition
from geodata.units import units_of
from tracking import store_reform
from tracking.reform_items import carry_items, return_items
from tracking.store_reform import Cover

# A request that began with the list of before has ended by then.
_LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAnswer:
    """What loading a reform came to: `unchanged`, `staged` for its day, `applied`; with `dry_run` what it would.

    `report` counts what changed, and names under `coverage.needs_person` the communes whose office a person must
    choose: until then the office with the larger part has them.
    """

    outcome: str
    valid_from: date
    title: str
    report: Mapping[str, Any]
    dry_run: bool = False


def update_units(session: Session, tables: Tables, *, actor: str, now: datetime, dry_run: bool = False) -> UpdateAnswer:
    """Load the next reform. Before its day it waits; on its day or after it is applied at once.

    A dry run does everything, also what waits for its day, and takes it back.

    Raises:
        CodedError: every G3xxx problem of the file at once.
    """
    savepoint = session.begin_nested() if dry_run else None
    try:
        edition = lists.stage(session, tables, actor=actor, now=now)
        if edition.state == "applied":
            return _answer(edition, "unchanged", edition.report, dry_run=dry_run)
        due = edition.valid_from <= local_date(now)
        report = _apply(session, edition, now=now, actor=actor) if due or dry_run else edition.report
        return _answer(edition, "applied" if due else "staged", report, dry_run=dry_run)
    finally:
        if savepoint is not None:
            savepoint.rollback()


def apply_due(session: Session, *, now: datetime, actor: str = "system") -> list[UpdateAnswer]:
    """Put every staged reform whose day has come into force, oldest first."""
    # To the end of the transaction: nobody else applies one or takes one back meanwhile.
    lock_lists(session)
    today = local_date(now)
    staged = [e for e in lists.list_editions(session) if e.state == "staged" and e.valid_from <= today]
    return [_answer(e, "applied", _apply(session, e, now=now, actor=actor)) for e in staged]


def keep_units(session: Session, *, now: datetime) -> int:
    """What the worker does every hour: `apply_due`, and items that an intake placed by the list of a moment before.

    Returns how many reforms and items there were.
    """
    applied = apply_due(session, now=now)
    late = 0
    for edition in lists.list_editions(session):
        if edition.state == "applied" and edition.applied_at is not None and now - edition.applied_at < _LATE:
            reform, undo = editions.content_of(session, edition.id)
            fresh = {unit.code for unit in reform.units}
            gone = {code: people for code, people in reform.people_targets.items() if code not in fresh}
            items = carry_items(session, gone, units_of(session), now=aware(now), actor="system")
            late += len(items.undo_items)
            more = {"items": [*undo["items"], *items.undo_items], "lessons": [*undo["lessons"], *items.undo_lessons]}
            if items.undo_items or items.undo_lessons:
                editions.mark_edition(session, edition.id, undo=undo | more)
    return len(applied) + late


def revert_units(session: Session, day: date, *, actor: str, now: datetime) -> Edition:
    """Take a reform back: nothing may have been done with it yet.

    Raises:
        CodedError: C1000 when there is none of that day, G3024 when it is in use.
    """
    lock_lists(session)
    edition = lists.edition_of(session, day)
    if edition.state == "applied":
        _refuse_used(session, edition)
    undo = lists.withdraw(session, edition, now=now)
    if undo:
        covers = undo["covers"]
        store_reform.replace_covers(session, covers["codes"], _cover_rows(covers["before"]))
        for province, courier_id, codes in undo["homes"]:
            store_reform.put_homes(session, province, UUID(courier_id), codes)
        return_items(session, undo, now=aware(now), actor=actor)
    return edition


def _answer(edition: Edition, outcome: str, report: Mapping[str, Any], *, dry_run: bool = False) -> UpdateAnswer:
    return UpdateAnswer(
        outcome=outcome, valid_from=edition.valid_from, title=edition.title, report=report, dry_run=dry_run
    )


def _apply(session: Session, edition: Edition, *, now: datetime, actor: str) -> dict[str, Any]:
    """The list first; then all that is named by it."""
    applied = lists.apply_edition(session, edition.id, now=now)
    reform = applied.reform
    moving = {code: people for code, people in reform.people_targets.items() if people != (code,)}
    covers, coverage = _carry_covers(session, applied, moving)
    homes = _carry_homes(session, moving)
    items = carry_items(session, moving, units_of(session), now=aware(now), actor=actor)
    report = {
        "list": dict(applied.made),
        "coverage": coverage,
        "couriers": len(homes),
        "items": dict(items.counts),
    }
    _, undo = editions.content_of(session, edition.id)
    undo |= {"covers": covers, "homes": homes, "items": items.undo_items, "lessons": items.undo_lessons}
    editions.mark_edition(session, edition.id, report=report, undo=undo)
    return report


def _carry_covers(
    session: Session, applied: Applied, moving: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Each new commune goes to the office that had its parts; where several had, to the one with the larger part."""
    fresh = {code for people in moving.values() for code in people}
    # Also units that keep their code and take others in.
    leading = {old: people for old, people in applied.reform.people_targets.items() if fresh & set(people)}
    before = store_reform.covers(session, leading)
    rows, open_questions = [], []
    by_province: dict[str, dict[str, Cover]] = defaultdict(dict)
    for cover in before:
        by_province[cover.province_code][cover.commune_code] = cover
    for province, covered in by_province.items():
        for code in sorted(fresh):
            sources = [old for old, people in leading.items() if code in people]
            parts = _parts(applied, code, [old for old in sources if old in covered], covered)
            if not parts:
                continue
            chosen = max(parts, key=lambda office: (parts[office], office))
            rows.append({"province_code": province, "commune_code": code, "office_id": _id(covered, chosen)})
            if len(parts) > 1:
                open_questions.append(_question(applied.reform, province, code, chosen, parts))
    store_reform.replace_covers(session, fresh | set(leading), rows)
    kept = [[c.province_code, c.commune_code, str(c.office_id)] for c in before]
    after = [[row["province_code"], row["commune_code"], str(row["office_id"])] for row in rows]
    report = {"communes": len(rows), "needs_person": open_questions}
    return {"before": kept, "after": after, "codes": sorted(fresh | set(leading))}, report


def _parts(applied: Applied, code: str, sources: Sequence[str], covered: Mapping[str, Cover]) -> dict[str, float]:
    """km² of a new commune that each office had, by office code; not measured where one office had all."""
    offices = {covered[old].office_code for old in sources}
    if len(offices) == 1:
        return dict.fromkeys(offices, 1.0)
    area = next(unit.area for unit in applied.reform.units if unit.code == code)
    parts: dict[str, float] = defaultdict(float)
    for old in sources:
        common = shapely.intersection(area or shapely.Polygon(), applied.ended_areas[old])
        parts[covered[old].office_code] += area_km2(common)
    return dict(parts)


def _id(covered: Mapping[str, Cover], office_code: str) -> UUID:
    return next(cover.office_id for cover in covered.values() if cover.office_code == office_code)


def _question(reform: Reform, province: str, code: str, chosen: str, parts: Mapping[str, float]) -> dict[str, Any]:
    name = next(unit.full_name for unit in reform.units if unit.code == code)
    km2 = {office: round(size, 2) for office, size in sorted(parts.items())}
    return {"province_code": province, "commune_code": code, "commune": name, "office": chosen, "km2": km2}


def _carry_homes(session: Session, moving: Mapping[str, Sequence[str]]) -> list[Any]:
    """Couriers' home communes; returns what stood before."""
    before = store_reform.homes(session, moving)
    for province, courier_id, codes in before:
        now = dict.fromkeys(new for code in codes for new in moving.get(code, (code,)))
        store_reform.put_homes(session, province, courier_id, list(now))
    return [[province, str(courier_id), codes] for province, courier_id, codes in before]


def _refuse_used(session: Session, edition: Edition) -> None:
    """Whatever was done with the new units would be lost or wrong without them."""
    reform, undo = editions.content_of(session, edition.id)
    if any(e.state == "applied" and e.valid_from > edition.valid_from for e in lists.list_editions(session)):
        raise _used(edition, "đã có cải cách sau đó", "a later reform is applied")
    mapped = {UUID(row["id"]): row["seq"] for row in undo["items"]}
    new = {unit.code for unit in reform.units}
    since = edition.applied_at or edition.loaded_at
    if store_reform.used_items(session, new, since=since) or store_reform.resolved_since(
        session, new, mapped, since=since
    ):
        raise _used(edition, "đã có bưu gửi theo đơn vị mới", "items were taken in under the new units")
    standing = store_reform.items_by_id(session, undo["items"])
    if any(standing[key].event_seq != seq for key, seq in mapped.items()):
        raise _used(edition, "bưu gửi đã chuyển tiếp sau khi đổi xã", "items have moved on since")
    codes = undo["covers"]["codes"]
    now = [[c.province_code, c.commune_code, str(c.office_id)] for c in store_reform.covers(session, codes)]
    if sorted(now) != sorted(undo["covers"]["after"]):
        raise _used(edition, "địa bàn bưu cục đã sửa sau đó", "offices' communes were changed since")


def _used(edition: Edition, vi: str, en: str) -> Exception:
    return fail(IN_USE, valid_from=edition.valid_from, reason_vi=vi, reason_en=en)


def _cover_rows(rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {"province_code": province, "commune_code": code, "office_id": UUID(office)} for province, code, office in rows
    ]

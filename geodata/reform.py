"""Loading a reform of the units: read whole, checked whole, applied in the caller's transaction, taken back.

What else of the post hangs on the units (offices, items) follows in `tracking.reform`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, CodedError, Problem, fail
from geodata import reform_errors as errors
from geodata import store_load, store_reform
from geodata.reform_check import check_tables, with_carried
from geodata.reform_parse import parse_reform
from geodata.reform_shapes import check_shapes, with_made_areas
from geodata.reform_tables import Tables
from geodata.reform_values import Reform
from geodata.store_reform import Edition, Standing

__all__ = ["Applied", "Edition", "apply_edition", "edition_of", "list_editions", "stage", "withdraw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A reform in force: whole, with what was made for it, and the polygons of the units it ended."""

    edition_id: int
    reform: Reform
    ended_areas: Mapping[str, BaseGeometry]
    made: Mapping[str, int]


def list_editions(session: Session) -> list[Edition]:
    """Every reform that was ever loaded, oldest day first."""
    return store_reform.editions(session)


def edition_of(session: Session, day: date) -> Edition:
    """The edition of a day that is staged or applied.

    Raises:
        CodedError: C1000.
    """
    for edition in store_reform.editions(session):
        if edition.valid_from == day and edition.state != "reverted":
            return edition
    raise fail(NOT_FOUND, what=f"reform of {day}")


def stage(session: Session, tables: Tables, *, actor: str, now: datetime) -> Edition:
    """Keep a reform to be applied on its day, checked against the list in force today. The same file again changes
    nothing: the edition it made is returned.

    Raises:
        CodedError: every G3xxx problem of the file at once.
    """
    store_load.lock_lists(session)
    reform, found = parse_reform(tables)
    digest = reform.digest
    for edition in store_reform.editions(session):
        if edition.valid_from == reform.valid_from and edition.state != "reverted":
            if edition.digest == digest and not found:
                return edition
            raise fail(errors.OTHER_CONTENT, valid_from=reform.valid_from)
    _whole(session, reform, found)
    store_reform.add_edition(session, reform, digest=digest, actor=actor, now=aware(now))
    return edition_of(session, reform.valid_from)


def apply_edition(session: Session, edition_id: int, *, now: datetime) -> Applied:
    """Put a staged reform into force: units end and begin, places follow. Who asks for the list next has the new one.

    Raises:
        CodedError: every G3xxx problem, when the list changed since the reform was staged.
    """
    store_load.lock_lists(session)
    staged, _ = store_reform.content_of(session, edition_id)
    standing, reform, ended = _whole(session, staged, [])
    places = store_reform.places_of(session, reform.ended)
    store_reform.end_units(session, reform)
    store_reform.begin_provinces(session, reform, _province_areas(reform))
    begun = {code: known.key.valid_from for code, known in standing.provinces.items()}
    begun |= {province.code: reform.valid_from for province in reform.provinces}
    store_reform.begin_units(session, reform, begun)
    store_reform.reshape_provinces(session, _touched(reform, standing))
    store_reform.move_places(session, [place_id for place_id, _ in places], reform.valid_from)
    store_reform.mark_edition(
        session,
        edition_id,
        state="applied",
        applied_at=aware(now),
        content=reform.encoded(),
        undo={"places": places, "reshaped": sorted(_touched(reform, standing))},
    )
    store_reform.analyze(session)
    return Applied(
        edition_id=edition_id, reform=reform, ended_areas=ended, made=_counts(staged, reform) | {"places": len(places)}
    )


def withdraw(session: Session, edition: Edition, *, now: datetime) -> Mapping[str, Any]:
    """Take a reform back whole; a staged one is forgotten. Returns what was noted when it was applied."""
    store_load.lock_lists(session)
    reform, undo = store_reform.content_of(session, edition.id)
    if edition.state == "staged":
        store_reform.drop_staged(session, edition.id)
        return {}
    store_reform.withdraw_units(session, reform)
    store_reform.put_places(session, undo["places"])
    store_reform.reshape_provinces(session, undo["reshaped"])
    store_reform.mark_edition(session, edition.id, state="reverted", reverted_at=aware(now))
    return undo


def _whole(session: Session, reform: Reform, found: list[Problem]) -> tuple[Standing, Reform, dict[str, BaseGeometry]]:
    """The reform with what follows from it, and the polygons of the units it ends; raises all its problems."""
    standing = store_reform.standing(session)
    if not standing.units:
        raise fail(errors.LISTS_NOT_LOADED)
    reform, carrying = with_carried(reform, standing)
    ended = store_reform.areas(session, reform.ended)
    reform, missing = with_made_areas(reform, ended)
    problems = [*found, *carrying, *check_tables(reform, standing), *missing, *check_shapes(reform, ended)]
    if problems:
        raise CodedError(problems)
    return standing, reform, ended


def _province_areas(reform: Reform) -> dict[str, BaseGeometry]:
    """Polygons of the new provinces: all their communes begin with them."""
    return {
        province.code: shapely.make_valid(
            shapely.union_all(
                np.array([u.area for u in reform.units if u.province_code == province.code], dtype=object)
            )
        )
        for province in reform.provinces
    }


def _touched(reform: Reform, standing: Standing) -> set[str]:
    """Provinces that go on and gain or lose a commune."""
    moved: set[str] = set()
    home = {unit.code: unit.province_code for unit in reform.units}
    for change in reform.changes:
        pair = {standing.units[change.old.code].province_code, home[change.new_code]}
        moved |= pair if len(pair) > 1 else set()
    return moved - set(reform.ended_provinces) - {province.code for province in reform.provinces}


def _counts(staged: Reform, whole: Reform) -> dict[str, int]:
    drawn = sum(unit.area is not None for unit in staged.units)
    return {
        "units": len(staged.units),
        "ended": len(whole.ended),
        "carried": len(whole.units) - len(staged.units),
        "polygons_made": len(staged.units) - drawn,
        "provinces": len(whole.provinces),
    }

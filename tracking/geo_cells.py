"""Cells of a layer's table: lists of communes, ids, times of day; and all that is wrong with one feature together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import time
from typing import TypeVar
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from core.errors import CodedError, Problem, fail, problem
from geodata import files_errors as errors
from geodata.files_features import Feature

SAME_DEG = 1e-7
# Borders drawn by different hands: what lies within about 5 km of the province is not called abroad.
_NEAR_DEG = 0.05

_T = TypeVar("_T")


@dataclass(slots=True)
class Faults:
    """Problems of one feature, gathered while its cells are read, so that all are told at once."""

    problems: list[Problem] = field(default_factory=list)

    def read(self, cell: Callable[[], _T], instead: _T) -> _T:
        """The cell, or `instead` where it is wrong."""
        try:
            return cell()
        except CodedError as wrong:
            self.problems += wrong.problems
            return instead

    def refuse(self) -> None:
        """Raise what was gathered."""
        if self.problems:
            raise CodedError(self.problems)


def is_same_area(old: BaseGeometry, new: BaseGeometry) -> bool:
    """Whether two areas have the same corners within 1e-7 degrees (a centimetre)."""
    return bool(shapely.equals_exact(shapely.normalize(old), shapely.normalize(new), SAME_DEG))


def check_province(shape: BaseGeometry | None, province: BaseGeometry | None, code: str) -> None:
    """Raises G4021 for what lies more than 0.05 degrees outside; without a list of provinces nothing is known."""
    if shape is not None and province is not None and shapely.distance(shape, province) > _NEAR_DEG:
        inner = shape.representative_point()
        raise fail(errors.BEYOND_PROVINCE, pointer="geometry", province=code, lon=inner.x, lat=inner.y)


def codes(feature: Feature, column: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Commune codes in one cell, apart by semicolons, commas or spaces; `known` where there is no such column."""
    if column not in feature.values:
        return known
    text = (feature.text(column) or "").replace(",", ";").replace(" ", ";")
    return tuple(dict.fromkeys(code.zfill(5) for code in text.split(";") if code))


def check_communes(found: Iterable[str], in_force: set[str], standing: Iterable[str], column: str) -> None:
    """New ones must be communes of the province; what stands already is not this file's affair. Raises G4017."""
    lost = [code for code in found if code not in in_force and code not in standing]
    if lost:
        words = {"what_vi": "xã, phường", "what_en": "commune"}
        raise CodedError(problem(errors.UNKNOWN, pointer=column, value=code, **words) for code in lost)


def uuid_of(feature: Feature, column: str) -> UUID | None:
    """An id; raises G4015 for what is none."""
    text = feature.text(column)
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise fail(
            errors.VALUE_WRONG, pointer=column, value=text, column=column, wanted_vi="UUID", wanted_en="a UUID"
        ) from None


def clock(feature: Feature, column: str, known: time) -> time:
    """A time of day, `known` where the cell is empty; raises G4015."""
    text = feature.text(column)
    try:
        return known if text is None else time.fromisoformat(text)
    except ValueError:
        raise fail(
            errors.VALUE_WRONG,
            pointer=column,
            value=text,
            column=column,
            wanted_vi="giờ, như 06:30",
            wanted_en="a time such as 06:30",
        ) from None

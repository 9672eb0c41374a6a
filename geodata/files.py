"""Taking a file's features in: all of them, or none and each bad one named with everything that is wrong with it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from core.errors import CodedError, Problem, problem, refuse
from geodata import files_errors as errors
from geodata.files_features import Fault, Feature, Features, Repair, Shape, shaped

Taken = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What a layer's features are: columns in order, those a file must have, and what names one feature."""

    name: str
    shape: Shape
    columns: tuple[str, ...]
    required: tuple[str, ...]
    key: tuple[str, ...]
    # Where the values alone may say everything.
    shape_optional: bool = False

    def key_of(self, feature: Feature) -> str | None:
        """What names the feature in messages: the first of the key columns that has a value."""
        return next((text for column in self.key if (text := feature.text(column))), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A feature that cannot go in, whole, with every reason."""

    feature: Feature
    key: str | None
    problems: tuple[Problem, ...]
    repair: Repair | None = None

    def as_dict(self) -> dict[str, Any]:
        """For answers: index, id, problems, and the repair with its geometry as WKT."""
        out: dict[str, Any] = {"index": self.feature.index, "id": self.key}
        out["errors"] = [found.as_dict() for found in self.problems]
        if self.repair is not None:
            out["repair"] = {"vi": self.repair.vi, "en": self.repair.en}
            if self.repair.geometry is not None:
                out["repair"]["wkt"] = shapely.to_wkt(self.repair.geometry, rounding_precision=7)
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAnswer:
    """What became of a file's features, or with `dry_run` or one refused, what would have become of them."""

    layer: str
    crs: str
    dry_run: bool
    counts: dict[str, int]
    refused: tuple[Refused, ...]

    @property
    def is_written(self) -> bool:
        """Whether the file went in: whole, or not at all."""
        return not self.dry_run and not self.refused


# Writes one feature, raises CodedError for what is wrong with its values. The geometry is the shaped one; None when
# that is wrong: the values are still looked at, so that everything is told at once, and nothing is kept.
Take = Callable[[Feature, BaseGeometry | None], Taken]
# What can only be seen when all of them stand: problems by the index of a feature.
Look = Callable[[], Mapping[int, Problem]]


def take_in(
    session: Session,
    features: Features,
    layer: Layer,
    take: Take,
    *,
    make_room: Callable[[], None] = lambda: None,
    look: Look = dict,
    dry_run: bool = False,
) -> ImportAnswer:
    """Take a file in: `make_room`, every feature, then `look` at the whole. With `dry_run`, or when a feature is
    refused, the same is done and taken back.

    Raises:
        CodedError: G4007 for each column the file lacks; then nothing was tried.
    """
    _check_columns(features, layer)
    with session.begin_nested() as whole:
        make_room()
        seen: set[str] = set()
        done = [_taken(session, feature, layer, take, seen) for feature in features.features]
        found = _looked_at(features, layer, done, look())
        refused = tuple(one for one in found if isinstance(one, Refused))
        if dry_run or refused:
            whole.rollback()
    counts = Counter("refused" if isinstance(one, Refused) else one for one in found)
    ordered = {name: counts[name] for name in ("created", "updated", "unchanged", "refused")}
    return ImportAnswer(layer=layer.name, crs=features.crs, dry_run=dry_run, counts=ordered, refused=refused)


def _looked_at(
    features: Features, layer: Layer, done: Sequence[Taken | Refused], seen: Mapping[int, Problem]
) -> list[Taken | Refused]:
    """What was taken, but refused where the whole is wrong because of it."""
    return [
        Refused(feature=feature, key=layer.key_of(feature), problems=(seen[feature.index],))
        if feature.index in seen and not isinstance(one, Refused)
        else one
        for feature, one in zip(features.features, done, strict=True)
    ]


def _taken(session: Session, feature: Feature, layer: Layer, take: Take, seen: set[str]) -> Taken | Refused:
    key = layer.key_of(feature)
    found = _shape_of(feature, layer)
    problems = [found.problem] if isinstance(found, Fault) else []
    repair = found.repair if isinstance(found, Fault) else None
    if key is not None and key in seen:
        problems.append(problem(errors.TWICE, value=key))
    elif key is not None:
        seen.add(key)
    try:
        with session.begin_nested():
            done = take(feature, None if isinstance(found, Fault) else found)
            refuse(problems)
            return done
    except CodedError as wrong:
        more = [one for one in wrong.problems if one not in problems]
        return Refused(feature=feature, key=key, problems=(*problems, *more), repair=repair)


def _shape_of(feature: Feature, layer: Layer) -> BaseGeometry | Fault | None:
    nothing = feature.unreadable is None and (feature.geometry is None or feature.geometry.is_empty)
    return None if nothing and layer.shape_optional else shaped(feature, layer.shape)


def _check_columns(features: Features, layer: Layer) -> None:
    missing = [column for column in layer.required if column not in features.columns]
    if missing and features.features:
        raise CodedError(
            problem(errors.COLUMN_MISSING, pointer=column, name=layer.name, column=column) for column in missing
        )


def refused_features(answer: ImportAnswer) -> tuple[list[Feature], list[str]]:
    """The refused features with their reasons as columns, to be written into a file and mended there."""
    columns = dict.fromkeys(column for one in answer.refused for column in one.feature.values)
    made = [replace(one.feature, values={**one.feature.values, **_reasons(one)}) for one in answer.refused]
    return made, [*columns, "err_code", "err_vi", "err_en"]


def _reasons(one: Refused) -> dict[str, str]:
    return {
        "err_code": " ".join(found.code for found in one.problems),
        "err_vi": " ".join(found.text("vi") for found in one.problems),
        "err_en": " ".join(found.text("en") for found in one.problems),
    }

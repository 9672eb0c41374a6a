"""A frozen problem as bytes, kept beside its plan: an edit needs no roads and no items to be read again.

One npz archive, compressed: the matrices as they are, everything else as JSON. What a later program adds to `Problem`
has a default and is read as that; nothing in the bytes is code.
"""

import io
import zlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from types import GenericAlias
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import orjson
from pydantic import TypeAdapter

from geodata.travel_values import TravelMatrix, TravelSource
from routing.model import Problem

_TEXT = "problem"
# The matrix of the problem itself; those of profiles are named after them.
_OWN = ""
_MATRICES = ("travel", "profiles")


def pack(problem: Problem) -> bytes:
    """The problem as bytes."""
    matrices: Mapping[str, TravelMatrix] = {_OWN: problem.travel, **problem.profiles}
    text = orjson.dumps(
        {
            "matrices": {name: _about(matrix) for name, matrix in matrices.items()},
            "fields": {name: _dump(name, getattr(problem, name)) for name in _types()},
        }
    )
    arrays = {f"seconds/{name}": matrix.seconds for name, matrix in matrices.items()}
    arrays |= {f"metres/{name}": matrix.metres for name, matrix in matrices.items()}
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{_TEXT: np.frombuffer(text, dtype=np.uint8)}, **arrays)
    # The fastest level: a matrix of doors shrinks by half in a tenth of the time of the best.
    return zlib.compress(file.getvalue(), level=1)


def unpack(data: bytes) -> Problem:
    """The problem of `pack`."""
    with np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False) as archive:
        content = orjson.loads(archive[_TEXT].tobytes())
        matrices = {
            name: TravelMatrix(
                seconds=archive[f"seconds/{name}"],
                metres=archive[f"metres/{name}"],
                source=TravelSource(about["source"]),
                off_road=tuple(about["off_road"]),
                unreachable_pairs=about["unreachable_pairs"],
            )
            for name, about in content["matrices"].items()
        }
    known = {name: _load(name, value) for name, value in content["fields"].items() if name in _types()}
    own = matrices.pop(_OWN)
    return Problem(travel=own, profiles=matrices, **known)


def _about(matrix: TravelMatrix) -> dict[str, object]:
    return {
        "source": matrix.source.value,
        "off_road": list(matrix.off_road),
        "unreachable_pairs": matrix.unreachable_pairs,
    }


@cache
def _types() -> dict[str, TypeAdapter[Any]]:
    """How each field but the matrices is read and written; a mapping goes as the list of its pairs."""
    hints = get_type_hints(Problem)
    kept = [one.name for one in fields(Problem) if one.name not in _MATRICES]
    return {name: TypeAdapter(_pairs_of(hints[name]) or hints[name]) for name in kept}


@cache
def _mappings() -> frozenset[str]:
    hints = get_type_hints(Problem)
    return frozenset(name for name in _types() if _pairs_of(hints[name]) is not None)


def _pairs_of(hint: Any) -> Any:
    if get_origin(hint) is not Mapping:
        return None
    return GenericAlias(list, (GenericAlias(tuple, get_args(hint)),))


def _dump(name: str, value: Any) -> Any:
    plain = list(value.items()) if name in _mappings() else value
    return _types()[name].dump_python(plain, mode="json")


def _load(name: str, value: Any) -> Any:
    # JSON has no tuples, sets or dates: read as JSON, not as Python.
    found = _types()[name].validate_json(orjson.dumps(value))
    return dict(found) if name in _mappings() else found

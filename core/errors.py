"""Coded errors: one registry, text in Vietnamese and English, all problems of one input together.

Codes are a letter (C core, G geodata, T tracking, R routing, A api) and four digits. `docs/errors.md` is made from the
registry and a test keeps it so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """One entry of the index: code, HTTP status it maps to, sentences with `{named}` values."""

    code: str
    status: int
    vi: str
    en: str


REGISTRY: dict[str, ErrorSpec] = {}


def define(code: str, status: int, *, vi: str, en: str) -> ErrorSpec:
    """Put an error into the registry; a code is defined once."""
    if code in REGISTRY:
        raise ValueError(f"error code {code} is defined twice")
    spec = ErrorSpec(code, status, vi, en)
    REGISTRY[code] = spec
    return spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with an input. `pointer` names the place: a JSON pointer, or sheet cell, or field name."""

    spec: ErrorSpec
    values: Mapping[str, object] = field(default_factory=dict)
    pointer: str | None = None

    @property
    def code(self) -> str:
        return self.spec.code

    def text(self, language: str) -> str:
        """The sentence in `vi` or `en`."""
        template = self.spec.en if language == "en" else self.spec.vi
        return template.format_map({**self.values})

    def as_dict(self) -> dict[str, object]:
        """`{code, detail, detail_en, pointer}` for answers and reports."""
        out: dict[str, object] = {"code": self.code, "detail": self.text("vi"), "detail_en": self.text("en")}
        if self.pointer is not None:
            out["pointer"] = self.pointer
        return out


class CodedError(Exception):
    """An input or state the caller can understand: one or more problems, the first gives code and status."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        if not self.problems:
            raise ValueError("a coded error needs at least one problem")
        super().__init__("; ".join(f"{p.code} {p.text('en')}" for p in self.problems))

    @property
    def code(self) -> str:
        return self.problems[0].code

    @property
    def status(self) -> int:
        return self.problems[0].spec.status


def refuse(problems: Iterable[Problem]) -> None:
    """Raise all of them together; nothing when there are none."""
    found = list(problems)
    if found:
        raise CodedError(found)


def fail(spec: ErrorSpec, *, pointer: str | None = None, **values: object) -> CodedError:
    """A coded error with a single problem: `raise fail(NOT_FOUND, what="item")`."""
    return CodedError([Problem(spec=spec, values=values, pointer=pointer)])


def problem(spec: ErrorSpec, *, pointer: str | None = None, **values: object) -> Problem:
    """One problem to gather with others."""
    return Problem(spec=spec, values=values, pointer=pointer)


NOT_FOUND = define("C1000", 404, vi="Không tìm thấy {what}.", en="{what} not found.")

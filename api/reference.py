"""Tables of the documentation that are made from the code: error codes and settings. `python -m api.reference`."""

import importlib
import json
from collections.abc import Iterable
from pathlib import Path

from api.settings import Settings
from core.errors import REGISTRY, ErrorSpec

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("core", "geodata", "tracking", "routing", "api")
_ERRORS_PAGE = "docs/errors.md"
_OPERATIONS_PAGE = "docs/operations.md"
_BEGIN, _END = "<!-- settings: made by `make docs` -->", "<!-- /settings -->"
_OWNERS = {"C": "core", "G": "geodata", "T": "tracking", "R": "routing", "A": "api"}


def load_error_modules(root: Path = ROOT) -> None:
    """Import every module that defines an error, so that the registry is whole."""
    for path in defining_files(root):
        importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))


def defining_files(root: Path = ROOT) -> list[Path]:
    """Source files that define errors."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    return [path for path in paths if "= define(" in path.read_text()]


def errors_page(specs: Iterable[ErrorSpec]) -> str:
    """The index of error codes as Markdown, a table for each package."""
    lines = [
        "# Error codes",
        "",
        "Every answer and message that a caller can understand carries one of these codes; all problems of an input",
        "are reported at once, in Vietnamese and English. This page is made from the code by `make docs`.",
    ]
    ordered = sorted(specs, key=lambda spec: spec.code)
    for letter, package in _OWNERS.items():
        lines += ["", f"## {package}", "", "| code | HTTP | Tiếng Việt | English |", "|---|---|---|---|"]
        lines += [
            f"| `{spec.code}` | {spec.status} | {_cell(spec.vi)} | {_cell(spec.en)} |"
            for spec in ordered
            if spec.code.startswith(letter)
        ]
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    """The settings as a Markdown table."""
    lines = ["| variable | default | what it sets |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `BUUTA_{name.upper()}` | {_default(field.default)} | {_cell(field.description or '')} |")
    return "\n".join(lines)


def with_settings(page: str) -> str:
    """The page with its settings table renewed; raises ValueError when the page has no place for it."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page lacks {_BEGIN} … {_END}")
    return f"{before}{_BEGIN}\n{settings_table()}\n{_END}{after}"


def pages(root: Path = ROOT) -> dict[Path, str]:
    """What each page made from the code must hold."""
    load_error_modules(root)
    operations = root / _OPERATIONS_PAGE
    return {
        root / _ERRORS_PAGE: errors_page(REGISTRY.values()),
        operations: with_settings(operations.read_text()),
    }


def _default(value: object) -> str:
    if value is None or value == ():
        return "(empty)"
    return f"`{json.dumps(value) if isinstance(value, bool | tuple) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    for page, content in pages().items():
        page.write_text(content)

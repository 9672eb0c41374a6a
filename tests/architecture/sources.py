"""The project's own files as the rules see them."""

import ast
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("core", "geodata", "tracking", "routing", "api")
_PYTHON_FOLDERS = (*LAYERS, "bench", "tests")
_WEB_KINDS = {".ts", ".svelte", ".css"}
_PAGES = ("README.md", "README.vi.md", "CHANGELOG.md", "Makefile", ".ci/run", "docker-compose.yml", "Dockerfile")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file: its path from the root, and its text."""

    path: str
    text: str

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)


def python_sources(*folders: str) -> list[Source]:
    """Python files of the given folders (all of the project's without any)."""
    return [
        _read(path)
        for folder in folders or _PYTHON_FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    ]


def web_sources() -> list[Source]:
    """Hand-written web files; the client in `src/client` is generated."""
    found = []
    for folder, names, files in os.walk(ROOT / "web"):
        names[:] = [name for name in names if name not in {"node_modules", "dist", "client"}]
        found += [_read(Path(folder) / file) for file in sorted(files) if Path(file).suffix in _WEB_KINDS]
    return found


def written_pages() -> list[Source]:
    """What people read: documentation and the files of the set-up."""
    named = [ROOT / page for page in _PAGES if (ROOT / page).exists()]
    return [_read(path) for path in [*named, *sorted((ROOT / "docs").rglob("*.md"))]]


def decision_records() -> list[Source]:
    return [_read(path) for path in sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))]


@cache
def _read(path: Path) -> Source:
    """Read, and parsed, once for all the rules."""
    return Source(path=path.relative_to(ROOT).as_posix(), text=path.read_text(encoding="utf-8"))

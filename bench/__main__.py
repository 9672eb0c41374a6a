"""Run every bench, one after another, and write `docs/benchmarks.md`: `python -m bench [--quick]`."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.report import Bar, Report, arguments

_HERE = Path(__file__).parent
_DOCS = _HERE.parent / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Made by `make bench`; every figure below was measured in one run on the machine named here. A bar that
is missed says NO.

"""


def benches() -> list[str]:
    """Names of the benches: modules of this package that call `show`."""
    return sorted(
        p.stem for p in _HERE.glob("*.py") if "__main__" in p.read_text(encoding="utf-8") and p.stem[0] != "_"
    )


def run(name: str, *, quick: bool) -> Report:
    """One bench in a process of its own; one that breaks is told as a bar that is missed, and stops no other."""
    command = [sys.executable, "-m", f"bench.{name}", "--json", *(["--quick"] if quick else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        print(done.stderr[-2000:], file=sys.stderr)
        return Report(name=name, figures={"exit_code": done.returncode}, bars=(Bar("bench broke", 1, 0),))
    return _report(json.loads(done.stdout.strip().splitlines()[-1]))


def _report(said: dict[str, Any]) -> Report:
    bars = tuple(Bar(bar["name"], bar["value"], bar["limit"], _sense(bar)) for bar in said["bars"])
    return Report(name=said["name"], figures=said["figures"], bars=bars)


def _sense(bar: dict[str, Any]) -> str:
    return "<=" if (bar["value"] <= bar["limit"]) == bar["ok"] else ">="


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("ortools", "sqlalchemy", "fastapi", "typst"))
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {system}; {packages}.\n"


def _page(reports: Sequence[Report], *, quick: bool) -> str:
    size = "Small runs (`--quick`) on " if quick else "Whole runs on "
    return _HEAD + size + _machine() + "\n" + "\n".join(report.as_markdown() for report in reports)


def main() -> int:
    """Every bench in turn."""
    asked = arguments(__doc__ or "")
    reports = []
    for name in benches():
        print(f"bench.{name} …", file=sys.stderr, flush=True)
        reports.append(run(name, quick=asked.quick))
        if not asked.json:
            # After each one: what was measured before it is broken off is kept.
            _DOCS.write_text(_page(reports, quick=asked.quick), encoding="utf-8")
    if asked.json:
        print(json.dumps([report.as_dict() for report in reports], ensure_ascii=False))
    return 0 if all(bar.ok for report in reports for bar in report.bars) else 1


if __name__ == "__main__":
    sys.exit(main())

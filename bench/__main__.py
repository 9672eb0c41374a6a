"""Run the benches one after another and write `docs/benchmarks.md`: `python -m bench [--quick] [--only NAME …]`.

A whole run is kept by bench in `docs/benchmarks.json`; the page is made of what is kept, so that one bench can be
measured again (`--only`) without the hours of the others. The page says when each was measured and which never were.
"""

import json
import os
import platform
import subprocess
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.report import Bar, Report, parser_of

_HERE = Path(__file__).parent
_DOCS = _HERE.parent / "docs"
PAGE, _KEPT = _DOCS / "benchmarks.md", _DOCS / "benchmarks.json"
_HEAD = """# Benchmarks

Made by `make bench`: each bench whole, in one run of its own, on the day and the machine named with it. A bar that
is missed says NO. The choice of day and the plans against best-known values stand in [horizon.md](horizon.md) and
[plan_quality.md](plan_quality.md).
"""
# They take hours and have pages of their own.
_APART = ("horizon", "plan_quality")


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
    return f"{os.cpu_count()} cores, {system}; {packages}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A bench's whole run: when, on what, and what it said."""

    measured_on: str
    machine: str
    report: Report


def page(kept: Mapping[str, Kept]) -> str:
    """The page of what is kept, by name."""
    parts = [_HEAD]
    for name in sorted(kept):
        one = kept[name]
        parts.append(f"{one.report.as_markdown()}\nMeasured on {one.measured_on}: {one.machine}\n")
    if left := [name for name in benches() if name not in kept and name not in _APART]:
        parts.append(f"Never measured whole: {', '.join(left)}.\n")
    return "\n".join(parts)


def load_kept() -> dict[str, Kept]:
    """What `docs/benchmarks.json` holds, by name."""
    said = json.loads(_KEPT.read_bytes()) if _KEPT.exists() else {}
    return {name: Kept(**{**one, "report": _report(one["report"])}) for name, one in said.items()}


def _save(kept: Mapping[str, Kept]) -> None:
    said = {name: {**asdict(kept[name]), "report": kept[name].report.as_dict()} for name in sorted(kept)}
    _KEPT.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(kept), encoding="utf-8")


def _arguments() -> Namespace:
    parser = parser_of(__doc__ or "")
    parser.add_argument("--only", nargs="+", choices=benches(), help="measure these; the page keeps the others")
    return parser.parse_args()


def main() -> int:
    """Every bench in turn."""
    asked, reports, kept = _arguments(), list[Report](), load_kept()
    for name in asked.only or benches():
        print(f"bench.{name} …", file=sys.stderr, flush=True)
        done = run(name, quick=asked.quick)
        reports.append(done)
        if not asked.quick and name not in _APART:
            # After each one: what was measured before it is broken off is kept.
            kept[name] = Kept(measured_on=f"{datetime.now(tz=UTC):%Y-%m-%d}", machine=_machine(), report=done)
            _save(kept)
    if asked.json:
        print(json.dumps([report.as_dict() for report in reports], ensure_ascii=False))
    else:
        print("\n".join(report.as_markdown() for report in reports))
    return 0 if all(bar.ok for report in reports for bar in report.bars) else 1


if __name__ == "__main__":
    sys.exit(main())

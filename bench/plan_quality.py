"""Plans against best-known values: ours beside OR-Tools alone, PyVRP alone and VROOM, same wall time, same processes.

`--quick`: three small instances in the repository, 3 s each. Whole: `BUUTA_BENCH_INSTANCES=<dir> python -m
bench.plan_quality --seconds 10 60 --write` measures all of them and writes table and plot into docs.
"""

import json
import math
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.gap_plot import plot
from bench.instances.read import Instance, instances, missing
from bench.planning_peers import Planner, Run, ours, peers
from bench.report import Bar, Report, show
from routing.checker import check

_DOCS = Path(__file__).parents[1] / "docs"
_CLASSES = ((200, "up to 200"), (1000, "200-1,000"), (10**9, "over 1,000"))
# Ours at most this share of the best peer's gap, by class and limit; below the second figure any gap is good.
_SHARES = {("up to 200", 10): (1.0, 0.5), ("up to 200", 60): (1.0, 0.2), ("200-1,000", 10): (0.9, 0.0),
           ("200-1,000", 60): (0.85, 0.0), ("over 1,000", 10): (0.6, 0.0), ("over 1,000", 60): (0.5, 0.0)}  # fmt: skip
_QUICK_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One planner on one instance; `gap` in % over the best-known value, None without a plan that serves all."""

    planner: str
    instance: str
    family: str
    size: str
    limit_s: float
    gap: float | None
    took_s: float
    violations: int
    course: tuple[tuple[float, float], ...]


def measure(instance: Instance, name: str, planner: Planner, limit_s: float) -> Measured:
    """Run, check, compare."""
    run = planner(instance.problem, limit_s)
    violations = 0 if run.plan is None else len(check(instance.problem, run.plan))
    return Measured(
        planner=name,
        instance=instance.name,
        family=instance.family,
        size=next(label for most, label in _CLASSES if len(instance.problem.visits) <= most),
        limit_s=limit_s,
        gap=_gap(instance, run),
        took_s=run.took_s,
        violations=violations,
        course=tuple((at, _percent(cost, instance.best)) for at, cost in run.course if _serves(instance, cost)),
    )


def _serves(instance: Instance, cost: int) -> bool:
    """Leaving a visit out that must be made costs more than any plan."""
    return cost < 10 * instance.best


def _gap(instance: Instance, run: Run) -> float | None:
    if run.plan is None or not _serves(instance, run.plan.cost.total):
        return None
    return _percent(run.plan.cost.total, instance.best)


def _percent(cost: int, best: int) -> float:
    return 100.0 * (cost / best - 1.0)


def mean_gap(runs: Iterable[Measured]) -> float | None:
    """Geometric mean of the costs over the best known, in %; None when a run has no plan."""
    gaps = [run.gap for run in runs]
    if not gaps or any(gap is None for gap in gaps):
        return None
    return 100.0 * (math.exp(sum(math.log1p(gap / 100.0) for gap in gaps if gap is not None) / len(gaps)) - 1.0)


def report(runs: Sequence[Measured], note: str) -> Report:
    """Means by class and family, the bars, and what was not measured."""
    figures: dict[str, float | int | str] = {"instances": len({run.instance for run in runs})}
    keys: dict[str, Callable[[Measured], str]] = {"size": lambda run: run.size, "family": lambda run: run.family}
    for title, key in keys.items():
        groups = sorted({(run.limit_s, key(run), run.planner) for run in runs})
        for limit_s, group, planner in groups:
            gap = mean_gap(r for r in runs if (r.limit_s, key(r), r.planner) == (limit_s, group, planner))
            label = f"{title} {group}, {limit_s:g} s, {planner}: gap_percent"
            figures[label] = "no plan" if gap is None else round(gap, 2)
    if note:
        figures["left_out"] = note
    own = [run for run in runs if run.planner == "ours"]
    bars = [
        Bar("violations, any planner", sum(run.violations for run in runs), 0),
        Bar("over the limit, s", round(max(run.took_s - run.limit_s for run in own), 2), 0.5),
        Bar("instances without a plan", sum(run.gap is None for run in own), 0),
    ]
    return Report(name="plan quality", figures=figures, bars=(*bars, *_bars(runs)))


def _bars(runs: Sequence[Measured]) -> Iterable[Bar]:
    """Ours against the best single peer by class; only instances every one of the two could plan."""
    for (size, seconds), (share, enough) in _SHARES.items():
        here = [run for run in runs if run.size == size and run.limit_s == seconds]
        mine = mean_gap(run for run in here if run.planner == "ours")
        theirs = [
            gap
            for peer in sorted({run.planner for run in here} - {"ours"})
            if (gap := _same_instances(here, peer)) is not None
        ]
        if mine is not None and theirs:
            limit = max(share * min(theirs), enough)
            yield Bar(f"gap of {size} stops in {seconds} s, %", round(mine, 2), round(limit, 2))


def _same_instances(runs: Sequence[Measured], peer: str) -> float | None:
    """A peer's mean gap, if it planned all that we planned."""
    planned = {run.instance for run in runs if run.planner == peer and run.gap is not None}
    own = {run.instance for run in runs if run.planner == "ours"}
    return mean_gap(run for run in runs if run.planner == peer) if planned == own else None


def table(runs: Sequence[Measured]) -> str:
    """Every instance: gap in % by planner and limit."""
    columns = sorted({(run.limit_s, run.planner) for run in runs})
    lines = ["| family | instance | " + " | ".join(f"{planner} {limit:g} s" for limit, planner in columns) + " |"]
    lines.append("|---|---|" + "---:|" * len(columns))
    cells = {(r.instance, r.limit_s, r.planner): "-" if r.gap is None else f"{r.gap:.2f}" for r in runs}
    for family, instance in dict.fromkeys((run.family, run.instance) for run in runs):
        row = " | ".join(cells.get((instance, limit, planner), "") for limit, planner in columns)
        lines.append(f"| {family} | {instance} | {row} |")
    return "\n".join(lines) + "\n"


def _arguments() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small but honest, below 50 s")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0], help="wall limits of the whole run")
    parser.add_argument("--only", nargs="+", help="names of instances")
    parser.add_argument("--write", action="store_true", help="table and plot into docs")
    return parser.parse_args()


def main() -> int:
    """Measure and show."""
    asked = _arguments()
    runs: list[Measured] = []
    for limit_s in [_QUICK_S] if asked.quick else asked.seconds:
        for instance in instances(quick=asked.quick):
            if asked.only and instance.name not in asked.only:
                continue
            for name, planner in {"ours": ours, **peers(instance.problem)}.items():
                runs.append(measure(instance, name, planner, limit_s))
                last = runs[-1]
                print(f"{last.instance} {name} {limit_s:g} s: {last.gap} % ({last.took_s:.1f} s)", file=sys.stderr)
    done = report(runs, "" if asked.quick else missing())
    if asked.write:
        (_DOCS / "plan_quality.md").write_text(_page(done, runs), encoding="utf-8")
        courses = {name: [r.course for r in runs if r.planner == name] for name in sorted({r.planner for r in runs})}
        (_DOCS / "pictures" / "plan_gap.svg").write_text(plot(courses, max(asked.seconds)), encoding="utf-8")
        (_DOCS / "plan_quality.json").write_text(json.dumps(done.as_dict(), indent=1), encoding="utf-8")
    return show(done, as_json=asked.json)


def _page(done: Report, runs: Sequence[Measured]) -> str:
    head = "# Plans against best-known values\n\nMade by `python -m bench.plan_quality --write`. Gaps in %.\n\n"
    return head + done.as_markdown() + "\n" + table(runs) + "\n![mean gap over time](pictures/plan_gap.svg)\n"


if __name__ == "__main__":
    sys.exit(main())

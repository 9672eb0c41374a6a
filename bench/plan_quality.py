"""Plans against best-known values: ours beside OR-Tools alone, PyVRP alone and VROOM, same wall time, same processes.

`--quick`: three small instances in the repository, 3 s each. Whole: `BUUTA_BENCH_INSTANCES=<dir> python -m
bench.plan_quality --seconds 10 60 --write` measures all of them and writes table and plot into docs. It takes two
hours; each run is kept in `docs/plan_quality.json` when it is over, and `--go-on` measures only what is not there yet,
besides the planners named by `--anew`.
"""

import json
import math
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from bench.gap_plot import plot
from bench.instances.read import Instance, instances, missing
from bench.planning_peers import Planner, Run, ours, peers
from bench.report import Bar, Report, parser_of, show
from routing.checker import check

_DOCS = Path(__file__).parents[1] / "docs"
_KEPT = _DOCS / "plan_quality.json"
_CLASSES = ((200, "up to 200"), (1000, "200-1,000"), (10**9, "over 1,000"))
# Ours at most this share of the best peer's gap, by class and limit, and at most so many %.
_ANY = math.inf
_SHARES = {
    ("up to 200", 10): (1.0, 0.5),
    ("up to 200", 60): (1.0, 0.2),
    ("200-1,000", 10): (0.9, _ANY),
    ("200-1,000", 60): (0.85, _ANY),
    ("over 1,000", 10): (0.6, _ANY),
    ("over 1,000", 60): (0.5, _ANY),
}
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

    @property
    def key(self) -> tuple[str, float, str]:
        """What was measured: instance, limit, planner."""
        return self.instance, self.limit_s, self.planner


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
    figures |= {f"instances at {limit_s:g} s": len(_measured(runs, limit_s)) for limit_s in _limits(runs)}
    bars = [
        Bar("violations, any planner", sum(run.violations for run in runs), 0),
        Bar("over the limit, s", round(max(run.took_s - run.limit_s for run in own), 2), 0.5),
        Bar("instances without a plan", sum(run.gap is None for run in own), 0),
    ]
    return Report(name="plan quality", figures=figures, bars=(*bars, *_bars(runs)))


def _limits(runs: Iterable[Measured]) -> list[float]:
    return sorted({run.limit_s for run in runs})


def _measured(runs: Iterable[Measured], limit_s: float) -> set[str]:
    return {run.instance for run in runs if run.limit_s == limit_s}


def _bars(runs: Sequence[Measured]) -> Iterable[Bar]:
    """Ours against the best single peer by class; only instances every one of the two could plan."""
    for (size, seconds), (share, most) in _SHARES.items():
        here = [run for run in runs if run.size == size and run.limit_s == seconds]
        mine = mean_gap(run for run in here if run.planner == "ours")
        theirs = [
            gap
            for peer in sorted({run.planner for run in here} - {"ours"})
            if (gap := _same_instances(here, peer)) is not None
        ]
        if mine is not None and theirs:
            yield Bar(f"gap of {size} stops in {seconds} s, %", round(mine, 2), round(share * min(theirs), 2))
            if most is not _ANY:
                yield Bar(f"gap of {size} stops in {seconds} s, alone, %", round(mine, 2), most)


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
    parser = parser_of(__doc__ or "")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0], help="wall limits of the whole run")
    parser.add_argument("--only", nargs="+", help="names of instances")
    parser.add_argument("--write", action="store_true", help="keep every run; table and plot into docs")
    parser.add_argument("--go-on", action="store_true", help="with --write: measure only what is not kept yet")
    parser.add_argument("--anew", nargs="+", default=[], help="with --go-on: planners to measure once more")
    return parser.parse_args()


def _kept() -> dict[tuple[str, float, str], Measured]:
    """Runs measured before, in their order."""
    if not _KEPT.exists():
        return {}
    runs = TypeAdapter(tuple[Measured, ...]).validate_json(_KEPT.read_bytes())
    return {run.key: run for run in runs}


def _keep(runs: Mapping[tuple[str, float, str], Measured]) -> None:
    """A run a line."""
    lines = ",\n".join(json.dumps(asdict(run), ensure_ascii=False) for run in runs.values())
    _KEPT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main() -> int:
    """Measure and show."""
    asked = _arguments()
    known = [one for one in instances(quick=asked.quick) if not asked.only or one.name in asked.only]
    runs = _kept() if asked.go_on else {}
    for limit_s in [_QUICK_S] if asked.quick else asked.seconds:
        for instance in known:
            for name, planner in {"ours": ours, **peers(instance.problem)}.items():
                if (instance.name, limit_s, name) in runs and name not in asked.anew:
                    continue
                last = measure(instance, name, planner, limit_s)
                runs[last.key] = last
                print(f"{last.instance} {name} {limit_s:g} s: {last.gap} % ({last.took_s:.1f} s)", file=sys.stderr)
                if asked.write:
                    _keep(runs)
    done = report(list(runs.values()), "" if asked.quick else missing())
    if asked.write:
        _show_in_docs(done, list(runs.values()))
    return show(done, as_json=asked.json)


def _show_in_docs(done: Report, runs: Sequence[Measured]) -> None:
    (_DOCS / "plan_quality.md").write_text(_page(done, runs), encoding="utf-8")
    # A mean over some instances is no course of all.
    most = max(len(_measured(runs, limit_s)) for limit_s in _limits(runs))
    longest = max(limit_s for limit_s in _limits(runs) if len(_measured(runs, limit_s)) == most)
    shown = [run for run in runs if run.limit_s == longest]
    courses = {name: [r.course for r in shown if r.planner == name] for name in sorted({r.planner for r in shown})}
    (_DOCS / "pictures" / "plan_gap.svg").write_text(plot(courses, longest), encoding="utf-8")


def _page(done: Report, runs: Sequence[Measured]) -> str:
    head = "# Plans against best-known values\n\nMade by `python -m bench.plan_quality --write`. Gaps in %.\n\n"
    return head + done.as_markdown() + "\n" + table(runs) + "\n![mean gap over time](pictures/plan_gap.svg)\n"


if __name__ == "__main__":
    sys.exit(main())

"""What every bench gives: figures, bars, one table for people or one JSON for programs."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise with its limit: `value` must be at most (`<=`) or at least (`>=`) `limit`."""

    name: str
    value: float
    limit: float
    sense: str = "<="

    @property
    def ok(self) -> bool:
        return self.value <= self.limit if self.sense == "<=" else self.value >= self.limit

    def as_row(self) -> str:
        """A row of a Markdown table."""
        held = "yes" if self.ok else "NO"
        return f"| {self.name} | {_number(self.value)} | {self.sense} {_number(self.limit)} | {held} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A bench's outcome. `figures` are numbers by name with the unit in the name (`plan_s`, `rows_per_s`)."""

    name: str
    figures: Mapping[str, float | int | str]
    bars: tuple[Bar, ...] = field(default=())

    def as_dict(self) -> dict[str, object]:
        """The JSON form."""
        bars = [{**{k: v for k, v in asdict(bar).items() if k != "sense"}, "ok": bar.ok} for bar in self.bars]
        return {"name": self.name, "figures": dict(self.figures), "bars": bars}

    def as_markdown(self) -> str:
        """Two small tables."""
        lines = [f"## {self.name}", "", "| figure | value |", "|---|---:|"]
        lines += [f"| {name} | {_number(value)} |" for name, value in self.figures.items()]
        if self.bars:
            lines += ["", "| bar | measured | limit | held |", "|---|---:|---:|---|"]
            lines += [bar.as_row() for bar in self.bars]
        return "\n".join(lines) + "\n"


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def arguments(description: str) -> Namespace:
    """`--quick` and `--json`, the same for every bench."""
    return parser_of(description).parse_args()


def parser_of(description: str) -> ArgumentParser:
    """A parser of those, for benches that take more."""
    parser = ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="small but honest, below 50 s")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return parser


def show(report: Report, *, as_json: bool) -> int:
    """Print; the exit code is 1 when a bar is missed."""
    print(json.dumps(report.as_dict(), ensure_ascii=False) if as_json else report.as_markdown())
    return 0 if all(bar.ok for bar in report.bars) else 1

"""Our own readers of the public formats: VRPLIB (CVRP, MDVRPTW, PCVRPTW, MTVRPTWR, HFVRP), Solomon and Li & Lim.

Costs become integers as each family's convention has it (`_SCALES`); the unit of time is that of distance.
"""

import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from geodata.model import LonLat
from geodata.travel_values import TravelMatrix, TravelSource
from routing.model import Pair, Problem, Shift, Vehicle, Visit, Weights

_DATA = Path(__file__).parent / "data"
# Nothing costs as much as leaving a visit out that must be made.
_MUST = 20_000_000
_FOREVER = 100_000_000
# A vehicle in the fleet costs more than any distance: routes first (Li & Lim).
_ROUTES_FIRST = 1_000_000
_MORE_ROUNDS = 6
_SCALES = {"cvrp": 1, "vrptw": 10, "mdvrptw": 1000, "pcvrptw": 10, "mtvrptwr": 10, "hfvrp": 1000, "pdptw": 100}
_TRUNCATED = {"vrptw", "pcvrptw", "mtvrptwr"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A benchmark problem; `best` is the best-known value in the problem's own cost."""

    family: str
    name: str
    problem: Problem
    best: int


def instances(*, quick: bool) -> Iterator[Instance]:
    """Those in the repository, or (not quick) all whose file is found under `BUUTA_BENCH_INSTANCES`."""
    folder = os.environ.get("BUUTA_BENCH_INSTANCES")
    with (_DATA / "best_known.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            family, name = row["family"], row["instance"]
            places = [_DATA] if quick or not folder else [Path(folder) / family]
            files = [place / f"{name}{suffix}" for place in places for suffix in (".vrp", ".txt")]
            found = next((file for file in files if file.exists()), None)
            if found is not None:
                yield Instance(
                    family=family, name=name, problem=_READERS[family](found, family), best=_best(family, row)
                )


def missing() -> str:
    """What is not measured because its file is not there, in plain words."""
    folder = os.environ.get("BUUTA_BENCH_INSTANCES")
    return "" if folder else "BUUTA_BENCH_INSTANCES is not set: only the instances in the repository were run"


def _best(family: str, row: dict[str, str]) -> int:
    said = row["best_known"]
    if family == "pdptw":
        routes, distance = said.split(",")
        return int(routes.split()[0]) * _ROUTES_FIRST + round(float(distance) * _SCALES[family])
    return round(float(said) * {"vrptw": 10, "hfvrp": 100}.get(family, 1))


def _vrplib(path: Path) -> tuple[dict[str, str], dict[str, list[list[float]]]]:
    """Headers and sections of a VRPLIB file."""
    headers: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    rows: list[list[float]] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words or words[0] == "EOF":
            continue
        if words[0].endswith("_SECTION"):
            rows = sections.setdefault(words[0].removesuffix("_SECTION"), [])
        elif ":" in line and rows is None:
            name, value = line.split(":", 1)
            headers[name.strip()] = value.strip()
        elif rows is not None:
            rows.append([float(word) for word in words])
    return headers, sections


def _read_vrplib(path: Path, family: str) -> Problem:
    headers, sections = _vrplib(path)
    scale, size = _SCALES[family], int(headers["DIMENSION"])
    depots = [int(row[0]) - 1 for row in sections["DEPOT"] if row and row[0] > 0]
    column = _columns(sections, size)
    demand = column("DEMAND", 1, 0)
    service = column("SERVICE_TIME", 1, float(headers.get("SERVICE_TIME", 0)))
    opens, closes = column("TIME_WINDOW", 1, 0), column("TIME_WINDOW", 2, 0)
    release, prize = column("RELEASE_TIME", 1, 0), column("PRIZE", 1, 0)
    timed = "TIME_WINDOW" in sections
    visits = [
        _visit(
            n,
            service_s=int(service[n] * scale),
            windows=((int(opens[n] * scale), int(closes[n] * scale)),) if timed else (),
            load_items=int(demand[n]),
            ready_s=int(release[n] * scale),
            prize=int(prize[n] * scale) if "PRIZE" in sections else _MUST,
        )
        for n in range(size)
        if n not in depots
    ]
    last = int(closes[depots[0]] * scale) if timed else _FOREVER
    fleet = _fleet(headers, sections, last=last, scale=scale, total=sum(v.load_items for v in visits))
    return _problem(visits, fleet, sections["NODE_COORD"], _travel(sections["NODE_COORD"], family, timed=timed))


def _columns(sections: dict[str, list[list[float]]], size: int) -> Callable[[str, int, float], list[float]]:
    def column(name: str, which: int, default: float) -> list[float]:
        return [row[which] for row in sections[name]] if name in sections else [default] * size

    return column


def _fleet(
    headers: dict[str, str], sections: dict[str, list[list[float]]], *, last: int, scale: int, total: int
) -> list[Vehicle]:
    capacity = int(float(headers.get("CAPACITY", 0)))
    # An unlimited fleet: a third more than the least that can hold all, and ten.
    count = int(headers.get("VEHICLES", 0)) or total * 4 // 3 // max(capacity, 1) + 10

    def one(name: str, n: int, default: float) -> float:
        return sections[name][n][1] if name in sections else default

    rounds = _MORE_ROUNDS if "VEHICLES_RELOAD_DEPOT" in sections else 1
    longest = headers.get("VEHICLES_MAX_DURATION")
    return [
        Vehicle(
            courier_id=UUID(int=n + 1),
            depot=int(one("VEHICLES_DEPOT", n, 1)) - 1,
            shifts=(Shift(start_s=0, end_s=last),) * rounds,
            capacity_items=int(one("CAPACITY", n, capacity)),
            capacity_g=_MUST,
            fixed_cost=int(one("VEHICLES_FIXED_COST", n, 0)),
            weights=None
            if "VEHICLES_UNIT_DISTANCE_COST" not in sections
            else _weights(int(one("VEHICLES_UNIT_DISTANCE_COST", n, 1))),
            max_duration_s=None if longest is None else int(float(longest) * scale),
        )
        for n in range(count)
    ]


def _alike(count: int, capacity: int, *, last: int, fixed_cost: int = 0) -> list[Vehicle]:
    """A fleet of one depot and one kind."""
    return [
        Vehicle(
            courier_id=UUID(int=n + 1),
            depot=0,
            shifts=(Shift(start_s=0, end_s=last),),
            capacity_items=capacity,
            capacity_g=_MUST,
            fixed_cost=fixed_cost,
        )
        for n in range(count)
    ]


def _read_solomon(path: Path, family: str) -> Problem:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    numbers = [[float(word) for word in line] for line in lines if line[0].lstrip("-").isdigit()]
    (count, capacity), rows, scale = numbers[0], numbers[1:], _SCALES[family]
    visits = [
        _visit(
            int(row[0]),
            service_s=int(row[6] * scale),
            windows=((int(row[4] * scale), int(row[5] * scale)),),
            load_items=int(row[3]),
        )
        for row in rows[1:]
    ]
    fleet = _alike(int(count), int(capacity), last=int(rows[0][5] * scale))
    return _problem(visits, fleet, rows, _travel(rows, family, timed=True))


def _read_lilim(path: Path, family: str) -> Problem:
    rows = [
        [float(word) for word in line.split()] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    (count, capacity, _), rows, scale = rows[0], rows[1:], _SCALES[family]
    visits, pairs = [], []
    for row in rows[1:]:
        amount, collects = int(abs(row[3])), row[3] > 0
        visits.append(
            _visit(
                int(row[0]),
                service_s=int(row[6] * scale),
                windows=((int(row[4] * scale), int(row[5] * scale)),),
                load_items=0 if collects else amount,
                collect_items=amount if collects else 0,
            )
        )
        if collects:
            pairs.append(Pair(pickup_id=str(int(row[0])), delivery_id=str(int(row[8]))))
    fleet = _alike(int(count), int(capacity), last=int(rows[0][5] * scale), fixed_cost=_ROUTES_FIRST)
    return _problem(visits, fleet, rows, _travel(rows, family, timed=True), tuple(pairs))


_READERS: dict[str, Callable[[Path, str], Problem]] = {
    **dict.fromkeys(("cvrp", "mdvrptw", "pcvrptw", "mtvrptwr", "hfvrp"), _read_vrplib),
    "vrptw": _read_solomon,
    "pdptw": _read_lilim,
}


def _visit(place: int, *, service_s: int, prize: int = _MUST, **rest: object) -> Visit:
    own = {"id": str(place), "item_ids": (UUID(int=place),), "location": place, **rest}
    return Visit(service_s=service_s, prize=prize, required=prize >= _MUST, **own)  # type: ignore[arg-type]


def _travel(rows: list[list[float]], family: str, *, timed: bool) -> TravelMatrix:
    xy: NDArray[np.float64] = np.array([row[1:3] for row in rows])
    distance = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1]) * _SCALES[family]
    metres = (np.floor(distance + 1e-9) if family in _TRUNCATED else np.round(distance)).astype(np.int32)
    seconds = metres if timed else np.zeros_like(metres)
    return TravelMatrix(seconds=seconds, metres=metres, source=TravelSource.STRAIGHT_LINE)


def _weights(per_unit: int) -> Weights:
    """Distance alone is paid."""
    nothing = {"travel_per_s": 0, "wait_per_s": 0, "round_opened": 0, "away_per_visit": 0, "balance_per_s": 0}
    return Weights(distance_per_km=per_unit, **nothing)


def _problem(
    visits: list[Visit],
    fleet: list[Vehicle],
    rows: list[list[float]],
    travel: TravelMatrix,
    pairs: tuple[Pair, ...] = (),
) -> Problem:
    return Problem(
        day=date(2026, 11, 20),
        office_ids=(UUID(int=1),),
        visits=tuple(visits),
        vehicles=tuple(fleet),
        travel=travel,
        # Only directions and distances matter: a thousandth of a degree for each unit of the plane.
        points=tuple(LonLat(lon=row[1] / 1000, lat=row[2] / 1000) for row in rows),
        weights=_weights(1000),
        fair_work_s=_FOREVER,
        pairs=pairs,
    )

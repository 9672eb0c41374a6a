"""The data files shipped with the package (sources and licences: `geodata/data/vietnam/NOTICE.md`)."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

FOLDER = Path(__file__).parent / "data" / "vietnam"
# The day the two-level list came into force, and the earlier list whose codes the changes table speaks of: the units
# as they stood before the reform, after the mergers of 1 January 2025.
REFORM_ON = date(2025, 7, 1)
OLD_FROM = date(2025, 1, 1)
OLD_TO = date(2025, 6, 30)


def commune_records(*columns: str) -> Iterator[dict[str, Any]]:
    """The 3,321 communes in force since 2025-07-01; `geometry` is WKB, EPSG:4326."""
    return _parquet("communes_2025.parquet", columns)


@lru_cache(maxsize=1)
def commune_provinces() -> dict[str, str]:
    """Commune code → province code."""
    return {row["code"]: row["province_code"] for row in commune_records("code", "province_code")}


def province_records(*columns: str) -> Iterator[dict[str, Any]]:
    """The 34 provinces; `geometry` is WKB, EPSG:4326."""
    return _parquet("provinces_2025.parquet", columns)


def place_records(*columns: str) -> Iterator[dict[str, Any]]:
    """Populated places with the commune that holds them; the few that lie in no commune (at sea) are left out."""
    asked = columns and (*columns, "commune_code")
    return (row for row in _parquet("places.parquet", tuple(dict.fromkeys(asked))) if row["commune_code"])


def change_records() -> Iterator[dict[str, str]]:
    """Old unit → new unit pairs of the national conversion table."""
    return _csv("commune_changes_2025.csv.gz")


def alias_records() -> Iterator[dict[str, str]]:
    """Names of units merged away between 2017 and 2025, by keys of the unit they went into."""
    return _csv("commune_aliases_pre2025.csv.gz")


def old_point_records() -> Iterator[dict[str, str]]:
    """An inner point for old units, clipped to the new commune each went into."""
    return _csv("old_commune_points.csv.gz")


def district_alias_records() -> Iterator[dict[str, str]]:
    """Names of districts merged, split or renamed before 2025 that people still write."""
    with (FOLDER / "district_aliases.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def _parquet(name: str, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(FOLDER / name) as file:
        for batch in file.iter_batches(batch_size=2048, columns=list(columns) or None, use_threads=False):
            yield from batch.to_pylist()


def _csv(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

"""The tables of a reform file as values; `geodata.reform_read` makes them, which takes a library of data frames."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from core.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: where the file says it, values by column, and the geometry in EPSG:4326 if it has one."""

    pointer: str
    values: Mapping[str, Any]
    geometry: BaseGeometry | None = None


@dataclass(slots=True)
class Tables:
    """What was read, and what could not be."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    columns: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def about(self) -> dict[str, str]:
        """The table `about`: title, crs, source."""
        return {
            str(r.values.get("key")): str(r.values["value"]) for r in self.rows.get("about", ()) if "value" in r.values
        }

"""`buuta roads import`: an OpenStreetMap file becomes roads and a basemap."""

from pathlib import Path
from typing import Annotated

import shapely
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from shapely.geometry.base import BaseGeometry

from api.commands.output import AsJson, coded_errors, say
from api.settings import load_settings
from core.errors import NOT_FOUND, fail
from geodata.bundled import province_records
from geodata.roads import Progress as Step
from geodata.roads import import_roads

roads = typer.Typer(no_args_is_help=True, help="Đường bộ · roads.")


@roads.command("import")
def import_file(
    pbf: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp .osm.pbf")],
    province: Annotated[str | None, typer.Option(help="Chỉ giữ tỉnh này · keep only this province (code).")] = None,
    as_json: AsJson = False,
) -> None:
    """Nạp tệp đường bộ; có thể chạy tiếp khi bị ngắt · resumable; servers change over by themselves."""
    settings = load_settings()
    columns = (
        TextColumn("{task.description:12}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with coded_errors(as_json=as_json), Progress(*columns, disable=as_json) as bar:
        task = bar.add_task("…", total=100)

        def show(step: Step) -> None:
            bar.update(task, description=step.phase, completed=step.percent)

        dataset = import_roads(pbf, settings.data_dir, area=area_of(province), progress=show)
    say({"dataset": dataset.id, "seconds": dict(dataset.seconds)}, as_json=as_json, text=f"{dataset.id}")


def area_of(province_code: str | None) -> BaseGeometry | None:
    """Polygon of a province (EPSG:4326); None for none. Raises C1000 for a code that is not in force."""
    if province_code is None:
        return None
    for record in province_records("code", "geometry"):
        if record["code"] == province_code:
            area: BaseGeometry = shapely.from_wkb(record["geometry"])
            return area
    raise fail(NOT_FOUND, what=f"province {province_code}")

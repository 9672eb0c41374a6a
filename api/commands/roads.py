"""`buuta roads import`: an OpenStreetMap file becomes roads and a basemap."""

import signal
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import shapely
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from shapely.geometry.base import BaseGeometry

from api.commands.output import AsJson, coded_errors, say
from api.log import configure_logging
from api.settings import load_settings
from api.wiring import database_of, kept_roads
from core.db import Database
from core.errors import NOT_FOUND, fail
from geodata.bundled import province_records
from geodata.road_dataset import current_dataset
from geodata.roads import Progress as Step
from geodata.roads import import_roads

# before the first import there is nothing to serve: look again this often
_UNTIL_IMPORTED_S = 5.0

roads = typer.Typer(no_args_is_help=True, help="Đường bộ · roads.")


@roads.command("import")
def import_file(
    pbf: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp .osm.pbf")],
    province: Annotated[str | None, typer.Option(help="Chỉ giữ tỉnh này · keep only this province (code).")] = None,
    as_json: AsJson = False,
) -> None:
    """Nạp tệp đường bộ; có thể chạy tiếp khi bị ngắt · resumable; servers change over by themselves."""
    columns = (
        TextColumn("{task.description:12}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with coded_errors(as_json=as_json), Progress(*columns, disable=as_json) as bar:
        settings, task = load_settings(), bar.add_task("…", total=100)

        def show(step: Step) -> None:
            bar.update(task, description=step.phase, completed=step.percent)

        dataset = import_roads(pbf, settings.data_dir, area=area_of(province), progress=show)
    say({"dataset": dataset.id, "seconds": dict(dataset.seconds)}, as_json=as_json, text=f"{dataset.id}")


@roads.command("serve")
def serve(
    host: Annotated[str, typer.Option(help="Địa chỉ · address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Cổng · port to bind.")] = 5000,
) -> None:
    """Chạy máy chủ đường bộ · serve roads to other machines, with closures and learned speeds. Ctrl-C stops it."""
    with coded_errors(), ExitStack() as stack:
        settings = load_settings()
        configure_logging(settings)
        ended = ending()
        database = Database(stack.enter_context(database_of(settings)), pool_size=1)
        stack.callback(database.close)
        while current_dataset(settings.data_dir) is None and not ended.wait(_UNTIL_IMPORTED_S):
            pass
        if not ended.is_set():
            stack.enter_context(kept_roads(settings, database, host=host, port=port))
            ended.wait()


def ending() -> threading.Event:
    """Set when the process is asked to end."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    return asked


def area_of(province_code: str | None) -> BaseGeometry | None:
    """Polygon of a province (EPSG:4326); None for none. Raises C1000 for a code that is not in force."""
    if province_code is None:
        return None
    for record in province_records("code", "geometry"):
        if record["code"] == province_code:
            area: BaseGeometry = shapely.from_wkb(record["geometry"])
            return area
    raise fail(NOT_FOUND, what=f"province {province_code}")

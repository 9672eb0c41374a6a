"""`buuta worker`: plans, feedback and housekeeping."""

from typing import Annotated

import typer

from api.commands.ground import opened
from api.commands.output import coded_errors
from api.log import configure_logging
from api.settings import load_settings
from api.worker import run_worker


def worker(
    queue: Annotated[
        list[str] | None, typer.Option(help="Chỉ hàng đợi này · only this queue; may be repeated.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Làm hết việc rồi dừng · stop when no job is left.")] = False,
) -> None:
    """Chạy bộ xử lý công việc nền · run background jobs. Any number may run, on any number of machines."""
    with coded_errors():
        settings = load_settings()
        configure_logging(settings)
        with opened(settings) as runtime:
            run_worker(runtime, settings, queues=queue, wait=not once)

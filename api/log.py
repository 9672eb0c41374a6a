"""Log lines by structlog: one event each, text for people or JSON for machines, to standard error."""

import logging
import sys

import structlog

from api.settings import Settings


def configure_logging(settings: Settings) -> None:
    """Set up structlog and let the libraries' own loggers speak through it."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.log_format == "json":
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    # Plain tracebacks: frames with their local values would put citizens' data into the log, and printing the address
    # reader's tables stops a server for minutes.
    form: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, form], foreign_pre_chain=shared
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Our own access log has no personal data; these write addresses and arguments.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("httpx", "procrastinate"):
        logging.getLogger(name).setLevel(logging.WARNING)

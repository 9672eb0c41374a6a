"""Log lines by structlog: one event each, text for people or JSON for machines, to standard error.

An exception is told by type, code and place, whoever logs it: its text may quote a row of the database or a value that
came in, and frames with their local values would put citizens' data into the log as well.
"""

import logging
import sys

import structlog

from api.settings import Settings
from core.failures import failure_name, failure_place


def configure_logging(settings: Settings) -> None:
    """Set up structlog and let the libraries' own loggers speak through it."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_error_text,
    ]
    form: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, form],
        # Not through the standard library, which takes twice as long: every request writes a line.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(name_errors_in_message)
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


def without_error_text(
    logger: structlog.typing.WrappedLogger,  # noqa: ARG001  given to every processor
    method: str,  # noqa: ARG001  given to every processor
    event: structlog.typing.EventDict,
) -> structlog.typing.EventDict:
    """Replace an exception of an event by its type and place, also inside the event's own words and values."""
    error = _error_of(event.pop("exc_info", None))
    event = {key: failure_name(value) if isinstance(value, BaseException) else value for key, value in event.items()}
    if error is not None:
        event["event"] = _without_text_of(error, str(event["event"]))
        event["error"], event["at"] = failure_name(error), failure_place(error)
    return event


def name_errors_in_message(record: logging.LogRecord) -> bool:
    """Name the exceptions among a record's arguments (`"connection lost: %s"`) instead of quoting them; keeps all."""
    if isinstance(record.args, tuple):
        record.args = tuple(failure_name(one) if isinstance(one, BaseException) else one for one in record.args)
    if isinstance(record.msg, BaseException):
        record.msg = failure_name(record.msg)
    return True


def _error_of(exc_info: object) -> BaseException | None:
    """The exception meant by the many forms of `exc_info`."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        raised: BaseException | None = exc_info[1]
        return raised
    return sys.exception() if exc_info else None


def _without_text_of(error: BaseException, said: str) -> str:
    """The message without what the exception, or one it came from, says of itself."""
    cause: BaseException | None = error
    while cause is not None:
        for text in (repr(cause), str(cause)):
            said = said.replace(text, type(cause).__name__) if text else said
        cause = cause.__cause__
    return said

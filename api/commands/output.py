"""How commands speak: words for people, JSON for machines, coded errors in both languages, stable exit codes."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from core.errors import CodedError

AsJson = Annotated[bool, typer.Option("--json", help="Trả lời bằng JSON · answer as JSON.")]


class Exit(IntEnum):
    """What a command's end means to a script."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    NOT_READY = 4


_OUT = Console()


def say(answer: Mapping[str, Any], *, as_json: bool, text: str) -> None:
    """The answer of a command, in one of the two forms."""
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_NON_STR_KEYS) + b"\n")
        sys.stdout.flush()
    else:
        _OUT.print(text, highlight=False, markup=False)


def is_quiet() -> bool:
    """Whether no terminal is there to show progress on: it goes neither into a pipe nor into JSON."""
    return not sys.stderr.isatty()


@contextmanager
def coded_errors(*, as_json: bool = False) -> Iterator[None]:
    """Print what the block refuses and end with its exit code: 4 when something is not ready, else 3."""
    try:
        yield
    except CodedError as refused:
        _show(refused, as_json=as_json)
        raise typer.Exit(Exit.NOT_READY if refused.status >= 500 else Exit.REFUSED) from refused


def _show(refused: CodedError, *, as_json: bool) -> None:
    if as_json:
        errors = [found.as_dict() for found in refused.problems]
        sys.stderr.buffer.write(orjson.dumps({"code": refused.code, "errors": errors}) + b"\n")
        sys.stderr.flush()
        return
    for found in refused.problems:
        typer.echo(f"{found.code} {found.text('vi')}", err=True)
        typer.echo(f"{' ' * len(found.code)} {found.text('en')}", err=True)

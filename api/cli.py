"""`buuta`: the command line. `python -m api.cli` is the same."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

# A command's module is imported when the command is called: `buuta serve` waits for no library that only another needs.
COMMANDS = {
    "demo": "api.demo.command:demo",
    "serve": "api.commands.serve:serve",
    "worker": "api.commands.worker:worker",
    "migrate": "api.commands.schema:migrate",
    "plan": "api.commands.planning:plan",
    "sheet": "api.commands.planning:sheet",
    "import-results": "api.commands.importing:import_results",
    "report": "api.commands.report:report",
    "reconcile": "api.commands.reconcile:reconcile",
    "doctor": "api.commands.doctor:doctor",
    "openapi": "api.commands.openapi:openapi",
    "roads": "api.commands.roads:roads",
    "communes": "api.commands.communes:communes",
    "geo": "api.commands.geo_files:geo",
    "calendar": "api.commands.calendar:calendar",
    "tariff": "api.commands.tariff:tariff",
    "custody": "api.commands.custody:custody",
    "user": "api.commands.people:users",
    "key": "api.commands.people:keys",
    "sandbox": "api.commands.sandbox:sandbox",
    "device": "api.commands.devices:devices",
    "source": "api.commands.sources:sources",
    "endpoint": "api.commands.endpoints:endpoints",
}


class Commands(TyperGroup):
    """The commands by name, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  the signature of click
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of that name; None where there is none."""
        return load(cmd_name) if cmd_name in COMMANDS else None


def load(name: str) -> Any:
    """A command or a group of commands by its name in the table."""
    module, attribute = COMMANDS[name].split(":")
    target = getattr(import_module(module), attribute)
    if isinstance(target, typer.Typer):
        target.info.name = name
        return get_group(target)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(target)
    return get_command(alone)


cli = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@cli.callback()
def buuta() -> None:
    """Bưu Tá: xếp tuyến và theo dõi phát trả kết quả hồ sơ · courier routes and delivery tracking."""


def main() -> None:
    """Entry point of the installed program."""
    cli()


if __name__ == "__main__":
    main()

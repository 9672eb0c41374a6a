"""`buuta`: the command line. `python -m api.cli` is the same."""

import typer

from api.commands import people, roads, schema
from api.commands.calendar import calendar
from api.commands.communes import communes
from api.commands.custody import custody
from api.commands.doctor import doctor
from api.commands.importing import import_results
from api.commands.openapi import openapi
from api.commands.planning import plan, sheet
from api.commands.report import report
from api.commands.serve import serve
from api.commands.worker import worker
from api.demo.command import demo

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Bưu Tá: xếp tuyến và theo dõi phát trả kết quả hồ sơ · courier routes and delivery tracking.",
)
cli.command("demo")(demo)
cli.command("serve")(serve)
cli.command("worker")(worker)
cli.command("migrate")(schema.migrate)
cli.command("plan")(plan)
cli.command("sheet")(sheet)
cli.command("import-results")(import_results)
cli.command("report")(report)
cli.command("doctor")(doctor)
cli.command("openapi")(openapi)
cli.add_typer(roads.roads, name="roads")
cli.add_typer(communes, name="communes")
cli.add_typer(calendar, name="calendar")
cli.add_typer(custody, name="custody")
cli.add_typer(people.users, name="user")
cli.add_typer(people.keys, name="key")


def main() -> None:
    """Entry point of the installed program."""
    cli()


if __name__ == "__main__":
    main()

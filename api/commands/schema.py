"""`buuta migrate` and `buuta communes load`: the schema and the communes in it."""

import typer

from api.commands.ground import opened
from api.commands.output import AsJson, coded_errors, say
from api.migrate import migrate as bring_up
from geodata.communes import load_communes

communes = typer.Typer(no_args_is_help=True, help="Xã, phường, đặc khu · communes.")


def migrate(as_json: AsJson = False) -> None:
    """Cập nhật lược đồ dữ liệu, nạp danh mục xã · bring the schema up to date and load the communes."""
    with coded_errors(as_json=as_json), opened() as runtime:
        revision = bring_up(runtime.database)
        with runtime.database.transaction() as session:
            count = load_communes(session)
    say({"revision": revision, "communes": count}, as_json=as_json, text=f"{revision} · {count} communes")


@communes.command("load")
def load(as_json: AsJson = False) -> None:
    """Nạp 3.321 xã, phường, đặc khu · load the communes; again changes nothing."""
    with coded_errors(as_json=as_json), opened() as runtime, runtime.database.transaction() as session:
        count = load_communes(session)
    say({"communes": count}, as_json=as_json, text=f"{count} communes")

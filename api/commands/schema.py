"""`buuta migrate`: the schema and the communes in it."""

from api.commands.ground import opened
from api.commands.output import AsJson, coded_errors, say
from api.migrate import migrate as bring_up
from geodata.communes import load_communes


def migrate(as_json: AsJson = False) -> None:
    """Cập nhật lược đồ dữ liệu, nạp danh mục xã · bring the schema up to date and load the communes."""
    with coded_errors(as_json=as_json), opened() as runtime:
        revision = bring_up(runtime.database)
        with runtime.database.transaction() as session:
            count = load_communes(session)
    say({"revision": revision, "communes": count}, as_json=as_json, text=f"{revision} · {count} communes")

"""`buuta custody verify`: recompute the chains of events."""

import typer

from api.commands.ground import opened
from api.commands.output import AsJson, Exit, coded_errors, say
from api.settings import load_settings
from api.store_custody import chains_of
from tracking.service import verify_chain

custody = typer.Typer(no_args_is_help=True, help="Chuỗi giao nhận · chain of custody.")


@custody.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Tính lại mọi chuỗi giao nhận; mã thoát 1 khi có chỗ không khớp · exit code 1 when a link does not hold."""
    items = events = 0
    broken: list[dict[str, object]] = []
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime, runtime.database.reading() as session:
            for chain in chains_of(session, settings.province_code):
                items += 1
                events += len(chain.events)
                faults = verify_chain(chain.events, head=chain.head)
                broken += [{"item": chain.item_id, "seq": one.seq, "fault": one.fault} for one in faults]
    lines = [f"{items} items, {events} events, {len(broken)} broken"]
    lines += [f"▲ {one['item']} #{one['seq']} {one['fault']}" for one in broken]
    say({"items": items, "events": events, "broken": broken}, as_json=as_json, text="\n".join(lines))
    if broken:
        raise typer.Exit(Exit.FAILED)

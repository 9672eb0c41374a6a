"""`buuta sandbox`: a dossier system to try with, and the test of somebody else's receiver."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from random import SystemRandom
from typing import Annotated, Any

import typer

from api.commands.output import AsJson, Exit, coded_errors, say
from api.demo.results import demo_results
from api.free_address import require_free
from api.sandbox.conformance import Verdict, check_receiver
from api.sandbox.errors import KEY_MISSING
from api.sandbox.faults import Fault, Faults
from api.sandbox.link import Link
from api.sandbox.report import as_text
from api.sandbox.server import Sandbox
from core.clock import local_date, utc_now
from core.errors import fail
from tracking.feedback.secrets import new_key_pair

sandbox = typer.Typer(add_completion=False, pretty_exceptions_enable=False, invoke_without_command=True)


@sandbox.callback()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Địa chỉ · address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Cổng · port; 0 takes a free one.")] = 8090,
    server: Annotated[str, typer.Option(help="Bưu Tá ở đâu · where Bưu Tá is, http://127.0.0.1:8000.")] = "",
    key: Annotated[str, typer.Option(envvar="BUUTA_KEY", help="Khoá của cơ quan · the agency's key.")] = "",
    secret: Annotated[
        str, typer.Option(envvar="BUUTA_WEBHOOK_SECRET", help="Khoá bí mật whsec_… · the endpoint's secret.")
    ] = "",
    hooks_url: Annotated[str, typer.Option(help="Địa chỉ Bưu Tá gọi tới · the address Bưu Tá calls.")] = "",
    send: Annotated[int, typer.Option(min=0, max=1000, help="Gửi ngay bấy nhiêu kết quả · send so many now.")] = 0,
    fault: Annotated[list[Fault] | None, typer.Option(help="Bật lỗi · switch a fault on.")] = None,
    fault_share: Annotated[float, typer.Option(min=0, max=1, help="Phần tin gặp lỗi · share of messages.")] = 0.2,
    as_json: AsJson = False,
) -> None:
    """Hệ thống hồ sơ mô phỏng: gửi kết quả, nhận và kiểm chữ ký, cố ý lỗi · a dossier system to try with."""
    if context.invoked_subcommand:
        return
    # Set, not inherited: a shell starts what runs in the background with SIGINT ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: sys.exit(Exit.OK))
    with coded_errors(as_json=as_json), ExitStack() as stack:
        if bool(server) is not bool(key):
            raise fail(KEY_MISSING)
        require_free(host, port)
        faults = Faults(on=set(fault or ()), share=fault_share, chance=SystemRandom())
        place = Sandbox(host=host, port=port, secret=secret or None, faults=faults)
        place.start()
        stack.callback(place.stop)
        if server:
            stack.enter_context(_linked(place, server, key, hooks_url or place.url))
        answer = {"page": place.page_url, "hooks": place.url, "sent": place.send(send) if place.send and send else {}}
        text = f"{place.page_url}  trang · page\n{place.url}  nhận webhook · takes webhooks\nCtrl-C để dừng · to stop."
        say(answer, as_json=as_json, text=text)
        signal.pause()


@sandbox.command("conformance")
def conformance(
    url: Annotated[str, typer.Argument(help="Địa chỉ nhận webhook của bạn · your receiver's address.")],
    secret: Annotated[str, typer.Option(envvar="BUUTA_WEBHOOK_SECRET", help="Khoá bí mật whsec_… · its secret.")] = "",
    private_key: Annotated[
        str, typer.Option(help="Khoá riêng thử whsk_…, khi nơi nhận kiểm v1a · a test key, where v1a is verified.")
    ] = "",
    patience: Annotated[float, typer.Option(min=0.1, help="Chờ trả lời, giây · seconds to wait for an answer.")] = 10.0,
    dossier: Annotated[str, typer.Option(help="Mã hồ sơ mà nơi nhận biết · a dossier code the receiver knows.")] = "",
    as_json: AsJson = False,
) -> None:
    """Kiểm tra nơi nhận của bạn; mã thoát 1 khi có điểm không đạt · test your receiver; exit 1 when a point fails."""
    with coded_errors(as_json=as_json):
        report = check_receiver(
            url,
            secret or None,
            private_key=private_key or None,
            patience_s=patience,
            dossier_code=dossier or None,
        )
    say(report.as_dict(), as_json=as_json, text=as_text(report))
    if report.verdict is Verdict.FAILED:
        raise typer.Exit(Exit.FAILED)


@sandbox.command("keys")
def keys(as_json: AsJson = False) -> None:
    """Cặp khoá ed25519 dùng một lần để thử nơi nhận kiểm v1a · a throw-away pair to test a receiver of v1a with."""
    pair = new_key_pair()
    answer = {"private_key": pair.private, "public_key": pair.public}
    say(answer, as_json=as_json, text=f"{pair.private}  riêng · private\n{pair.public}  công khai · public")


@contextmanager
def _linked(place: Sandbox, server: str, key: str, hooks_url: str) -> Iterator[None]:
    """The sandbox with its endpoint set and results to send."""
    link = Link(server, key)
    try:
        place.secret = link.register(hooks_url)
        place.send = _sender(link)
        yield
    finally:
        link.close()


def _sender(link: Link) -> Callable[[int], dict[str, int]]:
    rows = _made_up()

    def send(count: int) -> dict[str, int]:
        counts, _ = link.send(list(islice(rows, count)))
        return dict(counts)

    return send


def _made_up() -> Iterator[dict[str, Any]]:
    """Rows without end; nobody else has their dossier codes."""
    while True:
        results = demo_results(local_date(utc_now()), seed=SystemRandom().getrandbits(48))
        yield from (result.row for result in results)

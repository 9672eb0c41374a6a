"""What a receiver must do, each point a small test: `run` says whether the receiver holds it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from api.sandbox.messages import signed, strangers_keys
from api.sandbox.tester import Tester
from core.clock import utc_now
from tracking.feedback.drain import LANES

_HOUR_S = 3600.0
_BIG = 20_000  # bytes: the size Standard Webhooks 1.0.0 advises to stay below
_COPIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A point: what is asked, and what to do when it does not hold."""

    name: str
    run: Callable[[Tester], bool]
    vi: str
    en: str
    hint_vi: str
    hint_en: str


def _accepts(tester: Tester) -> bool:
    return tester.tell(tester.event()).accepted


def _refuses_wrong_secret(tester: Tester) -> bool:
    return tester.post(signed(tester.event(), strangers_keys(), now=utc_now())).refused


def _refuses_changed_body(tester: Tester) -> bool:
    message = tester.letter(tester.event())
    changed = message.body.replace(b'"portal_status":9', b'"portal_status":10')
    return tester.post(replace(message, body=changed)).refused


def _refuses_unsigned(tester: Tester) -> bool:
    message = tester.letter(tester.event())
    bare = {name: value for name, value in message.headers.items() if not name.startswith("webhook-")}
    return tester.post(replace(message, headers=bare)).refused


def _refuses_old(tester: Tester) -> bool:
    return tester.post(tester.letter(tester.event(), late_s=_HOUR_S)).refused


def _refuses_future(tester: Tester) -> bool:
    return tester.post(tester.letter(tester.event(), late_s=-_HOUR_S)).refused


def _takes_rotated(tester: Tester) -> bool:
    return tester.post(tester.letter(tester.event(), others_first=True)).accepted


def _takes_repeat(tester: Tester) -> bool:
    event = tester.event()
    # A repetition has the same id and body, signed anew at its own time.
    return tester.tell(event).accepted and tester.post(tester.letter(event, late_s=2.0)).accepted


def _takes_repeats_at_once(tester: Tester) -> bool:
    message = tester.letter(tester.event())
    return all(seen.accepted for seen in tester.post_at_once([message] * _COPIES))


def _takes_late(tester: Tester) -> bool:
    dossier, now = tester.dossier(), utc_now()
    told = (dossier.event(3, now=now, status="delivered"), dossier.event(2, now=now), dossier.event(1, now=now))
    return all(seen.accepted for seen in map(tester.tell, told))


def _takes_side_by_side(tester: Tester) -> bool:
    return all(seen.accepted for seen in tester.post_at_once([tester.letter(tester.event()) for _ in range(LANES)]))


def _takes_unknown_type(tester: Tester) -> bool:
    return tester.tell(tester.event(status="something_new")).accepted


def _takes_unknown_fields(tester: Tester) -> bool:
    event = tester.event(newextension="Bưu tá đã gọi: «không ai ở nhà» 🏠", traceparent="00-0-0-00")
    event["data"] |= {"new_field": {"nested": [1, None, True]}, "another": 1.5}
    return tester.tell(event).accepted


def _takes_big(tester: Tester) -> bool:
    event = tester.event()
    event["data"] |= {"note": "ă" * (_BIG // 2)}
    return tester.tell(event).accepted


CASES: tuple[Case, ...] = (
    Case(
        name="accepts",
        run=_accepts,
        vi="Sự kiện đúng được nhận (2xx)",
        en="A good event is accepted (2xx)",
        hint_vi="3xx (không đi theo chuyển hướng), 4xx, 5xx hay im lặng đều là chưa nhận, và tin sẽ được gửi lại. "
        "webhook-signature có cả v1 và v1a: hãy kiểm loại mà bạn dùng, bỏ qua loại kia. "
        "Nếu nơi nhận từ chối hồ sơ lạ, hãy cho một mã hồ sơ thử bằng --dossier.",
        hint_en="3xx (redirects are not followed), 4xx, 5xx and silence all mean: not taken, send again. "
        "webhook-signature carries v1 and v1a: check the kind you use and pass over the other. "
        "If the receiver refuses dossiers it does not know, name one to test with: --dossier.",
    ),
    Case(
        name="refuses_wrong_secret",
        run=_refuses_wrong_secret,
        vi="Chữ ký của khoá khác bị từ chối (4xx)",
        en="The signature of another secret is refused (4xx)",
        hint_vi="Hãy kiểm webhook-signature trước mọi việc khác, rồi trả 401.",
        hint_en="Verify webhook-signature before anything else and answer 401.",
    ),
    Case(
        name="refuses_changed_body",
        run=_refuses_changed_body,
        vi="Nội dung bị sửa sau khi ký bị từ chối (4xx)",
        en="A body changed after signing is refused (4xx)",
        hint_vi="Chữ ký tính trên đúng các byte nhận được, trước khi đọc JSON.",
        hint_en="The signature covers the very bytes that came, before JSON is read.",
    ),
    Case(
        name="refuses_unsigned",
        run=_refuses_unsigned,
        vi="Tin không có chữ ký bị từ chối (4xx, không phải 5xx)",
        en="A message without a signature is refused (4xx, not 5xx)",
        hint_vi="Thiếu đầu mục webhook-… cũng là 401.",
        hint_en="Missing webhook-… headers are 401 too.",
    ),
    Case(
        name="refuses_old",
        run=_refuses_old,
        vi="Tin ký từ một giờ trước bị từ chối (4xx)",
        en="A message signed an hour ago is refused (4xx)",
        hint_vi="So webhook-timestamp với đồng hồ của bạn, cho lệch năm phút: nếu không, ai ghi lại được một tin "
        "có thể gửi lại nó mãi.",
        hint_en="Compare webhook-timestamp with your clock, within five minutes: "
        "else who recorded a message may replay it.",
    ),
    Case(
        name="refuses_future",
        run=_refuses_future,
        vi="Tin ký ở một giờ sau bị từ chối (4xx)",
        en="A message signed an hour ahead is refused (4xx)",
        hint_vi="Năm phút tính cả hai phía.",
        hint_en="The five minutes count in both directions.",
    ),
    Case(
        name="takes_rotated",
        run=_takes_rotated,
        vi="Khi đổi khoá: chữ ký đúng đứng sau chữ ký khác vẫn được nhận",
        en="During a rotation: the right signature behind another one is accepted",
        hint_vi="webhook-signature có thể có nhiều chữ ký cùng loại cách nhau bằng dấu cách; một cái đúng là đủ.",
        hint_en="webhook-signature may hold several signatures of a kind separated by spaces; one that fits is enough.",
    ),
    Case(
        name="takes_repeat",
        run=_takes_repeat,
        vi="Tin lặp lại được trả lời 2xx",
        en="A repeated event is answered 2xx",
        hint_vi="Tin có thể đến hơn một lần, cùng id: đã ghi thì trả 2xx và không làm gì thêm.",
        hint_en="A message may come more than once under the same id: "
        "when you have it, answer 2xx and do nothing more.",
    ),
    Case(
        name="takes_repeats_at_once",
        run=_takes_repeats_at_once,
        vi="Cùng một tin đến bốn lần một lúc: đều 2xx",
        en="The same event four times at once: all 2xx",
        hint_vi="Khoá trùng khi ghi hai lần một lúc không phải là lỗi: hãy coi là đã có.",
        hint_en="A duplicate key when two are written at once is no failure: treat it as known.",
    ),
    Case(
        name="takes_late",
        run=_takes_late,
        vi="Sự kiện đến muộn, sai thứ tự được trả lời 2xx",
        en="Late events, out of order, are answered 2xx",
        hint_vi="Sequence nhỏ hơn cái đang giữ: ghi nhận, không lùi trạng thái, trả 2xx.",
        hint_en="A sequence below the one you hold: keep it, move nothing back, answer 2xx.",
    ),
    Case(
        name="takes_side_by_side",
        run=_takes_side_by_side,
        vi=f"{LANES} tin của các hồ sơ khác nhau một lúc: đều 2xx",
        en=f"{LANES} events of different dossiers at once: all 2xx",
        hint_vi="Các hồ sơ khác nhau được gửi song song.",
        hint_en="Different dossiers are sent side by side.",
    ),
    Case(
        name="takes_unknown_type",
        run=_takes_unknown_type,
        vi="Loại sự kiện và trạng thái chưa biết được trả lời 2xx",
        en="An unknown type and status is answered 2xx",
        hint_vi="Loại mới có thể thêm bất cứ lúc nào: hãy bỏ qua, đừng từ chối.",
        hint_en="New types may come at any time: pass over them, do not refuse.",
    ),
    Case(
        name="takes_unknown_fields",
        run=_takes_unknown_fields,
        vi="Trường chưa biết, chữ có dấu được trả lời 2xx",
        en="Unknown fields and letters beyond ASCII are answered 2xx",
        hint_vi="Trường mới có thể thêm bất cứ lúc nào; nội dung là UTF-8.",
        hint_en="New fields may come at any time; the body is UTF-8.",
    ),
    Case(
        name="takes_big",
        run=_takes_big,
        vi="Nội dung 20 kB được nhận",
        en="A body of 20 kB is accepted",
        hint_vi="Hãy cho phép ít nhất 20 kB và đọc đủ content-length.",
        hint_en="Allow at least 20 kB and read all of content-length.",
    ),
)

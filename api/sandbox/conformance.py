"""The conformance test that an integrator runs against their own receiver."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
from standardwebhooks import Webhook

from api.sandbox.cases import CASES, Case
from api.sandbox.errors import PRIVATE_KEY_WRONG, RECEIVER_UNREACHABLE, SECRET_WRONG
from api.sandbox.tester import Seen, Tester
from core.errors import fail
from tracking.feedback.secrets import new_key_pair, new_secret, private_key_of
from tracking.feedback.sender import ANSWER_S
from tracking.feedback.webhook import SigningKeys

_GONE = 410
_SECRET_PREFIX = "whsec_"  # noqa: S105  how a secret begins
_PRIVATE_PREFIX = "whsk_"
_LATE_SHARE = 0.5


class Verdict(StrEnum):
    """`noted`: nothing is wrong, there is something to know."""

    PASSED = "passed"
    NOTED = "noted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one point, and the answers it was read off."""

    name: str
    verdict: Verdict
    vi: str
    en: str
    seen: tuple[Seen, ...] = ()
    hint_vi: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """All findings; `verdict` is FAILED when one of them is, else PASSED."""

    url: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        failed = any(one.verdict is Verdict.FAILED for one in self.findings)
        return Verdict.FAILED if failed else Verdict.PASSED

    def as_dict(self) -> dict[str, Any]:
        """The report for machines; `name` of a point stays the same from version to version."""
        return {
            "url": self.url,
            "verdict": self.verdict.value,
            "points": [
                {
                    "name": one.name,
                    "verdict": one.verdict.value,
                    "vi": one.vi,
                    "en": one.en,
                    "hint_vi": one.hint_vi,
                    "hint_en": one.hint_en,
                    "answers": [
                        {"status": seen.status, "error": seen.error, "seconds": round(seen.seconds, 3)}
                        for seen in one.seen
                    ],
                }
                for one in self.findings
            ],
        }


def check_receiver(
    url: str,
    secret: str | None,
    *,
    private_key: str | None = None,
    patience_s: float = ANSWER_S,
    dossier_code: str | None = None,
    cases: Sequence[Case] = CASES,
) -> Conformance:
    """Ask a receiver everything that Bưu Tá and its network may do to it.

    Every message is signed `v1` and `v1a`. Who verifies by the secret gets a `v1a` of a key made for this run; who
    verifies by a public key names the private half of a throw-away pair, and without a secret gets a `v1` that fits
    nothing.

    Raises:
        CodedError: A8001 when nobody listens there, A8002 when the secret is none, A8005 when the private key is none.
    """
    tester = Tester(url, _keys(secret, private_key), patience_s, dossier_code)
    with tester.http:
        _knock(tester)
        findings = [_finding(case, tester) for case in cases]
    answers = [seen for one in findings for seen in one.seen]
    return Conformance(url=url, findings=(*findings, _answer_time(answers, patience_s), _gone(answers)))


def _keys(secret: str | None, private_key: str | None) -> SigningKeys:
    if secret is not None or private_key is None:
        _check_secret(secret or "")
    if private_key is not None:
        _check_private_key(private_key)
    return SigningKeys(
        secrets=[secret or new_secret()],
        private_keys=[private_key or new_key_pair().private],
    )


def _check_secret(secret: str) -> None:
    if not secret.startswith(_SECRET_PREFIX) or secret == _SECRET_PREFIX:
        raise fail(SECRET_WRONG)
    try:
        Webhook(secret)
    except ValueError as wrong:
        raise fail(SECRET_WRONG) from wrong


def _check_private_key(private_key: str) -> None:
    if not private_key.startswith(_PRIVATE_PREFIX):
        raise fail(PRIVATE_KEY_WRONG)
    try:
        private_key_of(private_key)
    except ValueError as wrong:
        raise fail(PRIVATE_KEY_WRONG) from wrong


def _knock(tester: Tester) -> None:
    """A receiver that is not there has no faults to be named."""
    try:
        tester.http.get(tester.url)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as gone:
        raise fail(RECEIVER_UNREACHABLE, url=tester.url, reason=str(gone) or type(gone).__name__) from gone
    except httpx.TransportError:
        # It is there; how it meets what it must take is asked next.
        return


def _finding(case: Case, tester: Tester) -> Finding:
    tester.seen = []
    held = case.run(tester)
    hint = ("", "") if held else (case.hint_vi, case.hint_en)
    return Finding(
        name=case.name,
        verdict=Verdict.PASSED if held else Verdict.FAILED,
        vi=case.vi,
        en=case.en,
        seen=tuple(tester.seen),
        hint_vi=hint[0],
        hint_en=hint[1],
    )


def _answer_time(answers: Sequence[Seen], patience_s: float) -> Finding:
    slowest = max(seen.seconds for seen in answers)
    late = slowest >= patience_s or any("Timeout" in (seen.error or "") for seen in answers)
    near = slowest >= patience_s * _LATE_SHARE
    hints = (
        "Hãy ghi tin rồi trả lời ngay; việc lâu để làm sau.",
        "Write the message down and answer at once; do what takes long afterwards.",
    )
    return Finding(
        name="answer_time",
        verdict=Verdict.FAILED if late else Verdict.NOTED if near else Verdict.PASSED,
        vi=f"Trả lời trong {patience_s:g} giây (chậm nhất {slowest:.2f} s)",
        en=f"Answers within {patience_s:g} seconds (slowest {slowest:.2f} s)",
        hint_vi=hints[0] if near or late else "",
        hint_en=hints[1] if near or late else "",
    )


def _gone(answers: Sequence[Seen]) -> Finding:
    """410 cannot be asked for; that it was never said here can be seen."""
    said = tuple(seen for seen in answers if seen.status == _GONE)
    return Finding(
        name="gone",
        verdict=Verdict.FAILED if said else Verdict.NOTED,
        vi="410 chỉ dùng khi muốn thôi nhận" + (": ở đây đã trả 410" if said else ""),
        en="410 only to be told nothing more" + (": 410 was answered here" if said else ""),
        seen=said,
        hint_vi="410 tắt địa chỉ nhận ngay, không thử lại. Không mất gì: bật lại thì những tin đã chờ được gửi.",
        hint_en="410 disables the endpoint at once, with no retry. "
        "Nothing is lost: enabled again, it gets what waited.",
    )

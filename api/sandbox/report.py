"""The conformance report for people, in both languages."""

from collections.abc import Iterator

from api.sandbox.conformance import Conformance, Finding, Verdict
from api.sandbox.tester import Seen

_MARKS = {Verdict.PASSED: "●", Verdict.NOTED: "○", Verdict.FAILED: "▲"}


def as_text(report: Conformance) -> str:
    """A line for each point; what to do below those that do not hold; the sum."""
    lines = [report.url, *(line for one in report.findings for line in _lines(one))]
    failed = sum(one.verdict is Verdict.FAILED for one in report.findings)
    if failed:
        lines.append(f"▲ {failed} điểm không đạt · {failed} points do not hold.")
    else:
        lines.append("● Đạt: nơi nhận sẵn sàng · the receiver is ready.")
    lines.append(
        "Tin lặp có gây tác động hai lần hay không thì từ ngoài không thấy được: hãy xem ở hệ thống của bạn · "
        "whether a repetition has a second effect cannot be seen from outside: look in your own system."
    )
    return "\n".join(lines)


def _lines(one: Finding) -> Iterator[str]:
    yield f"{_MARKS[one.verdict]} {one.name}: {one.vi} · {one.en}"
    if one.verdict is Verdict.FAILED and one.seen:
        yield f"    → {', '.join(_said(seen) for seen in one.seen)}"
    if one.hint_vi:
        yield f"    {one.hint_vi}"
        yield f"    {one.hint_en}"


def _said(seen: Seen) -> str:
    return f"HTTP {seen.status}" if seen.status is not None else str(seen.error)

"""The conformance test passes what is right and names each fault of what is wrong, by its own point."""

import json

import pytest
from typer.testing import CliRunner, Result

from api.commands.sandbox import sandbox
from api.sandbox.cases import CASES
from api.sandbox.conformance import Verdict, check_receiver
from api.sandbox.errors import PRIVATE_KEY_WRONG, RECEIVER_UNREACHABLE, SECRET_WRONG
from api.sandbox.report import as_text
from api.sandbox.server import Sandbox
from core.errors import CodedError
from core.ports import free_port
from tests.api.sandbox.receivers import own_receiver
from tracking.feedback.secrets import new_key_pair, new_secret

SECRET = new_secret()
ALL_ACCEPTING = {case.name for case in CASES if not case.name.startswith("refuses")}

# What is wrong with a receiver, and the points that must fail for it: these and no other.
WRONG: dict[str, set[str]] = {
    "never reads headers": {case.name for case in CASES if case.name.startswith("refuses")},
    "any signature": {"refuses_wrong_secret", "refuses_changed_body"},
    "breaks without headers": {"refuses_unsigned"},
    "takes old": {"refuses_old"},
    "takes future": {"refuses_future"},
    "first signature only": {"takes_rotated"},
    "no other kind": ALL_ACCEPTING,
    "refuses repeats": {"takes_repeat", "takes_repeats_at_once"},
    "races": {"takes_repeats_at_once"},
    "refuses late": {"takes_late"},
    "busy": {"takes_side_by_side", "takes_repeats_at_once"},
    "strict types": {"takes_unknown_type"},
    "strict fields": {"takes_unknown_fields"},
    "small body": {"takes_big"},
    "redirects": ALL_ACCEPTING,
    "always gone": ALL_ACCEPTING | {"gone"},
    "gone to strangers": {"refuses_wrong_secret", "refuses_changed_body", "gone"},
    "resets": {case.name for case in CASES},
}


PAIR = new_key_pair()
# The same of one that verifies `v1a` alone: its signatures stand behind those of `v1`.
WRONG_V1A: dict[str, set[str]] = {
    "any signature": {"refuses_wrong_secret", "refuses_changed_body"},
    "takes old": {"refuses_old"},
    "first signature only": ALL_ACCEPTING,
}


def _failed(url: str, patience_s: float = 5.0) -> set[str]:
    report = check_receiver(url, SECRET, patience_s=patience_s)
    return {one.name for one in report.findings if one.verdict is Verdict.FAILED}


def test_a_right_receiver_holds_every_point() -> None:
    with own_receiver(SECRET) as url:
        report = check_receiver(url, SECRET)
    assert report.verdict is Verdict.PASSED
    assert len(report.findings) == len(CASES) + 2
    assert {one.verdict for one in report.findings if one.name != "gone"} == {Verdict.PASSED}


def test_the_sandbox_itself_holds_every_point() -> None:
    place = Sandbox(secret=SECRET)
    place.start()
    try:
        assert _failed(place.url) == set()
    finally:
        place.stop()
    counts = place.dossiers.counts
    # Of the good ones all are held once; the late ones moved nothing back.
    assert counts["applied"] == len(place.dossiers.seen)
    assert counts["repeated"] == 1 + 3
    assert counts["out_of_order"] == 2
    assert counts["refused"] == 5


@pytest.mark.parametrize("fault", WRONG)
def test_each_fault_is_found_by_its_own_points(fault: str) -> None:
    with own_receiver(SECRET, fault) as url:
        assert _failed(url) == WRONG[fault]


def test_a_right_receiver_of_v1a_holds_every_point_with_and_without_a_secret() -> None:
    with own_receiver("", public_key=PAIR.public) as url:
        for secret in (None, SECRET):
            report = check_receiver(url, secret, private_key=PAIR.private)
            assert report.verdict is Verdict.PASSED
        unknown = check_receiver(url, SECRET)
    assert {one.name for one in unknown.findings if one.verdict is Verdict.FAILED} == ALL_ACCEPTING


@pytest.mark.parametrize("fault", WRONG_V1A)
def test_each_fault_of_a_receiver_of_v1a_is_found_by_its_own_points(fault: str) -> None:
    with own_receiver("", fault, public_key=PAIR.public) as url:
        report = check_receiver(url, None, private_key=PAIR.private)
    assert {one.name for one in report.findings if one.verdict is Verdict.FAILED} == WRONG_V1A[fault]


def test_a_receiver_that_is_silent_is_too_slow() -> None:
    with own_receiver(SECRET, "silent") as url:
        failed = _failed(url, patience_s=0.1)
    assert "answer_time" in failed
    assert failed >= ALL_ACCEPTING


def test_a_dossier_that_the_receiver_knows_is_used_everywhere() -> None:
    place = Sandbox(secret=SECRET)
    place.start()
    try:
        check_receiver(place.url, SECRET, dossier_code="H29.16-261120-0001")
    finally:
        place.stop()
    assert set(place.dossiers.events) == {"H29.16-261120-0001"}


def test_nobody_there_and_no_secret_are_named() -> None:
    with pytest.raises(CodedError) as gone:
        check_receiver(f"http://127.0.0.1:{free_port()}/", SECRET)
    assert gone.value.code == RECEIVER_UNREACHABLE.code
    for wrong in ("", "geheim", "whsec_", "whsec_abcde"):
        with pytest.raises(CodedError) as bad:
            check_receiver("http://127.0.0.1:1/", wrong)
        assert bad.value.code == SECRET_WRONG.code
    for wrong in ("geheim", "whsk_", "whsk_AAAA", PAIR.public):
        with pytest.raises(CodedError) as bad:
            check_receiver("http://127.0.0.1:1/", None, private_key=wrong)
        assert bad.value.code == PRIVATE_KEY_WRONG.code
    with pytest.raises(CodedError) as bad:
        check_receiver("http://127.0.0.1:1/", None)
    assert bad.value.code == SECRET_WRONG.code


def test_every_point_says_in_both_languages_what_to_do() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    for case in CASES:
        assert all((case.vi, case.en, case.hint_vi, case.hint_en))
    with own_receiver(SECRET, "takes old") as url:
        text = as_text(check_receiver(url, SECRET))
    assert "▲ refuses_old" in text
    assert "→ HTTP 204" in text
    assert "năm phút" in text
    assert "five minutes" in text


def _run(url: str, *options: str) -> Result:
    return CliRunner().invoke(sandbox, ["conformance", url, "--secret", SECRET, *options])


def test_the_command_ends_with_0_1_3_or_4() -> None:
    with own_receiver(SECRET) as right:
        done = _run(right, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["verdict"] == "passed"
    with own_receiver(SECRET, "takes old") as wrong:
        done = _run(wrong)
    assert done.exit_code == 1
    assert "▲ 1 điểm không đạt" in done.stdout
    assert _run(f"http://127.0.0.1:{free_port()}/").exit_code == 4
    assert _run("http://127.0.0.1:1/", "--secret", "x").exit_code == 3
    pair = json.loads(CliRunner().invoke(sandbox, ["keys", "--json"]).stdout)
    with own_receiver("", public_key=pair["public_key"]) as by_key:
        done = CliRunner().invoke(sandbox, ["conformance", by_key, "--private-key", pair["private_key"]])
    assert done.exit_code == 0

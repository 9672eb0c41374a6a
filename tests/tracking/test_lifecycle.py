"""The life cycle: the page says what the table says, ends are ends, and whatever is not in the table is refused."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodedError
from tracking.lifecycle import ACTION_EVENT, ENDS, FIRST, TRANSITIONS, transition
from tracking.model import ALLOWED_ACTIONS, EventKind, FailureReason, NextAction, Status

PAGE = Path(__file__).parents[2] / "docs/lifecycle.md"
ARROW = re.compile(r"^    (\w+) --> (\w+): (.+)$", re.MULTILINE)


def test_the_page_draws_exactly_the_table() -> None:
    drawn = {
        (Status(before), EventKind(kind), Status(after))
        for before, after, kinds in ARROW.findall(PAGE.read_text())
        for kind in kinds.split(", ")
    }
    assert drawn == {(before, kind, after) for (before, kind), after in TRANSITIONS.items()}


def test_the_page_explains_every_event() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE))
    assert explained == {kind.value for kind in EventKind}


@given(st.sampled_from(Status), st.sampled_from(EventKind))
def test_what_the_table_lacks_is_refused(status: Status, kind: EventKind) -> None:
    if (status, kind) in TRANSITIONS:
        assert transition(status, kind) is TRANSITIONS[status, kind]
        return
    with pytest.raises(CodedError) as refused:
        transition(status, kind)
    assert refused.value.code == "T2001"


def test_an_item_begins_by_being_accepted_and_no_other_way() -> None:
    assert transition(None, FIRST) is Status.ACCEPTED
    for kind in set(EventKind) - {FIRST}:
        with pytest.raises(CodedError):
            transition(None, kind)


def test_only_a_correction_leads_out_of_an_end_and_every_status_reaches_one() -> None:
    out = {(before, kind) for (before, kind), after in TRANSITIONS.items() if before in ENDS and after is not before}
    assert out == {(Status.DELIVERED, EventKind.DELIVERY_WITHDRAWN)}
    assert {kind for before, kind in TRANSITIONS if before in ENDS} == {
        EventKind.DELIVERY_WITHDRAWN,
        EventKind.EVENT_CORRECTED,
        EventKind.PERSONAL_ERASED,
    }
    reached = set(ENDS)
    while more := {before for (before, _), after in TRANSITIONS.items() if after in reached} - reached:
        reached |= more
    assert reached == set(Status)


def test_every_status_is_reachable_from_acceptance() -> None:
    reached = {Status.ACCEPTED}
    while more := {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached:
        reached |= more
    assert reached == set(Status)


def test_every_action_can_follow_a_failed_attempt() -> None:
    for action in NextAction:
        assert (Status.ATTEMPT_FAILED, ACTION_EVENT[action]) in TRANSITIONS


def test_every_reason_allows_some_action() -> None:
    assert set(ALLOWED_ACTIONS) == set(FailureReason)
    assert all(ALLOWED_ACTIONS.values())


def test_a_lost_paper_is_searched_for_and_nothing_else() -> None:
    assert ALLOWED_ACTIONS[FailureReason.ITEM_LOST] == {NextAction.SEARCH}
    assert transition(Status.ATTEMPT_FAILED, ACTION_EVENT[NextAction.SEARCH]) is Status.LOST
    assert [reason for reason, actions in ALLOWED_ACTIONS.items() if NextAction.SEARCH in actions] == ["item_lost"]

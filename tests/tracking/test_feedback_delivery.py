"""Delivery to a real receiver that fails in every way: effect exactly once by id, order kept per dossier."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from core.clock import utc_now
from core.db import Database
from tests.tracking.feedback_receiver import OK, Receiver, Say, receiving
from tests.tracking.feedback_scene import (
    BOX,
    PROVINCE,
    Parcel,
    add_endpoint,
    agency_scope,
    delivery_states,
    happened,
)
from tracking.feedback.drain import Deliverer, Drained, drain
from tracking.feedback.endpoints import (
    backlogs,
    disable_endpoint,
    enable_endpoint,
    list_endpoints,
    replay,
    rotate_keys,
)
from tracking.feedback.outbox import enqueue_many
from tracking.feedback.schedule import PROBED_AT_MOST
from tracking.feedback.stream import events_after
from tracking.model import EventKind
from tracking.store_endpoints import EndpointKey
from tracking.store_replay import Replay

KINDS = [EventKind.RESULT_ACCEPTED, EventKind.ITEM_READY, EventKind.ITEM_OUT, EventKind.ITEM_DELIVERED]
ALL_FOUR = [f"{n:010d}" for n in range(1, 5)]


class Link:
    """An agency, its endpoint at a receiver, and the worker between them."""

    def __init__(self, database: Database, receiver: Receiver) -> None:
        self.database, self.receiver, self.agency = database, receiver, uuid4()
        with database.transaction() as session:
            made = add_endpoint(session, agency_id=self.agency, url=receiver.url)
        assert made.secret is not None
        receiver.secrets.append(made.secret)
        self.id: UUID = made.endpoint.id
        self.scope = agency_scope(self.agency)
        self.deliverer = Deliverer(database=database, box=BOX, clock=utc_now, allow_private=True, rng=random.Random(1))

    def tell(self, dossiers: int, kinds: list[EventKind] = KINDS) -> None:
        """So many dossiers live through these events, all mixed."""
        parcels = [Parcel(agency_id=self.agency, dossier_codes=(f"D{n:04d}",)) for n in range(dossiers)]
        now = utc_now()
        with self.database.transaction() as session:
            enqueue_many(
                session, pairs=[(happened(k, item=p, at=now - timedelta(hours=1)), p) for k in kinds for p in parcels]
            )

    def drain(self) -> Drained:
        """One drain."""
        return drain(self.deliverer, EndpointKey(PROVINCE, self.id))

    def time_passes(self) -> None:
        """Every retry and rest is over."""
        with self.database.transaction() as session:
            session.execute(text("UPDATE feedback_deliveries SET next_at = now() WHERE state = 'pending'"))
            session.execute(text("UPDATE feedback_endpoints SET paused_until = NULL"))

    def drain_all(self) -> None:
        """Drains and time, until nothing is pending."""
        for _ in range(400):
            self.drain()
            if not self.pending():
                return
            self.time_passes()
        pytest.fail(f"still pending: {self.pending()}")

    def pending(self) -> int:
        with self.database.reading() as session:
            return backlogs(session, scope=self.scope)[0].pending

    def states(self) -> list[tuple[str, int]]:
        with self.database.reading() as session:
            return delivery_states(session)


@pytest.fixture
def link(database: Database) -> Iterator[Link]:
    with receiving() as receiver:
        yield Link(database, receiver)


def test_everything_arrives_once_verified_and_in_order(link: Link) -> None:
    link.tell(50)
    drained = link.drain()
    assert (drained.accepted, drained.failed) == (200, 0)
    assert link.receiver.refused == 0
    assert link.receiver.applied == {f"D{n:04d}": ALL_FOUR for n in range(50)}
    assert link.drain().accepted == 0


def test_the_body_of_a_webhook_is_the_event_of_the_stream(link: Link) -> None:
    link.tell(3)
    link.drain()
    with link.database.reading() as session:
        stream = events_after(session, scope=link.scope).events
    assert {b["id"]: b for b in stream} == link.receiver.bodies


FAULTS = {
    "error": Say(status=500, applies=False),
    "error after applying": Say(status=502, applies=True),
    "cut": Say(cut=True, applies=False),
    "cut after applying": Say(cut=True, applies=True),
    "redirect": Say(status=302, applies=False, headers={"location": "/elsewhere"}),
    "not found": Say(status=404, applies=False),
}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_fails_the_effect_is_once_and_in_order(link: Link, seed: int) -> None:
    rng = random.Random(seed)
    met = {nth: rng.choice([*[OK] * 10, *FAULTS.values()]) for nth in range(2000)}
    link.receiver.plan = lambda nth, _body: met.get(nth, OK)
    link.tell(40)
    link.drain_all()
    assert link.receiver.applied == {f"D{n:04d}": ALL_FOUR for n in range(40)}
    assert len(link.receiver.ids) > 160, "nothing failed, so nothing was tested"
    assert {state for state, _ in link.states()} == {"delivered"}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_alone_is_tried_again_and_holds_back_only_its_dossier(link: Link, fault: str) -> None:
    first_only: set[str] = set()

    def plan(_nth: int, body: dict[str, object]) -> Say:
        if body["sequence"] == "0000000001" and body["data"]["dossier_code"] == "D0000" and not first_only:  # type: ignore[index]
            first_only.add("met")
            return FAULTS[fault]
        return OK

    link.receiver.plan = plan
    link.tell(2)
    drained = link.drain()
    assert (drained.accepted, drained.failed) == (4, 1)
    assert link.states()[0] == ("pending", 1)
    link.drain_all()
    assert link.receiver.applied == {"D0000": ALL_FOUR, "D0001": ALL_FOUR}


def test_a_receiver_too_slow_to_answer_is_asked_again_with_the_same_id(link: Link) -> None:
    link.receiver.plan = lambda nth, _body: Say(silent_s=0.8) if nth == 0 else OK
    link.tell(1)
    patient, link.deliverer = link.deliverer, replace(link.deliverer, answer_s=0.5)
    link.drain()
    link.deliverer = patient
    assert link.states()[0] == ("pending", 1)
    link.drain_all()
    assert link.receiver.ids[0] == link.receiver.ids[1]
    assert link.receiver.applied == {"D0000": ALL_FOUR}


def test_gone_disables_and_enabling_sends_what_waited(link: Link) -> None:
    link.receiver.plan = lambda nth, _body: Say(status=410, applies=False) if nth == 0 else OK
    link.tell(1)
    link.drain()
    with link.database.reading() as session:
        endpoint = list_endpoints(session, scope=link.scope)[0]
    assert (endpoint.state, endpoint.state_reason) == ("disabled", "410 Gone")
    assert link.drain().accepted == 0
    with link.database.transaction() as session:
        enable_endpoint(session, scope=link.scope, endpoint_id=link.id)
    link.drain_all()
    assert link.receiver.applied == {"D0000": ALL_FOUR}


def test_too_many_requests_rests_as_long_as_it_is_asked_to(link: Link) -> None:
    link.receiver.plan = lambda nth, _body: (
        Say(status=429, applies=False, headers={"retry-after": "3600"}) if nth == 0 else OK
    )
    link.tell(1)
    before = utc_now()
    link.drain()
    with link.database.reading() as session:
        endpoint = list_endpoints(session, scope=link.scope)[0]
        next_at = session.execute(text("SELECT max(next_at) FROM feedback_deliveries")).scalar_one()
        job_at = session.execute(text("SELECT max(scheduled_at) FROM procrastinate_jobs")).scalar_one()
    assert endpoint.paused_until is not None
    assert timedelta(hours=1) <= endpoint.paused_until - before <= timedelta(hours=1, seconds=10)
    assert next_at - before >= timedelta(hours=1)
    assert job_at - before >= timedelta(hours=1)
    assert link.drain().accepted == 0
    link.drain_all()
    assert link.receiver.applied == {"D0000": ALL_FOUR}


def test_a_dead_receiver_is_asked_a_few_times_not_once_per_message(link: Link) -> None:
    link.receiver.plan = lambda _nth, _body: Say(status=503, applies=False)
    link.tell(300, kinds=KINDS[:1])
    link.drain()
    assert link.receiver.requests < 30
    tried = link.receiver.requests
    link.time_passes()
    link.drain()
    assert link.receiver.requests == tried + 1, "after a failed drain one message probes"
    link.receiver.plan = lambda _nth, _body: OK
    link.time_passes()
    assert link.drain().accepted == 300
    assert all(len(sequences) == 1 for sequences in link.receiver.applied.values())


def test_ten_attempts_and_it_is_dead_then_the_next_of_the_dossier_goes_and_replay_sends_both(link: Link) -> None:
    refused = Say(status=422, applies=False)
    link.receiver.plan = lambda _nth, body: refused if body["sequence"] == "0000000001" else OK
    link.tell(1, kinds=KINDS[:2])
    link.drain_all()
    assert link.states() == [("dead", 10), ("delivered", 1)]
    with link.database.reading() as session:
        assert backlogs(session, scope=link.scope)[0].dead == 1
    link.receiver.plan = lambda _nth, _body: OK
    with link.database.transaction() as session:
        assert (
            replay(session, scope=link.scope, endpoint_id=link.id, chosen=Replay(dossier_code="D0000"), now=utc_now())
            == 2
        )
    link.drain_all()
    assert link.states() == [("delivered", 1), ("delivered", 1)]
    assert link.receiver.applied["D0000"] == ["0000000002", "0000000001"], "the late one is known by its sequence"


def test_asking_a_dead_receiver_whether_it_is_back_uses_no_message_up(link: Link) -> None:
    link.receiver.plan = lambda _nth, _body: Say(status=503, applies=False)
    link.tell(10, kinds=KINDS[:1])
    for _ in range(100):
        link.drain()
        link.time_passes()
    assert {state for state, _ in link.states()} == {"pending"}
    assert max(attempts for _, attempts in link.states()) == PROBED_AT_MOST
    link.receiver.plan = lambda _nth, _body: OK
    link.drain_all()
    assert {state for state, _ in link.states()} == {"delivered"}


def test_replay_from_a_cursor_sends_the_same_ids_and_changes_nothing(link: Link) -> None:
    link.tell(5)
    link.drain()
    with link.database.reading() as session:
        cursor = events_after(session, scope=link.scope, limit=8).next_after
    with link.database.transaction() as session:
        chosen = Replay(position=int(cursor))
        assert replay(session, scope=link.scope, endpoint_id=link.id, chosen=chosen, now=utc_now()) == 12
    link.drain()
    assert len(link.receiver.ids) == 32
    assert len(set(link.receiver.ids)) == 20
    assert link.receiver.applied == {f"D{n:04d}": ALL_FOUR for n in range(5)}


def test_what_happened_while_disabled_is_sent_afterwards(link: Link) -> None:
    with link.database.transaction() as session:
        disable_endpoint(session, scope=link.scope, endpoint_id=link.id)
    link.tell(2)
    assert link.drain().accepted == 0
    with link.database.transaction() as session:
        enable_endpoint(session, scope=link.scope, endpoint_id=link.id)
    assert link.drain().accepted == 8


def test_during_a_rotation_both_secrets_verify_and_afterwards_only_the_new_one(link: Link) -> None:
    old = link.receiver.secrets[0]
    with link.database.transaction() as session:
        new = rotate_keys(session, scope=link.scope, endpoint_id=link.id, box=BOX, now=utc_now()).secret
    assert new is not None
    link.tell(1, kinds=KINDS[:1])
    link.drain()
    assert link.receiver.signatures[0].count("v1,") == 2, "the receiver that still has the old secret is content"
    link.receiver.secrets[:] = [new]
    with link.database.transaction() as session:
        session.execute(text("UPDATE feedback_endpoints SET previous_until = now()"))
    link.tell(1, kinds=KINDS[:1])
    link.drain()
    assert link.receiver.signatures[1].count("v1,") == 1
    link.receiver.secrets[:] = [old]
    link.tell(1, kinds=KINDS[:1])
    assert link.drain().failed == 1
    assert link.receiver.refused == 1


def test_a_private_address_is_not_called_and_the_message_waits(link: Link) -> None:
    link.tell(1)
    strict = Deliverer(database=link.database, box=BOX, clock=utc_now, allow_private=False)
    with link.database.transaction() as session:
        session.execute(
            text("UPDATE feedback_endpoints SET url = replace(url, 'http:', 'https:')"),
        )
    drained = drain(strict, EndpointKey(PROVINCE, link.id))
    assert (drained.accepted, drained.failed, link.receiver.requests) == (0, 1, 0)
    with link.database.reading() as session:
        error = session.execute(text("SELECT last_error FROM feedback_deliveries WHERE attempts = 1")).scalar_one()
    assert error == "T5002"


def test_a_second_worker_leaves_an_endpoint_alone_while_one_is_at_it(link: Link) -> None:
    seen: list[Drained] = []
    link.receiver.plan = lambda nth, _body: Say(before=lambda: seen.append(link.drain())) if nth == 0 else OK
    link.deliverer = Deliverer(database=link.database, box=BOX, clock=utc_now, allow_private=True)
    link.tell(1, kinds=KINDS[:1])
    assert link.drain().accepted == 1
    assert [other.busy for other in seen] == [True]


def test_a_drain_that_runs_out_of_time_asks_for_another(link: Link) -> None:
    link.tell(1, kinds=KINDS[:1])
    with link.database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    drain(link.deliverer, EndpointKey(PROVINCE, link.id), budget_s=0.0)
    assert link.receiver.requests == 0, "no budget, nothing sent"
    assert _waiting_jobs(link) == 1


def test_one_drain_stands_for_all_that_were_asked_for(link: Link) -> None:
    for _ in range(5):
        link.tell(1, kinds=KINDS[:1])
    assert _waiting_jobs(link) == 5
    assert link.drain().accepted == 5
    assert _waiting_jobs(link) == 0


def _waiting_jobs(link: Link) -> int:
    with link.database.reading() as session:
        count = session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one()
    return int(count)

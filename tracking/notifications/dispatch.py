"""One run of a province's sender: decisions become messages, and each message is sent, never twice."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from core.db import still_locked, try_lock
from core.ids import new_id
from tracking import store_notification_settings as settings
from tracking import store_notifications as store
from tracking.feedback.lanes import Breaker
from tracking.feedback.sender import Answer
from tracking.notifications.channels import knows_repetitions, send
from tracking.notifications.claiming import Claimed, Port, claim, end_of
from tracking.notifications.contacts import contact_hash
from tracking.notifications.rules import is_quiet
from tracking.notifications.values import Kind, Outcome, Reason, Result, State
from tracking.store_notifications import Message, Settled, Waiting

BATCH = 200
LANES = 6
BUDGET_S = 20.0
_IDLE_LIMIT_S = 120  # above the longest sending


@dataclass(slots=True)
class Dispatched:
    """What one run did; `busy` when another worker was at it."""

    sent: int = 0
    failed: int = 0
    busy: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, outcome: Outcome) -> None:
        """Count one sending."""
        with self.lock:
            self.sent += outcome.result is Result.SENT
            self.failed += outcome.result is not Result.SENT


def dispatch(
    port: Port,
    province_code: str,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    budget_s: float = BUDGET_S,
) -> Dispatched:
    """Tell what is due in a province until nothing is, it grows quiet, or the budget is used up."""
    done = Dispatched()
    until = time.monotonic() + budget_s
    with port.database.transaction() as guard:
        if not try_lock(guard, f"notifications:{province_code}", idle_limit_s=_IDLE_LIMIT_S):
            done.busy = True
            return done
        run = _Run(port, province_code, done, lambda: time.monotonic() < until and not should_stop())
        run.settle_what_was_left()
        while run.round():
            still_locked(guard)
    return done


class _Run:
    """One worker at one province, which holds the province's lock."""

    def __init__(self, port: Port, province_code: str, done: Dispatched, may_go_on: Callable[[], bool]) -> None:
        self._port, self._province_code, self._done, self._may_go_on = port, province_code, done, may_go_on
        self._breakers: dict[str, Breaker] = defaultdict(Breaker)
        self._rng = random.SystemRandom()

    def settle_what_was_left(self) -> None:
        """Messages that were being sent when their sender died: sent again only where that is known to be safe."""
        now = self._port.clock()
        with self._port.database.transaction() as session:
            channels = settings.channels(session, self._province_code)
            for message in store.left_sending(session, self._province_code):
                channel = channels.get(message.channel or "")
                safe = channel is not None and knows_repetitions(channel)
                outcome = Outcome(result=Result.UNSURE, error="interrupted")
                end = end_of(message, outcome, safe=safe, now=now, rng=self._rng)
                store.settle(session, self._province_code, message.id, end, now=now)

    def round(self) -> bool:
        """Form messages and send a batch; whether there may be more to do."""
        with self._port.database.reading() as session:
            policy = settings.policy(session, self._province_code)
        if policy is not None and is_quiet(policy, self._port.clock()):
            return False
        # All of them first: a visit whose papers lie in two batches is told of once, with all its papers.
        while self._form(off=policy is None or not policy.active):
            if not self._may_go_on():
                return False
        with self._port.database.reading() as session:
            due = store.due(session, self._province_code, now=self._port.clock(), limit=BATCH)
        chains: dict[str, list[UUID]] = defaultdict(list)
        for message_id, person in due:
            chains[person].append(message_id)
        with ThreadPoolExecutor(LANES) as lanes:
            list(lanes.map(self._send_all, chains.values()))
        return bool(due) and self._may_go_on()

    def _form(self, *, off: bool) -> int:
        """Make the one message of each person and visit of a batch that has waited for its papers; how many waited."""
        with self._port.database.transaction() as session:
            waiting = store.waiting(session, self._province_code, now=self._port.clock(), limit=BATCH)
            groups: dict[tuple[str, ...], list[Waiting]] = defaultdict(list)
            for one in waiting:
                groups[one.kind, one.visit_key, one.visit_round, one.phone, one.email].append(one)
            for members in groups.values():
                reason = Reason.OFF if off else None if members[0].phone or members[0].email else Reason.NO_ADDRESS
                message_id = None if reason else self._message_of(session, members)
                store.attach(session, self._province_code, members, message_id=message_id, dropped=reason)
        return len(waiting)

    def _message_of(self, session: Session, members: Sequence[Waiting]) -> UUID:
        """A paper that comes after its visit was told of belongs to that message; one that became ready later does
        not: nobody has heard of it.
        """
        first, now = members[0], self._port.clock()
        person = contact_hash(self._port.contact_key, first.phone or first.email)
        rounds = [first.visit_round, f"{first.visit_round} {first.item_id}"]
        for round_ in rounds:
            message_id, state = store.open_message(
                session, self._province_code, new_id(now), first, person_hash=person, round_=round_, now=now
            )
            if first.kind is not Kind.READY or state is State.PENDING:
                break
        return message_id

    def _send_all(self, messages: Sequence[UUID]) -> None:
        """One person's messages, one after another."""
        for message_id in messages:
            if not self._may_go_on():
                return
            self._send(message_id)

    def _send(self, message_id: UUID) -> None:
        with self._port.database.transaction() as session:
            claimed = claim(session, self._port, self._province_code, message_id, resting=self._resting())
        if claimed is None:
            return
        outcome = self._sent(claimed)
        self._done.count(outcome)
        # The breaker of webhooks counts answers: a refusal is one, a provider that takes nothing is none.
        answered = outcome.result in (Result.SENT, Result.REFUSED)
        seen = Answer(status=200) if answered else Answer(status=None, error=outcome.result.value)
        self._breakers[claimed.channel.name].saw(seen)
        self._settle(claimed.message, outcome, safe=knows_repetitions(claimed.channel))

    def _resting(self) -> frozenset[str]:
        return frozenset(name for name, breaker in list(self._breakers.items()) if breaker.open)

    def _sent(self, claimed: Claimed) -> Outcome:
        port = self._port
        return send(claimed.channel, claimed.letter, box=port.box, allow_private=port.allow_private, now=claimed.at)

    def _settle(self, message: Message, outcome: Outcome, *, safe: bool) -> None:
        now = self._port.clock()
        end: Settled = end_of(message, outcome, safe=safe, now=now, rng=self._rng)
        with self._port.database.transaction() as session:
            store.settle(session, self._province_code, message.id, end, now=now)

"""One drain: what waits for an endpoint is sent, at least once, in order per dossier."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import Clock
from core.db import Database, still_locked, try_lock
from core.errors import CodedError
from core.jobs import defer, withdraw
from core.scope import system_scope
from tracking import store_endpoints, store_feedback, store_opencps
from tracking.feedback.dialects import Dialect, OpenCps, SignedEvents
from tracking.feedback.guard import locate
from tracking.feedback.lanes import Attempt, Breaker, send_batch
from tracking.feedback.outbox import DRAIN_QUEUE, DRAIN_TASK, drain_args
from tracking.feedback.schedule import PROBED_AT_MOST, Verdict, next_attempt, pause_s, retry_after_s
from tracking.feedback.secrets import SecretBox
from tracking.feedback.sender import ANSWER_S, Answer, Sender
from tracking.feedback.webhook import Signer, SigningKeys
from tracking.store_endpoint_health import note_answers
from tracking.store_endpoints import Endpoint, EndpointKey
from tracking.store_feedback import DueMessage, Settled

BATCH = 256
LANES = 12
BUDGET_S = 20.0  # then the job asks for another one, so that many endpoints share few workers
_IDLE_LIMIT_S = 60  # above budget + one slow answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverer:
    """What delivering needs from outside; `answer_s` is how long a receiver may take."""

    database: Database
    box: SecretBox
    clock: Clock
    allow_private: bool = False
    answer_s: float = ANSWER_S
    rng: random.Random = field(default_factory=random.SystemRandom)


@dataclass(slots=True)
class Drained:
    """What one drain did: messages accepted and failed; `busy` when another worker was at it."""

    accepted: int = 0
    failed: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    endpoint: Endpoint
    dialect: Dialect
    batch: Sequence[DueMessage]


def drain(
    deliverer: Deliverer,
    key: EndpointKey,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    budget_s: float = BUDGET_S,
) -> Drained:
    """Send what is due to one endpoint until nothing is, the budget is used up, or the receiver fails."""
    drained = Drained()
    until = time.monotonic() + budget_s

    def may_go_on() -> bool:
        return time.monotonic() < until and not should_stop()

    with deliverer.database.transaction() as guard:
        if not try_lock(guard, f"feedback:{key.province_code}:{key.endpoint_id}", idle_limit_s=_IDLE_LIMIT_S):
            drained.busy = True
            return drained
        _Drain(deliverer, key, guard, may_go_on, drained).run()
    _ask_again(deliverer, key)
    return drained


class _Drain:
    """One worker at one endpoint; `guard` is the session whose transaction holds the endpoint's lock."""

    def __init__(
        self,
        deliverer: Deliverer,
        key: EndpointKey,
        guard: Session,
        may_go_on: Callable[[], bool],
        drained: Drained,
    ) -> None:
        self._deliverer, self._guard, self._may_go_on, self._drained = deliverer, guard, may_go_on, drained
        self._key = key

    def run(self) -> None:
        load = self._load()
        if load is None:
            return
        try:
            target = locate(load.endpoint.url, allow_private=self._deliverer.allow_private)
        except CodedError as refused:
            self._settle(load, _unsendable(load, refused), Breaker(open=True))
            return
        with (
            Sender(target, connections=LANES, answer_s=self._deliverer.answer_s) as sender,
            ThreadPoolExecutor(LANES) as lanes,
        ):
            while load is not None:
                attempts, breaker = self._send(load, sender, lanes)
                self._settle(load, attempts, breaker)
                if breaker.open or not self._may_go_on():
                    return
                still_locked(self._guard)
                load = self._load()

    def _load(self) -> _Load | None:
        """The next batch; None when there is nothing to do. After a failed drain it is a single message: a probe."""
        now = self._deliverer.clock()
        scope = system_scope(self._key.province_code)
        with self._deliverer.database.transaction() as session:
            # These jobs were asked for by transactions that have committed: their messages are seen below.
            withdraw(session, DRAIN_TASK, drain_args(self._key))
            endpoint = store_endpoints.endpoint(session, scope=scope, endpoint_id=self._key.endpoint_id)
            if endpoint is None or not _awake(endpoint, now):
                return None
            batch = store_feedback.due_messages(session, self._key, now=now, limit=1 if endpoint.failures else BATCH)
            if not batch:
                return None
            return _Load(endpoint=endpoint, dialect=self._dialect(session, endpoint, batch, now), batch=batch)

    def _dialect(self, session: Session, endpoint: Endpoint, batch: Sequence[DueMessage], now: datetime) -> Dialect:
        if endpoint.kind != "opencps":
            return SignedEvents(Signer(self._keys(session, now)))
        codes = {message.dossier_code for message in batch}
        return OpenCps(
            secret=self._deliverer.box.open(store_endpoints.keys_of(session, self._key).secret),
            group_id=endpoint.group_id,
            told=store_opencps.told_of(session, self._key.province_code, endpoint.agency_id, codes),
        )

    def _keys(self, session: Session, now: datetime) -> SigningKeys:
        closed = store_endpoints.keys_of(session, self._key)
        secrets, private_keys = [closed.secret], [closed.signing_key]
        if closed.previous_secret is not None and closed.previous_until is not None and now < closed.previous_until:
            secrets.append(closed.previous_secret)
            private_keys.append(closed.previous_signing_key)
        opened = self._deliverer.box.open
        return SigningKeys(
            secrets=[opened(secret) for secret in secrets],
            private_keys=[opened(private) for private in private_keys if private is not None],
        )

    def _send(self, load: _Load, sender: Sender, lanes: ThreadPoolExecutor) -> tuple[list[Attempt], Breaker]:
        breaker = Breaker()

        def send(message: DueMessage) -> Answer:
            letter = load.dialect.letter(message, now=self._deliverer.clock())
            return letter if isinstance(letter, Answer) else load.dialect.judged(sender.send(*letter))

        attempts = send_batch(load.batch, send=send, lanes=lanes, breaker=breaker, may_go_on=self._may_go_on)
        return attempts, breaker

    def _settle(self, load: _Load, attempts: Sequence[Attempt], breaker: Breaker) -> None:
        now = self._deliverer.clock()
        is_probe = load.endpoint.failures > 0
        settled = [self._settled(attempt, now, is_probe=is_probe) for attempt in attempts]
        accepted = sum(attempt.answer.accepted for attempt in attempts)
        is_well = any(attempt.answer.accepted or attempt.answer.refused for attempt in attempts)
        self._drained.accepted += accepted
        self._drained.failed += len(attempts) - accepted
        with self._deliverer.database.transaction() as session:
            store_feedback.settle(session, self._key, settled=[s for s, _ in settled], now=now)
            failures = [attempt.answer.error for attempt in attempts if not attempt.answer.accepted]
            note_answers(session, self._key, accepted=accepted > 0, failure=failures[-1] if failures else None, now=now)
            if any(verdict is Verdict.DISABLE for _, verdict in settled):
                store_endpoints.set_state(session, self._key, state="disabled", reason="410 Gone")
            elif breaker.open or (load.endpoint.failures and not is_well):
                self._rest(session, load.endpoint, breaker, now)
            elif load.endpoint.failures:
                store_endpoints.set_health(session, self._key, failures=0, paused_until=None)
                store_feedback.hurry(session, self._key, now=now)

    def _settled(self, attempt: Attempt, now: datetime, *, is_probe: bool) -> tuple[Settled, Verdict]:
        message, answer = attempt.message, attempt.answer
        attempts = message.attempts + 1
        if is_probe and not answer.accepted:
            attempts = max(message.attempts, min(attempts, PROBED_AT_MOST))
        after = next_attempt(
            attempts=attempts,
            status=None if answer.refused else answer.status,
            accepted=answer.accepted,
            retry_after_s=retry_after_s(answer.retry_after, now=now),
            rng=self._deliverer.rng,
        )
        settled = Settled(
            event_id=message.event_id,
            dossier_code=message.dossier_code,
            state=_STATES[after.verdict],
            attempts=attempts,
            next_at=now + timedelta(seconds=after.delay_s),
            status=answer.status,
            error=answer.error,
        )
        return settled, after.verdict

    def _rest(self, session: Session, endpoint: Endpoint, breaker: Breaker, now: datetime) -> None:
        failures = endpoint.failures + 1
        asked_s = retry_after_s(breaker.rest, now=now)
        rest_s = pause_s(failures, rng=self._deliverer.rng) if asked_s is None else min(asked_s, 86_400.0)
        store_endpoints.set_health(
            session,
            self._key,
            failures=failures,
            paused_until=now + timedelta(seconds=rest_s),
        )


_STATES = {
    Verdict.DELIVERED: "delivered",
    Verdict.RETRY: "pending",
    Verdict.DISABLE: "pending",
    Verdict.DEAD: "dead",
}


def _awake(endpoint: Endpoint, now: datetime) -> bool:
    return endpoint.state == "active" and (endpoint.paused_until is None or endpoint.paused_until <= now)


def _unsendable(load: _Load, refused: CodedError) -> list[Attempt]:
    """The head of the line failed without being sent: its address is refused or cannot be found."""
    return [Attempt(message=load.batch[0], answer=Answer(status=None, error=refused.code))]


def _ask_again(deliverer: Deliverer, key: EndpointKey) -> None:
    """After the lock is given back: see to what came meanwhile, and to the next retry.

    A job that found the lock taken has left its messages to us, so they are looked for once more.
    """
    now = deliverer.clock()
    with deliverer.database.transaction() as session:
        endpoint = store_endpoints.endpoint(session, scope=system_scope(key.province_code), endpoint_id=key.endpoint_id)
        if endpoint is None or endpoint.state != "active":
            return
        at = _next_drain_at(session, key, endpoint, now)
        if at is None:
            return
        defer(
            session,
            DRAIN_TASK,
            drain_args(key),
            queue=DRAIN_QUEUE,
            queueing_lock=f"feedback:{key.endpoint_id}:{at.isoformat()}",
            at=None if at <= now else at,
        )


def _next_drain_at(session: Session, key: EndpointKey, endpoint: Endpoint, now: datetime) -> datetime | None:
    due = store_feedback.due_messages(session, key, now=now, limit=1)
    at = now if due else store_feedback.next_due_at(session, key, now=now)
    if at is None or endpoint.paused_until is None:
        return at
    return max(at, endpoint.paused_until)

"""One asking of a source: page after page, rows and cursor in one transaction, so a kill costs nothing."""

import hashlib
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import orjson
from sqlalchemy.orm import Session

from core.clock import Clock
from core.db import Database, still_locked, try_lock
from core.errors import CodedError
from core.scope import Scope, system_scope
from tracking import store_sources as store
from tracking.feedback.guard import locate
from tracking.feedback.schedule import ASKS_TO_WAIT, GONE, LONGEST_RETRY_AFTER_S, pause_s, retry_after_s
from tracking.feedback.secrets import SecretBox
from tracking.feedback.sender import Answer, Sender, authorization
from tracking.intake import BATCH_LIMIT
from tracking.model import RowAnswer
from tracking.sources.page import Page, is_last, read_page, too_long
from tracking.sources.registry import ask_poll
from tracking.store_sources import Refusal, Source, SourceKey

BUDGET_S = 20.0  # then the job asks for another one, so that many sources share few workers
ANSWER_S = 20.0
_PAGE_ROWS = 500
_MOST_BYTES = 16 * 1024 * 1024
_IDLE_LIMIT_S = 60

# What takes the rows of a page in: one answer for each, in order. `results:batch` stands behind both kinds.
Accept = Callable[[Session, Scope, UUID, Sequence[object], datetime], list[RowAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """What asking needs from outside; `accept` by the kind of a source."""

    database: Database
    box: SecretBox
    clock: Clock
    accept: Mapping[str, Accept]
    allow_private: bool = False
    answer_s: float = ANSWER_S
    rng: random.Random = field(default_factory=random.SystemRandom)


@dataclass(slots=True)
class Polled:
    """What one asking did, in rows; `busy` when another worker was at it, `error` when it failed."""

    taken: int = 0
    refused: int = 0
    pages: int = 0
    busy: bool = False
    error: str | None = None


def poll(
    poller: Poller, key: SourceKey, *, should_stop: Callable[[], bool] = lambda: False, budget_s: float = BUDGET_S
) -> Polled:
    """Read a source that is due until nothing is behind, the budget is used up, or it fails."""
    polled = Polled()
    until = time.monotonic() + budget_s
    with poller.database.transaction() as guard:
        if not try_lock(guard, f"source:{key.province_code}:{key.source_id}", idle_limit_s=_IDLE_LIMIT_S):
            polled.busy = True
            return polled
        while _read_on(poller, key, polled):
            still_locked(guard)
            if time.monotonic() > until or should_stop():
                with poller.database.transaction() as session:
                    ask_poll(session, key)
                break
    return polled


def _read_on(poller: Poller, key: SourceKey, polled: Polled) -> bool:
    """Ask for one page and take it; whether there is another."""
    now = poller.clock()
    with poller.database.reading() as session:
        source = store.source(session, scope=system_scope(key.province_code), source_id=key.source_id)
        if source is None or source.state != "active" or source.next_at > now:
            return False
        secret = poller.box.open(store.secret_of(session, key))
    try:
        answer = _ask(poller, source, secret)
        if not answer.accepted:
            _fail(poller, key, source, answer)
            polled.error = answer.error
            return False
        page = _page(answer)
        return _take(poller, key, source, page, polled)
    except CodedError as refused:
        _fail(poller, key, source, Answer(status=None, error=f"{refused.code} {refused.problems[0].text('vi')}"))
        polled.error = refused.code
        return False


def _ask(poller: Poller, source: Source, secret: str) -> Answer:
    wanted = {"limit": str(_PAGE_ROWS)} | ({"cursor": source.cursor} if source.cursor is not None else {})
    url = str(httpx.URL(source.url).copy_merge_params(wanted))
    target = locate(url, allow_private=poller.allow_private)
    headers = {"authorization": authorization(secret), "accept": "application/json", "user-agent": "BuuTa-Poller/1.0"}
    with Sender(target, connections=1, answer_s=poller.answer_s) as sender:
        return sender.fetch(headers, most_bytes=_MOST_BYTES)


def _page(answer: Answer) -> Page:
    if not answer.is_whole:
        raise too_long()
    return read_page(answer.body, most_rows=BATCH_LIMIT)


def _take(poller: Poller, key: SourceKey, asked: Source, page: Page, polled: Polled) -> bool:
    """Rows and cursor in one transaction. A page that was asked for from a cursor left since is let go."""
    now, scope = poller.clock(), system_scope(key.province_code)
    is_end = is_last(page, asked_with=asked.cursor)
    with poller.database.transaction() as session:
        source = store.lock_source(session, scope=scope, source_id=key.source_id)
        if source is None or source.state != "active" or source.cursor != asked.cursor:
            return False
        actor = Scope(province_code=key.province_code, actor=f"source:{source.id}", agency_id=source.agency_id)
        answers = poller.accept[source.kind](session, actor, source.agency_id, page.rows, now) if page.rows else []
        good = [one.dossier_code for one in answers if one.outcome != "rejected"]
        store.forget_mended(session, key, good)
        refused = store.keep_refused(session, key, _refusals(poller.box, page.rows, answers, now), now=now)
        store.set_read(
            session,
            key,
            cursor=page.next or source.cursor,
            taken=len(good),
            refused=refused,
            next_at=now + timedelta(seconds=source.every_s * (1 + 0.1 * poller.rng.random())) if is_end else now,
            now=now,
        )
    polled.taken += len(good)
    polled.refused += len(answers) - len(good)
    polled.pages += 1
    return not is_end


def _refusals(box: SecretBox, rows: Sequence[object], answers: Sequence[RowAnswer], now: datetime) -> list[Refusal]:
    kept = {}
    for row, answer in zip(rows, answers, strict=True):
        if answer.outcome == "rejected":
            content = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
            digest = hashlib.sha256(content).hexdigest()
            kept[digest] = Refusal(
                digest=digest,
                dossier_code=answer.dossier_code.replace("\0", "")[:100],
                content=box.close(content.decode()),
                problems=[one.as_dict() for one in answer.problems],
                first_at=now,
                last_at=now,
            )
    return list(kept.values())


def _fail(poller: Poller, key: SourceKey, source: Source, answer: Answer) -> None:
    """Rest, longer after each failure; as long as the other side asks for; for good when it is gone."""
    now = poller.clock()
    rest_s = pause_s(source.failures + 1, rng=poller.rng)
    asked_s = retry_after_s(answer.retry_after, now=now) if answer.status in ASKS_TO_WAIT else None
    if asked_s is not None:
        rest_s = max(rest_s, min(asked_s, LONGEST_RETRY_AFTER_S))
    with poller.database.transaction() as session:
        next_at = now + timedelta(seconds=rest_s)
        store.set_failed(session, key, error=answer.error or "", next_at=next_at, now=now)
        if answer.status == GONE:
            store.set_state(session, key, state="disabled", reason="410 Gone", now=now)

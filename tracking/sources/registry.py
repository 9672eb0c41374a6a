"""Sources of agencies: set, switch, ask now, watch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, fail
from core.ids import new_id
from core.jobs import defer
from core.scope import Scope
from tracking import store_sources as store
from tracking.feedback.guard import check_url
from tracking.feedback.secrets import SecretBox
from tracking.sources.errors import NOT_OWN_SOURCE, SOURCE_DISABLED
from tracking.store_endpoints import sees_all_agencies
from tracking.store_sources import NewSource, Source, SourceKey

POLL_TASK = "sources.poll"
POLL_QUEUE = "sources"
REFUSED_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """A refused row with its content as it came."""

    dossier_code: str
    row: object
    problems: list[dict[str, Any]]
    first_at: datetime
    last_at: datetime


def save_source(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    url: str,
    secret: str,
    box: SecretBox,
    allow_private: bool,
    now: datetime,
    kind: str = "rows",
    every_s: int = 300,
) -> Source:
    """Set a source, to be asked at once and then every so often. The same URL again changes secret, kind and period.

    Raises T5001 for a URL that cannot be used, T5102 for another agency's.
    """
    check_url(url, allow_private=allow_private)
    if not (sees_all_agencies(scope) or scope.agency_id == agency_id):
        raise fail(NOT_OWN_SOURCE)
    new = NewSource(id=new_id(now), agency_id=agency_id, url=url, kind=kind, secret=box.close(secret), every_s=every_s)
    source_id = store.save_source(session, scope=scope, new=new, now=aware(now))
    ask_poll(session, SourceKey(scope.province_code, source_id))
    return find_source(session, scope=scope, source_id=source_id)


def list_sources(session: Session, *, scope: Scope) -> list[Source]:
    """Sources within reach, oldest first."""
    return store.sources(session, scope=scope)


def check_secrets(session: Session, *, scope: Scope, box: SecretBox) -> int:
    """Open the secret of each source within reach; how many there are. Raises T5006 when one stays shut."""
    found = store.sources(session, scope=scope)
    for source in found:
        box.open(store.secret_of(session, SourceKey(scope.province_code, source.id)))
    return len(found)


def find_source(session: Session, *, scope: Scope, source_id: UUID) -> Source:
    """One source. Raises C1000."""
    source = store.source(session, scope=scope, source_id=source_id)
    if source is None:
        raise fail(NOT_FOUND, what=f"source {source_id}")
    return source


def disable_source(session: Session, *, scope: Scope, source_id: UUID, now: datetime) -> Source:
    """Ask no more; the cursor stays."""
    return _switch(session, scope, source_id, "disabled", scope.actor, now)


def enable_source(session: Session, *, scope: Scope, source_id: UUID, now: datetime) -> Source:
    """Ask again, from where it was left."""
    source = _switch(session, scope, source_id, "active", None, now)
    ask_poll(session, SourceKey(scope.province_code, source.id))
    return source


def poll_now(session: Session, *, scope: Scope, source_id: UUID, now: datetime) -> Source:
    """Have a worker ask the source at once. Raises C1000, and T5103 for one that is disabled."""
    source = find_source(session, scope=scope, source_id=source_id)
    if source.state != "active":
        raise fail(SOURCE_DISABLED)
    key = SourceKey(scope.province_code, source.id)
    store.set_due(session, key, now=aware(now))
    ask_poll(session, key)
    return find_source(session, scope=scope, source_id=source_id)


def refused_rows(session: Session, *, scope: Scope, source_id: UUID, box: SecretBox) -> Iterator[KeptRow]:
    """The source's rows that could not be taken, newest first, at most 1,000. Raises C1000."""
    source = find_source(session, scope=scope, source_id=source_id)
    for one in store.refusals(session, SourceKey(scope.province_code, source.id), limit=REFUSED_LIMIT):
        yield KeptRow(
            dossier_code=one.dossier_code,
            row=orjson.loads(box.open(one.content)),
            problems=one.problems,
            first_at=one.first_at,
            last_at=one.last_at,
        )


def ask_poll(session: Session, key: SourceKey) -> None:
    """Have a worker ask the source, once this transaction has committed."""
    args = {"province_code": key.province_code, "source_id": str(key.source_id)}
    defer(session, POLL_TASK, args, queue=POLL_QUEUE, queueing_lock=f"source:{key.source_id}")


def _switch(session: Session, scope: Scope, source_id: UUID, state: str, reason: str | None, now: datetime) -> Source:
    source = find_source(session, scope=scope, source_id=source_id)
    store.set_state(session, SourceKey(scope.province_code, source.id), state=state, reason=reason, now=aware(now))
    return find_source(session, scope=scope, source_id=source_id)

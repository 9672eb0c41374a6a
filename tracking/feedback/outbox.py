"""The outbox: what agencies will be told is written in the transaction in which it happened."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from core.jobs import defer
from tracking import store_feedback as store
from tracking.feedback.cloudevents import TYPES, body_of
from tracking.feedback.once import OncePerTransaction
from tracking.feedback.posted import Posted
from tracking.model import Event, Status
from tracking.store_endpoints import EndpointKey
from tracking.store_feedback import Counted, DossierKey, NewMessage

DRAIN_TASK = "feedback.drain"
DRAIN_QUEUE = "feedback"

_drain_asked = OncePerTransaction("feedback.drain_asked")
_stream_entered = OncePerTransaction("feedback.stream_entered")

Happened = tuple[Event, Posted]


def enqueue(session: Session, *, event: Event, item: Posted) -> None:
    """Tell the item's agency of one event: a message for each dossier the item carries, in the caller's transaction."""
    enqueue_many(session, pairs=[(event, item)])


def enqueue_many(session: Session, *, pairs: Sequence[Happened]) -> None:
    """Tell agencies of many events of one province, in the order given, with a fixed number of statements."""
    told = [(event, item) for event, item in pairs if event.kind in TYPES]
    if not told:
        return
    province_code = told[0][0].province_code
    coming = _new_counts(told)
    counts = store.count_up(session, province_code=province_code, dossiers=coming)
    if not _stream_entered.seen(session, province_code):
        store.enter_stream(session)
    endpoints = store.insert_messages(session, province_code=province_code, messages=_messages(told, coming, counts))
    for endpoint_id in endpoints:
        ask_drain(session, EndpointKey(province_code, endpoint_id))


def ask_drain(session: Session, key: EndpointKey) -> None:
    """Have a worker send what waits for the endpoint, once this transaction has committed."""
    # No queueing lock here: its unique index would make transactions of one agency wait for each other.
    if not _drain_asked.seen(session, key):
        defer(session, DRAIN_TASK, drain_args(key), queue=DRAIN_QUEUE)


def drain_args(key: EndpointKey) -> dict[str, str]:
    """Arguments of the drain task; jobs with the same ones stand for each other."""
    return {"province_code": key.province_code, "endpoint_id": str(key.endpoint_id)}


def _told_of(told: Iterable[Happened]) -> Iterable[tuple[Event, Posted, str]]:
    return ((event, item, code) for event, item in told for code in item.dossier_codes)


def _new_counts(told: Sequence[Happened]) -> dict[DossierKey, Counted]:
    """For each dossier how many events come now, and which of them (from 1) is its first delivery."""
    counts: dict[DossierKey, Counted] = {}
    for event, item, code in _told_of(told):
        key = (item.agency_id, code)
        before = counts.get(key, Counted(sequence=0, delivered=None))
        sequence = before.sequence + 1
        first = sequence if event.status is Status.DELIVERED else None
        counts[key] = Counted(sequence=sequence, delivered=before.delivered or first)
    return counts


def _messages(
    told: Sequence[Happened], coming: dict[DossierKey, Counted], counts: dict[DossierKey, Counted]
) -> list[NewMessage]:
    """Messages with their sequences; `coming` counts these events alone, `counts` holds each dossier's last sequence
    after them.
    """
    at = {key: counts[key].sequence - coming[key].sequence for key in coming}
    messages = []
    for event, item, code in _told_of(told):
        key = (item.agency_id, code)
        at[key] += 1
        first = counts[key].delivered
        body = body_of(event, item, code, sequence=at[key], delivered=first is not None and at[key] >= first)
        messages.append(
            NewMessage(
                id=UUID(body["id"]),
                event_id=event.id,
                dossier_code=code,
                agency_id=item.agency_id,
                sequence=at[key],
                body=body,
            )
        )
    return messages

"""Webhook endpoints of agencies: set, rotate, switch, replay, watch."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, fail
from core.ids import new_id
from core.scope import Scope
from tracking import store_endpoints as store
from tracking import store_replay
from tracking.feedback.errors import NOT_OWN_AGENCY, OTHER_KIND, UNTOLD_DOSSIER
from tracking.feedback.guard import check_url
from tracking.feedback.outbox import ask_drain
from tracking.feedback.secrets import SecretBox, new_key_pair, new_secret
from tracking.store_endpoint_health import DeadLetter, dead_letters_of
from tracking.store_endpoints import Backlog, Endpoint, EndpointKey, NewKeys
from tracking.store_replay import Replay

ROTATION = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """An endpoint and its secret, which is shown this once; None when the endpoint was there already."""

    endpoint: Endpoint
    secret: str | None


def save_endpoint(
    session: Session, *, scope: Scope, agency_id: UUID, url: str, box: SecretBox, allow_private: bool, now: datetime
) -> NewEndpoint:
    """Set an endpoint; it gets what happens from now on. The same URL again changes nothing.

    Raises T5001 for a URL that cannot be used, T5005 for another agency's.
    """
    _check(scope, agency_id, url, allow_private=allow_private)
    secret = new_secret()
    made = store.insert_endpoint(
        session,
        scope=scope,
        endpoint_id=new_id(now),
        agency_id=agency_id,
        url=url,
        keys=_closed(box, secret),
        now=aware(now),
    )
    return NewEndpoint(endpoint=_of_url(session, scope, agency_id, url), secret=secret if made else None)


def save_opencps_endpoint(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    url: str,
    credential: str,
    group_id: str | None,
    box: SecretBox,
    allow_private: bool,
    now: datetime,
) -> Endpoint:
    """Set an endpoint in the form of VietOpenCPS; `credential` is `name:password` of that system, or its token.

    The same URL again changes the credential and the group. Raises T5001, T5005, and T5008 for a webhook's URL.
    """
    _check(scope, agency_id, url, allow_private=allow_private)
    closed = box.close(credential)
    made = store.insert_endpoint(
        session,
        scope=scope,
        endpoint_id=new_id(now),
        agency_id=agency_id,
        url=url,
        keys=NewKeys(secret=closed),
        now=aware(now),
        kind="opencps",
        group_id=group_id,
    )
    endpoint = _of_url(session, scope, agency_id, url)
    if endpoint.kind != "opencps":
        raise fail(OTHER_KIND)
    if not made:
        key = EndpointKey(scope.province_code, endpoint.id)
        store.set_credential(session, key, secret=closed, group_id=group_id)
    return _endpoint(session, scope, endpoint.id)


def list_endpoints(session: Session, *, scope: Scope) -> list[Endpoint]:
    """Endpoints within reach, oldest first."""
    return store.endpoints(session, scope=scope)


def check_secrets(session: Session, *, scope: Scope, box: SecretBox) -> int:
    """Open the signing secret of each endpoint within reach; how many there are. Raises T5006 when one stays shut."""
    found = store.endpoints(session, scope=scope)
    for endpoint in found:
        box.open(store.keys_of(session, EndpointKey(scope.province_code, endpoint.id)).secret)
    return len(found)


def public_keys(session: Session, province_code: str, endpoint_id: UUID, *, now: datetime) -> list[str]:
    """The `whpk_` keys that verify what an endpoint is sent now, newest first: two during a rotation.

    Raises:
        CodedError: C1000 when there is no such endpoint.
    """
    found = store.public_keys_of(session, EndpointKey(province_code, endpoint_id), now=aware(now))
    if found is None:
        raise fail(NOT_FOUND, what="endpoint")
    return found


def rotate_keys(
    session: Session, *, scope: Scope, endpoint_id: UUID, box: SecretBox, now: datetime, overlap: timedelta = ROTATION
) -> NewEndpoint:
    """A new secret, shown this once, and a new key pair; the old ones sign too during the overlap.

    Rotated again within the overlap, the keys of the first rotation are replaced and the old ones go on signing.

    Raises C1000, and T5008 for an endpoint whose messages are not signed.
    """
    endpoint = _endpoint(session, scope, endpoint_id)
    if endpoint.kind != "webhook":
        raise fail(OTHER_KIND)
    secret = new_secret()
    store.replace_keys(
        session,
        EndpointKey(scope.province_code, endpoint.id),
        keys=_closed(box, secret),
        now=aware(now),
        previous_until=aware(now) + overlap,
    )
    return NewEndpoint(endpoint=_endpoint(session, scope, endpoint_id), secret=secret)


def disable_endpoint(session: Session, *, scope: Scope, endpoint_id: UUID) -> Endpoint:
    """Stop sending; what happens meanwhile is kept and sent when it is enabled."""
    return _switch(session, scope, endpoint_id, "disabled", scope.actor)


def enable_endpoint(session: Session, *, scope: Scope, endpoint_id: UUID) -> Endpoint:
    """Send again, first what waited."""
    endpoint = _switch(session, scope, endpoint_id, "active", None)
    ask_drain(session, EndpointKey(scope.province_code, endpoint.id))
    return endpoint


def replay(session: Session, *, scope: Scope, endpoint_id: UUID, chosen: Replay, now: datetime) -> int:
    """Send again, under the same ids, what a replay means; returns how many messages.

    Events from before the endpoint was set are sent too. Raises C1000, and T5010 for a dossier nothing was told of.
    """
    endpoint = _replayed(session, scope, endpoint_id, chosen)
    count = store_replay.send_again(session, scope, endpoint, chosen, now=aware(now))
    ask_drain(session, EndpointKey(scope.province_code, endpoint.id))
    return count


def count_replay(session: Session, *, scope: Scope, endpoint_id: UUID, chosen: Replay) -> int:
    """How many messages `replay` would send. Raises as that does."""
    return store_replay.count_meant(session, scope, _replayed(session, scope, endpoint_id, chosen), chosen)


def backlogs(session: Session, *, scope: Scope) -> list[Backlog]:
    """How much waits for each endpoint within reach."""
    return store.backlogs(session, scope=scope)


def dead_letters(session: Session, *, scope: Scope, endpoint_id: UUID, limit: int = 100) -> list[DeadLetter]:
    """Messages that were given up, newest first. Raises C1000."""
    endpoint = _endpoint(session, scope, endpoint_id)
    return dead_letters_of(session, EndpointKey(scope.province_code, endpoint.id), limit=limit)


def _check(scope: Scope, agency_id: UUID, url: str, *, allow_private: bool) -> None:
    check_url(url, allow_private=allow_private)
    if not (store.sees_all_agencies(scope) or scope.agency_id == agency_id):
        raise fail(NOT_OWN_AGENCY)


def _replayed(session: Session, scope: Scope, endpoint_id: UUID, chosen: Replay) -> Endpoint:
    endpoint = _endpoint(session, scope, endpoint_id)
    code = chosen.dossier_code
    if code is not None and not store_replay.is_told(session, scope, endpoint, code):
        raise fail(UNTOLD_DOSSIER, pointer="dossier_code", dossier_code=code)
    return endpoint


def _of_url(session: Session, scope: Scope, agency_id: UUID, url: str) -> Endpoint:
    return next(e for e in store.endpoints(session, scope=scope) if e.agency_id == agency_id and e.url == url)


def _closed(box: SecretBox, secret: str) -> NewKeys:
    """The secret and a fresh key pair, as they are kept."""
    pair = new_key_pair()
    return NewKeys(secret=box.close(secret), signing_key=box.close(pair.private), public_key=pair.public)


def _switch(session: Session, scope: Scope, endpoint_id: UUID, state: str, reason: str | None) -> Endpoint:
    endpoint = _endpoint(session, scope, endpoint_id)
    store.set_state(session, EndpointKey(scope.province_code, endpoint.id), state=state, reason=reason)
    return _endpoint(session, scope, endpoint_id)


def _endpoint(session: Session, scope: Scope, endpoint_id: UUID) -> Endpoint:
    endpoint = store.endpoint(session, scope=scope, endpoint_id=endpoint_id)
    if endpoint is None:
        raise fail(NOT_FOUND, what=f"endpoint {endpoint_id}")
    return endpoint

"""Status going out: the pull stream, and the webhook endpoints of agencies."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.deps import DbSession, Now, RuntimeDep
from api.idempotency import Once, OnceDep
from api.identity import Identity
from api.presenters.webhook_keys import keys_path
from api.routes.asking import Cursor, FeedbackReader, Limit
from api.routes.results import agency_of
from api.schemas.feedback import (
    DeadLetterList,
    DeadLetterOut,
    EndpointCreated,
    EndpointIn,
    EndpointList,
    EndpointOut,
    EventsPage,
    OpenCpsEndpointIn,
    ReplayIn,
    ReplayOut,
    SealedEndpoint,
    TrialOut,
)
from core.clock import utc_now
from tracking.feedback import endpoints, stream
from tracking.feedback.secrets import SecretBox
from tracking.feedback.trial import send_test
from tracking.store_endpoints import Backlog, Endpoint
from tracking.store_replay import Replay

router = APIRouter(tags=["feedback"])


@router.get("/events")
def get_events(
    session: DbSession,
    caller: FeedbackReader,
    after: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> EventsPage:
    """What happened after a cursor, in the order of the webhooks."""
    page = stream.events_after(session, scope=caller.scope, after=after, limit=limit)
    return EventsPage(events=list(page.events), next=page.next_after)


@router.get("/dossiers/{dossier_code}/events")
def get_dossier_events(
    dossier_code: Annotated[str, Path(pattern=r"^[^\x00]+$")], session: DbSession, caller: FeedbackReader
) -> EventsPage:
    """Everything told of a dossier, by sequence."""
    events = stream.dossier_events(session, scope=caller.scope, dossier_code=dossier_code)
    return EventsPage(events=list(events), next="")


@router.get("/endpoints")
def get_endpoints(session: DbSession, caller: FeedbackReader) -> EndpointList:
    """Endpoints in reach and what waits for each."""
    waiting = {backlog.endpoint_id: backlog for backlog in endpoints.backlogs(session, scope=caller.scope)}
    found = endpoints.list_endpoints(session, scope=caller.scope)
    return EndpointList(endpoints=[_out(caller, one, waiting.get(one.id)) for one in found])


@router.post("/endpoints")
def post_endpoint(
    content: EndpointIn, session: DbSession, caller: FeedbackReader, runtime: RuntimeDep, now: Now, once: OnceDep
) -> EndpointCreated:
    """Set an endpoint; it gets what happens from now on. The same URL again changes nothing."""

    def work() -> EndpointCreated:
        made = endpoints.save_endpoint(
            session,
            scope=caller.scope,
            agency_id=agency_of(caller, content.agency_id),
            url=content.url,
            box=runtime.secrets,
            allow_private=runtime.options.allow_private_webhooks,
            now=now,
        )
        return EndpointCreated(endpoint=_out(caller, made.endpoint), secret=made.secret)

    return _shown_once(once, runtime.secrets, work)


@router.post("/endpoints:opencps")
def post_opencps_endpoint(
    content: OpenCpsEndpointIn, session: DbSession, caller: FeedbackReader, runtime: RuntimeDep, now: Now
) -> EndpointOut:
    """Have a VietOpenCPS system told at its `…/dossiers/vnpost`. The same URL again changes the credential."""
    made = endpoints.save_opencps_endpoint(
        session,
        scope=caller.scope,
        agency_id=agency_of(caller, content.agency_id),
        url=content.url,
        credential=content.credential,
        group_id=content.group_id,
        box=runtime.secrets,
        allow_private=runtime.options.allow_private_webhooks,
        now=now,
    )
    return _out(caller, made)


@router.post("/endpoints/{endpoint_id}/rotate")
def post_rotate(
    endpoint_id: UUID, session: DbSession, caller: FeedbackReader, runtime: RuntimeDep, now: Now, once: OnceDep
) -> EndpointCreated:
    """A new secret and a new key pair; the old ones sign too for a day, also when it is rotated again within it."""

    def work() -> EndpointCreated:
        made = endpoints.rotate_keys(session, scope=caller.scope, endpoint_id=endpoint_id, box=runtime.secrets, now=now)
        return EndpointCreated(endpoint=_out(caller, made.endpoint), secret=made.secret)

    return _shown_once(once, runtime.secrets, work)


@router.post("/endpoints/{endpoint_id}/disable")
def post_disable(endpoint_id: UUID, session: DbSession, caller: FeedbackReader) -> EndpointOut:
    """Stop sending; what happens meanwhile is kept."""
    return _out(caller, endpoints.disable_endpoint(session, scope=caller.scope, endpoint_id=endpoint_id))


@router.post("/endpoints/{endpoint_id}/enable")
def post_enable(endpoint_id: UUID, session: DbSession, caller: FeedbackReader) -> EndpointOut:
    """Send again, first what waited."""
    return _out(caller, endpoints.enable_endpoint(session, scope=caller.scope, endpoint_id=endpoint_id))


@router.post("/endpoints/{endpoint_id}/replay")
def post_replay(
    endpoint_id: UUID, content: ReplayIn, session: DbSession, caller: FeedbackReader, now: Now
) -> ReplayOut:
    """Send again, under the same ids, what was sent before; with `count_only` nothing is sent."""
    chosen = Replay(
        position=stream.position_of(content.after),
        since=content.since,
        dossier_code=content.dossier_code,
        from_sequence=content.from_sequence,
        dead_only=content.dead_only,
    )
    if content.count_only:
        count = endpoints.count_replay(session, scope=caller.scope, endpoint_id=endpoint_id, chosen=chosen)
    else:
        count = endpoints.replay(session, scope=caller.scope, endpoint_id=endpoint_id, chosen=chosen, now=now)
    return ReplayOut(messages=count)


@router.get("/endpoints/{endpoint_id}/dead")
def get_dead_letters(
    endpoint_id: UUID, session: DbSession, caller: FeedbackReader, limit: Limit = 100
) -> DeadLetterList:
    """Messages that were given up after the last attempt, newest first; `…/replay` with `dead_only` sends them."""
    found = endpoints.dead_letters(session, scope=caller.scope, endpoint_id=endpoint_id, limit=limit)
    return DeadLetterList(letters=[DeadLetterOut.model_validate(letter) for letter in found])


@router.post("/endpoints/{endpoint_id}/test")
def post_test(endpoint_id: UUID, session: DbSession, caller: FeedbackReader, runtime: RuntimeDep) -> TrialOut:
    """Send a signed test event (`vn.buuta.test`) at once and tell what the receiver answered; nothing is kept of it."""
    trial = send_test(
        session,
        scope=caller.scope,
        endpoint_id=endpoint_id,
        box=runtime.secrets,
        allow_private=runtime.options.allow_private_webhooks,
        # Also in a demo's fast day: receivers check the time of a signature against their own clocks.
        now=utc_now(),
    )
    return TrialOut.model_validate(trial)


def _shown_once(once: Once, box: SecretBox, work: Callable[[], EndpointCreated]) -> EndpointCreated:
    """The answer, also for a repeated call; between the calls its secret is kept encrypted."""

    def sealed() -> SealedEndpoint:
        made = work()
        return SealedEndpoint(endpoint=made.endpoint, closed=box.close(made.secret) if made.secret else None)

    kept = once.run(SealedEndpoint, sealed)
    return EndpointCreated(endpoint=kept.endpoint, secret=box.open(kept.closed) if kept.closed else None)


def _out(caller: Identity, endpoint: Endpoint, backlog: Backlog | None = None) -> EndpointOut:
    return EndpointOut(
        id=endpoint.id,
        agency_id=endpoint.agency_id,
        url=endpoint.url,
        kind=endpoint.kind,
        group_id=endpoint.group_id,
        state=endpoint.state,
        state_reason=endpoint.state_reason,
        rotating_until=endpoint.rotating_until,
        public_key=endpoint.public_key,
        keys_path=keys_path(caller.scope.province_code, endpoint.id),
        paused_until=endpoint.paused_until,
        failures=endpoint.failures,
        last_success_at=endpoint.last_success_at,
        last_failure_at=endpoint.last_failure_at,
        last_failure=endpoint.last_failure,
        created_at=endpoint.created_at,
        pending=backlog.pending if backlog else 0,
        dead=backlog.dead if backlog else 0,
        oldest_waiting_at=backlog.oldest_recorded_at if backlog else None,
    )

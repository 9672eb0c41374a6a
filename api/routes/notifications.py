"""Notifications to citizens: what a province sets, what an office sees and does."""

from dataclasses import asdict
from datetime import time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session

from api.deps import DbSession, Now, RuntimeDep
from api.presenters.notifications import standing_out, told_items_out
from api.routes.asking import Admin, Limit, Staff, note_view, view_of
from api.schemas.notifications import (
    ChannelIn,
    ChannelList,
    ChannelOut,
    ChannelTestIn,
    ChannelTestOut,
    ConsentIn,
    ConsentOut,
    CountList,
    CountOut,
    NotificationList,
    NotificationOut,
    NotificationSearchIn,
    OfficeChannels,
    OfficeChannelsIn,
    PolicyIn,
    PolicyOut,
    SampleList,
    SampleOut,
    StandingOut,
    ToldItemList,
)
from api.schemas.types import LocalDate
from core.clock import at_local, local_date, utc_now
from core.scope import Scope, narrowed
from tracking import service
from tracking.notifications import contacts, desk
from tracking.notifications.samples import samples
from tracking.notifications.segments import segments_of
from tracking.notifications.trial import send_test
from tracking.notifications.values import Policy, State
from tracking.store_notification_settings import Channel

router = APIRouter(prefix="/notifications", tags=["notifications"])
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
_LONGEST = timedelta(days=30)
_MOST_FOUND = 20
_DEAD = [State.DEAD]


@router.get("/policy")
def get_policy(session: DbSession, caller: Staff) -> PolicyOut:
    """What the province tells its citizens, and which offices have channels of their own."""
    return _policy_out(session, caller.scope)


@router.put("/policy")
def put_policy(content: PolicyIn, session: DbSession, caller: Admin) -> PolicyOut:
    """Set the province's policy; what waits obeys it too."""
    desk.save_policy(session, scope=caller.scope, policy=Policy(**content.model_dump()))
    return _policy_out(session, caller.scope)


@router.put("/offices/{office_id}")
def put_office(office_id: UUID, content: OfficeChannelsIn, session: DbSession, caller: Admin) -> PolicyOut:
    """Give an office its own channels, or the province's again."""
    desk.save_office(session, scope=caller.scope, office_id=office_id, channels=content.channels)
    return _policy_out(session, caller.scope)


@router.get("/channels")
def get_channels(session: DbSession, caller: Admin) -> ChannelList:
    """The province's channels, without their secrets."""
    return ChannelList(channels=[_channel_out(one) for one in desk.list_channels(session, scope=caller.scope)])


@router.put("/channels/{name}")
def put_channel(name: Name, content: ChannelIn, session: DbSession, caller: Admin, runtime: RuntimeDep) -> ChannelOut:
    """Set a channel."""
    saved = desk.save_channel(
        session,
        scope=caller.scope,
        name=name,
        kind=content.kind,
        config=content.config,
        secret=content.secret,
        active=content.active,
        box=runtime.secrets,
        allow_private=runtime.options.allow_private_webhooks,
    )
    return _channel_out(saved)


@router.post("/channels/{name}/enable", status_code=204)
def post_channel_on(name: Name, session: DbSession, caller: Admin) -> Response:
    """Let messages go by a channel."""
    desk.switch_channel(session, scope=caller.scope, name=name, active=True)
    return Response(status_code=204)


@router.post("/channels/{name}/disable", status_code=204)
def post_channel_off(name: Name, session: DbSession, caller: Admin) -> Response:
    """Let no more messages go by a channel: they take the next one, and are dropped where there is none."""
    desk.switch_channel(session, scope=caller.scope, name=name, active=False)
    return Response(status_code=204)


@router.post("/channels/{name}/test")
def post_channel_test(
    name: Name, content: ChannelTestIn, session: DbSession, caller: Admin, runtime: RuntimeDep, request: Request
) -> ChannelTestOut:
    """Send a test message at once, also by a channel that is off, and tell what became of it."""
    trial = send_test(
        session,
        scope=caller.scope,
        name=name,
        typed=content.contact,
        box=runtime.secrets,
        key=runtime.identity_key,
        base_url=str(request.base_url).rstrip("/"),
        allow_private=runtime.options.allow_private_webhooks,
        # Also in a demo's fast day: mail programs look at the date.
        now=utc_now(),
    )
    return ChannelTestOut(**asdict(trial))


@router.delete("/channels/{name}/secret", status_code=204)
def delete_channel_secret(name: Name, session: DbSession, caller: Admin) -> Response:
    """Take a channel's secret away, for good. Where its settings name `{secret}`, nothing stands there any more."""
    desk.forget_secret(session, scope=caller.scope, name=name)
    return Response(status_code=204)


@router.delete("/channels/{name}", status_code=204)
def delete_channel(name: Name, session: DbSession, caller: Admin) -> Response:
    """Take a channel away that nobody uses."""
    desk.forget_channel(session, scope=caller.scope, name=name)
    return Response(status_code=204)


@router.get("/samples")
def get_samples(caller: Staff) -> SampleList:  # noqa: ARG001  the caller must be one
    """Every text with made-up values, with and without marks, and what it costs as short messages."""
    return SampleList(
        samples=[
            SampleOut.of(kind, language, accents, text, segments_of(text))
            for kind, language, accents, text in samples()
        ]
    )


@router.post("/consent")
def post_consent(content: ConsentIn, session: DbSession, caller: Staff, runtime: RuntimeDep, now: Now) -> ConsentOut:
    """Write down at the office that a phone or mail address wants no messages, or wants them again."""
    contacts.consent_at_office(
        session,
        scope=caller.scope,
        key=runtime.identity_key,
        typed=content.contact,
        out=content.opted_out,
        now=now,
    )
    return ConsentOut(opted_out=content.opted_out)


@router.get("/counts")
def get_counts(
    session: DbSession,
    caller: Staff,
    now: Now,
    day: LocalDate | None = None,
    until: LocalDate | None = None,
    office_id: UUID | None = None,
) -> CountList:
    """What was told on a day, or from a day on `until` another (31 days at most), by day, kind, channel and state."""
    first = day or local_date(now)
    last = min(max(first, until or first), first + _LONGEST)
    scope = narrowed(caller.scope, office_id)
    start, end = at_local(first, time()), at_local(last + timedelta(days=1), time())
    found = desk.count(session, scope=scope, start=start, end=end)
    return CountList(counts=[CountOut(**asdict(one)) for one in found])


@router.get("/standing")
def get_standing(session: DbSession, caller: Staff, now: Now) -> StandingOut:
    """Which channels there are and how they do, what waits, how many people want no messages."""
    return standing_out(desk.standing(session, scope=caller.scope, now=now))


@router.get("")
def get_notifications(
    session: DbSession,
    caller: Staff,
    now: Now,
    state: Annotated[list[State], Query(max_length=len(State))] = _DEAD,
    office_id: UUID | None = None,
    before: UUID | None = None,
    limit: Limit = 50,
) -> NotificationList:
    """Messages of a state or several, newest first; ask again with `before` the last one's id."""
    scope = narrowed(caller.scope, office_id)
    found = desk.list_messages(session, scope=scope, states=state, before=before, limit=limit)
    note_view(session, caller.scope, "notifications", [item for one in found for item in one.item_ids], now)
    return NotificationList(notifications=[NotificationOut(**asdict(one)) for one in found])


@router.post(":search")
def post_search(
    content: NotificationSearchIn, session: DbSession, caller: Staff, runtime: RuntimeDep, now: Now
) -> ToldItemList:
    """What was told of papers: words to search for may be a person's, so they come in the body."""
    masks = view_of(caller, runtime, now).masks
    page = service.list_items(session, scope=caller.scope, q=content.q, codes_only=masks, limit=_MOST_FOUND)
    total = service.count_items(session, scope=caller.scope, q=content.q, codes_only=masks)
    ids = [item.id for item in page.items]
    note_view(session, caller.scope, "notifications", ids, now)
    return told_items_out(page.items, desk.told_of(session, scope=caller.scope, item_ids=ids), total)


@router.post("/{notification_id}/retry", status_code=204)
def post_retry(notification_id: UUID, session: DbSession, caller: Staff, now: Now) -> Response:
    """Let a message that could not be sent try every channel again."""
    desk.try_again(session, scope=caller.scope, message_id=notification_id, now=now)
    return Response(status_code=204)


def _policy_out(session: Session, scope: Scope) -> PolicyOut:
    offices = desk.offices_of(session, scope=scope)
    own = [OfficeChannels(office_id=office, channels=channels) for office, channels in offices.items()]
    return PolicyOut(**asdict(desk.policy_of(session, scope=scope)), offices=own)


def _channel_out(one: Channel) -> ChannelOut:
    return ChannelOut(
        name=one.name, kind=one.kind, config=dict(one.config), has_secret=one.secret is not None, active=one.active
    )

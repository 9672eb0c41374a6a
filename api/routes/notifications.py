"""Notifications to citizens: what a province sets, what an office sees and does."""

from dataclasses import asdict
from datetime import time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.orm import Session

from api.deps import DbSession, Now, RuntimeDep
from api.routes.asking import Admin, Limit, Staff, narrowed, note_view
from api.schemas.notifications import (
    ChannelIn,
    ChannelList,
    ChannelOut,
    ConsentIn,
    ConsentOut,
    CountList,
    CountOut,
    NotificationList,
    NotificationOut,
    OfficeChannels,
    OfficeChannelsIn,
    PolicyIn,
    PolicyOut,
    SampleList,
    SampleOut,
)
from api.schemas.types import LocalDate
from core.clock import at_local, local_date
from core.scope import Scope
from tracking.notifications import contacts, desk
from tracking.notifications.samples import samples
from tracking.notifications.segments import segments_of
from tracking.notifications.values import Policy, State
from tracking.store_notification_settings import Channel

router = APIRouter(prefix="/notifications", tags=["notifications"])
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


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
    session: DbSession, caller: Staff, now: Now, day: LocalDate | None = None, office_id: UUID | None = None
) -> CountList:
    """What was told on a day, by kind, channel and state."""
    on = day or local_date(now)
    start = at_local(on, time())
    scope = narrowed(caller.scope, office_id)
    found = desk.count(session, scope=scope, start=start, end=start + timedelta(days=1))
    return CountList(counts=[CountOut(**asdict(one)) for one in found])


@router.get("")
def get_notifications(
    session: DbSession,
    caller: Staff,
    now: Now,
    state: Annotated[State, Query()] = State.DEAD,
    office_id: UUID | None = None,
    before: UUID | None = None,
    limit: Limit = 50,
) -> NotificationList:
    """Messages of one state, newest first; ask again with `before` the last one's id."""
    scope = narrowed(caller.scope, office_id)
    found = desk.list_messages(session, scope=scope, state=state, before=before, limit=limit)
    note_view(session, caller.scope, "notifications", [item for one in found for item in one.item_ids], now)
    return NotificationList(notifications=[NotificationOut(**asdict(one)) for one in found])


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

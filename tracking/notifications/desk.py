"""What an office and an administrator do about notifications: set, watch, try again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import NOT_FOUND, Problem, fail, problem, refuse
from core.scope import Scope
from tracking import store_notification_desk as store
from tracking import store_notification_figures as figures
from tracking import store_notification_settings as settings
from tracking import store_offices
from tracking.feedback.secrets import SecretBox
from tracking.notifications.channels import check_channel
from tracking.notifications.errors import CHANNEL_IN_USE, NOT_DEAD, UNKNOWN_CHANNEL
from tracking.notifications.values import Policy, State
from tracking.offices import may_administer
from tracking.store_notification_desk import Listed, ToldOfItem
from tracking.store_notification_figures import ChannelDoing, Count, Waiting
from tracking.store_notification_settings import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How telling goes. `channels` by name, each with what it did in the last seven days, None for nothing."""

    channels: tuple[tuple[Channel, ChannelDoing | None], ...]
    waiting: Waiting
    opted_out: int


def policy_of(session: Session, *, scope: Scope) -> Policy:
    """The province's policy; where nobody has set one, the usual one, not active."""
    return settings.policy(session, scope.province_code) or Policy()


def save_policy(session: Session, *, scope: Scope, policy: Policy) -> Policy:
    """Set the province's policy; it holds for what happens from now on, and for what waits.

    Raises:
        CodedError: C1000 for who may not, T5502 for each channel that is not there.
    """
    may_administer(scope, "policy")
    refuse(list(_unknown(session, scope, policy.channels)))
    settings.put_policy(session, scope.province_code, policy)
    return policy


def offices_of(session: Session, *, scope: Scope) -> dict[UUID, tuple[str, ...]]:
    """The channels of the offices that have their own, within reach."""
    found = settings.office_channels(session, scope.province_code)
    return {office: channels for office, channels in found.items() if scope.sees_office(office)}


def save_office(session: Session, *, scope: Scope, office_id: UUID, channels: Sequence[str] | None) -> None:
    """Give an office its own channels; None: the province's.

    Raises:
        CodedError: C1000 for who may not or an unknown office, T5502.
    """
    may_administer(scope, "office")
    if office_id not in {office.id for office in store_offices.offices(session, scope)}:
        raise fail(NOT_FOUND, what="office")
    refuse(list(_unknown(session, scope, channels or ())))
    settings.put_office_channels(session, scope.province_code, office_id, channels)


def list_channels(session: Session, *, scope: Scope) -> list[Channel]:
    """The province's channels, by name."""
    return list(settings.channels(session, scope.province_code).values())


def check_secrets(session: Session, *, scope: Scope, box: SecretBox) -> int:
    """Open the secret of each channel that has one; how many there are. Raises T5006 when one stays shut."""
    closed = [one.secret for one in list_channels(session, scope=scope) if one.secret is not None]
    for secret in closed:
        box.open(secret)
    return len(closed)


def save_channel(
    session: Session,
    *,
    scope: Scope,
    name: str,
    kind: str,
    config: Mapping[str, Any],
    secret: str | None,
    active: bool,
    box: SecretBox,
    allow_private: bool,
) -> Channel:
    """Set a channel; without a secret the one that stands stays.

    Raises:
        CodedError: C1000 for who may not, T5501 and T5001 for all that is wrong.
    """
    may_administer(scope, "channel")
    check_channel(kind, config, allow_private=allow_private)
    closed = box.close(secret) if secret else None
    saved = Channel(name=name, kind=kind, config=config, secret=closed, active=active)
    settings.put_channel(session, scope.province_code, saved)
    return settings.channels(session, scope.province_code)[name]


def switch_channel(session: Session, *, scope: Scope, name: str, active: bool) -> None:
    """Let messages go by a channel, or by it no more; what waits obeys at once.

    Raises:
        CodedError: C1000 for who may not or when there is none.
    """
    may_administer(scope, "channel")
    if not settings.switch_channel(session, scope.province_code, name, active=active):
        raise fail(NOT_FOUND, what="channel")


def forget_secret(session: Session, *, scope: Scope, name: str) -> None:
    """Take a channel's secret away, for good: it goes on without one. A channel that has none is left as it is.

    Raises:
        CodedError: C1000 for who may not or when there is no such channel.
    """
    may_administer(scope, "channel")
    if not settings.drop_secret(session, scope.province_code, name):
        raise fail(NOT_FOUND, what="channel")


def forget_channel(session: Session, *, scope: Scope, name: str) -> None:
    """Take a channel away.

    Raises:
        CodedError: C1000 for who may not or when there is none, T5503 when a policy or an office names it.
    """
    may_administer(scope, "channel")
    orders = [
        policy_of(session, scope=scope).channels,
        *settings.office_channels(session, scope.province_code).values(),
    ]
    if any(name in order for order in orders):
        raise fail(CHANNEL_IN_USE, name=name)
    if not settings.drop_channel(session, scope.province_code, name):
        raise fail(NOT_FOUND, what="channel")


def count(session: Session, *, scope: Scope, start: datetime, end: datetime) -> list[Count]:
    """Messages made from `start` up to but not including `end`, by local day, kind, channel and state."""
    return figures.counts(session, scope, start=start, end=end)


def standing(session: Session, *, scope: Scope, now: datetime) -> Standing:
    """How the province's channels do, what waits within reach, and how many people want no messages."""
    doings = figures.doings(session, scope, now=aware(now))
    channels = settings.channels(session, scope.province_code).values()
    return Standing(
        channels=tuple((channel, doings.get(channel.name)) for channel in channels),
        waiting=figures.waiting(session, scope),
        opted_out=figures.opted_out(session, scope.province_code),
    )


def list_messages(
    session: Session, *, scope: Scope, states: Collection[State], before: UUID | None = None, limit: int = 50
) -> list[Listed]:
    """Messages of some states, newest first; `before` the last one seen."""
    return store.page(session, scope, states=states, before=before, limit=limit)


def told_of(session: Session, *, scope: Scope, item_ids: Collection[UUID]) -> list[ToldOfItem]:
    """All that was or will be told of items that the caller has found within reach, newest first."""
    return store.told_of_items(session, scope.province_code, item_ids)


def try_again(session: Session, *, scope: Scope, message_id: UUID, now: datetime) -> None:
    """Let a dead message try every channel again; old news is dropped all the same.

    Raises:
        CodedError: C1000 when there is none within reach, T5506 when it is not dead.
    """
    state = store.find_state(session, scope, message_id)
    if state is None:
        raise fail(NOT_FOUND, what="notification")
    if state is not State.DEAD:
        raise fail(NOT_DEAD, state=state.value)
    store.revive(session, scope.province_code, message_id, now=aware(now))


def _unknown(session: Session, scope: Scope, names: Sequence[str]) -> Iterator[Problem]:
    known = settings.channels(session, scope.province_code)
    for name in names:
        if name not in known:
            yield problem(UNKNOWN_CHANNEL, pointer="channels", name=name)

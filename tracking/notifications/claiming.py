"""Before a message is sent: is it still news, may it be sent now, by which channel; and what follows afterwards."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import Clock
from core.db import Database
from core.scope import system_scope
from tracking import store, store_offices
from tracking import store_notification_settings as settings
from tracking import store_notifications as messages
from tracking.feedback.secrets import SecretBox
from tracking.invitations import stays_until
from tracking.model import Item
from tracking.notifications.channels import reaches
from tracking.notifications.contacts import contact_hash, fresh_token
from tracking.notifications.rules import day_start, expected, is_quiet, news_of, next_day, opens_at
from tracking.notifications.segments import segments_of
from tracking.notifications.values import (
    Facts,
    Kind,
    Letter,
    Outcome,
    Place,
    Policy,
    Reason,
    Result,
    State,
    Told,
)
from tracking.notifications.words import words_of
from tracking.standard import load_calendar
from tracking.store_notification_settings import Channel
from tracking.store_notifications import Message, Settled

Window = tuple[datetime, datetime]
# When a paper on today's route is expected; asked of the layer that plans.
Windows = Callable[[Session, Item, datetime], Window | None]

# Before attempt 2, 3, …; afterwards the channel counts as having refused. Later by up to a fifth.
RETRIES_S = (60, 300, 900, 1_800, 3_600)
JITTER = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """What sending needs from outside. `base_url` begins the links, `contact_key` keys the hashes of people."""

    database: Database
    box: SecretBox
    clock: Clock
    windows: Windows
    base_url: str
    contact_key: bytes
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that is being sent from now on."""

    message: Message
    channel: Channel
    letter: Letter
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    channel: Channel
    address: str
    hash: str


def claim(
    session: Session, port: Port, province_code: str, message_id: UUID, *, resting: frozenset[str]
) -> Claimed | None:
    """Take a message for sending, in a transaction that ends before it is sent; None when it is not to be sent now.

    All that speaks against it is asked for here, at the last moment. `resting`: channels that take nothing at present.
    """
    message = messages.lock_message(session, province_code, message_id)
    if message is None:
        return None
    claiming = _Claim(session, port, province_code, message, port.clock())
    return claiming.run(settings.policy(session, province_code), resting)


def end_of(message: Message, outcome: Outcome, *, safe: bool, now: datetime, rng: random.Random) -> Settled:
    """What follows a sending; `safe`: the provider takes the same id only once.

    What was perhaps taken goes to no other channel, and again to the same one only where that is safe.
    """
    perhaps = message.perhaps or outcome.result is Result.UNSURE
    attempts, refused_by, state = message.attempts + 1, message.refused_by, State.PENDING
    next_at = now
    gives_up = attempts > len(RETRIES_S)
    if outcome.result is Result.SENT:
        state = State.SENT
    elif perhaps and (not safe or gives_up or outcome.result is Result.REFUSED):
        state = State.UNSURE
    elif outcome.result is Result.REFUSED or gives_up:
        attempts, refused_by = 0, (*refused_by, message.channel or "")
    else:
        next_at = now + timedelta(seconds=RETRIES_S[attempts - 1] * (1 + JITTER * rng.random()))
    return Settled(
        state=state, next_at=next_at, refused_by=refused_by, attempts=attempts, perhaps=perhaps, error=outcome.error
    )


@dataclass(frozen=True, slots=True)
class _Claim:
    session: Session
    port: Port
    province_code: str
    message: Message
    now: datetime

    def run(self, policy: Policy | None, resting: frozenset[str]) -> Claimed | None:
        if policy is None or not policy.active or self.message.kind not in policy.kinds:
            self._end(State.DROPPED, Reason.OFF)
        elif is_quiet(policy, self.now):
            self._wait(opens_at(policy, self.now))
        else:
            return self._take_news(policy, resting)
        return None

    def _take_news(self, policy: Policy, resting: frozenset[str]) -> Claimed | None:
        told, window = self._news()
        if not told:
            self._end(State.DROPPED, Reason.OLD)
            return None
        way = self._way(policy, told)
        if not isinstance(way, _Way):
            self._end(*way)
        elif self._is_enough(policy):
            self._wait(next_day(policy, self.now))
        elif way.channel.name in resting:
            self._wait(self.now + timedelta(seconds=RETRIES_S[0]))
        else:
            return self._take(policy, way, told, window)
        return None

    def _is_enough(self, policy: Policy) -> bool:
        since = day_start(self.now)
        return messages.sent_since(self.session, self.province_code, self.message.person_hash, since) >= (
            policy.daily_limit
        )

    def _news(self) -> tuple[tuple[Told, ...], Window | None]:
        happened = messages.told_of(self.session, self.province_code, self.message.id)
        items = store.find_any_items(self.session, self.province_code, happened)
        told = [Told(item=items[item], happened_at=at) for item, at in happened.items() if item in items]
        kind, window = self.message.kind, None
        told = list(news_of(kind, told, None, self.now))
        if kind is Kind.COMING and told:
            window = self.port.windows(self.session, told[0].item, self.now)
            told = expected(told, window)
        return news_of(kind, told, window, self.now), window

    def _way(self, policy: Policy, told: tuple[Told, ...]) -> _Way | tuple[State, Reason | None]:
        """The first channel that may be used; else why there is none.

        Who wants none by phone or mail wants none: no channel goes round that.
        """
        phone, mail = self._addresses(told)
        if self._wants_none(phone, mail):
            return State.DROPPED, Reason.OPTED_OUT
        own = settings.office_channels(self.session, self.province_code).get(self.message.office_id)
        known = settings.channels(self.session, self.province_code)
        names = [name for name in (own if own is not None else policy.channels) if name not in self.message.refused_by]
        if self.message.perhaps:
            names = [name for name in names if name == self.message.channel]
        usable = [known[name] for name in names if name in known and known[name].active]
        for channel in usable:
            address = mail if reaches(channel) == "email" else phone
            if address:
                return _Way(channel=channel, address=address, hash=contact_hash(self.port.contact_key, address))
        if self.message.refused_by:
            return State.DEAD, None
        return State.DROPPED, Reason.NO_ADDRESS if usable else Reason.NO_CHANNEL

    def _addresses(self, told: tuple[Told, ...]) -> tuple[str, str]:
        """Phone and mail address of the person, empty where there is none."""
        mail = messages.email_of(self.session, self.province_code, [one.item.id for one in told])
        return told[0].item.addressee.phone, mail

    def _wants_none(self, *addresses: str) -> bool:
        hashes = {contact_hash(self.port.contact_key, address) for address in addresses if address}
        return bool(settings.opted_out(self.session, self.province_code, hashes))

    def _take(self, policy: Policy, way: _Way, told: tuple[Told, ...], window: Window | None) -> Claimed:
        token = settings.token_of(self.session, self.province_code, way.hash, fresh_token())
        stop_url = f"{self.port.base_url}/n/{token}"
        facts = Facts(
            kind=self.message.kind,
            told=told,
            office=self._office(told[0].item),
            track_url=f"{self.port.base_url}/t/{told[0].item.tracking_code.replace('-', '')}",
            stop_url=stop_url,
            window=window,
            stays_until=self._stays_until(told[0].item),
        )
        words = words_of(facts, policy.language, accents=policy.accents)
        is_short = reaches(way.channel) == "phone"
        messages.claim(
            self.session,
            self.province_code,
            self.message.id,
            channel=way.channel.name,
            address=way.address,
            words=words.short if is_short else words.long,
            parts=segments_of(words.short).parts if is_short else None,
            now=self.now,
        )
        letter = Letter(
            message_id=self.message.id,
            kind=self.message.kind,
            to=way.address,
            words=words,
            stop_url=stop_url,
            language=policy.language,
        )
        # What was tried with another channel says nothing of this one.
        message = self.message.by(way.channel.name)
        return Claimed(message=message, channel=way.channel, letter=letter, at=self.now)

    def _stays_until(self, item: Item) -> date | None:
        if self.message.kind is not Kind.INVITED:
            return None
        return stays_until(item, load_calendar(self.session, self.province_code))

    def _office(self, item: Item) -> Place:
        offices = store_offices.offices(self.session, system_scope(self.province_code))
        found = next(office for office in offices if office.id == item.office_id)
        return Place(name=found.name, address=found.address, phone=found.phone)

    def _wait(self, until: datetime) -> None:
        messages.postpone(self.session, self.province_code, self.message.id, until)

    def _end(self, state: State, reason: Reason | None = None) -> None:
        end = Settled(
            state=State.UNSURE if self.message.perhaps else state,
            next_at=self.now,
            refused_by=self.message.refused_by,
            attempts=self.message.attempts,
            perhaps=self.message.perhaps,
            error=None,
            reason=reason,
        )
        messages.settle(self.session, self.province_code, self.message.id, end, now=self.now)

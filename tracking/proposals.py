"""What citizens say of their doors: little trust, until the office or a delivery says the same.

A citizen's place narrows a vague pin at once: it must lie within the pin's own circle and be surer by half. It never
moves a pin that is sure, that a delivery has taught or that a person of the post has set. Everything said waits for the
office, which makes it a correction or takes it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.db import CHANNEL, notify
from core.errors import NOT_FOUND, CodedError, Problem, fail, problem
from core.ids import new_id
from core.scope import Scope
from geodata.communes import metres_between
from geodata.doors import Observation, Teaching, proposed_error_m
from geodata.model import PointSource
from geodata.points import DoorBook, DoorKeys, Pin
from geodata.units import units_of
from tracking import errors, fields, reading, store_household, store_proposals
from tracking.door_care import place_mistake
from tracking.doors import is_worth_moving, keep_lesson, move_pins
from tracking.lifecycle import ENDS
from tracking.model import Item
from tracking.proposal_values import Proposal, Saying

CITIZEN = "citizen"
LONGEST_WORDS = 300
# One item, a few tries: the office must be able to look at each.
MOST_OPEN = 5
_WORDS_KEPT = timedelta(days=90)
_SURER = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What a citizen's word came to: kept as `proposal`, and the items whose pins it moved at once."""

    proposal: Proposal
    moved: tuple[UUID, ...]


def propose_door(session: Session, *, scope: Scope, item_id: UUID, saying: Saying, now: datetime) -> Proposed:
    """Keep what a citizen says of the door of an item. The same said again is one proposal.

    Raises:
        CodedError: C1000 out of reach, T1022 and T2304-T2307, T1012 and T2302 for a place that cannot be, all
            at once.
    """
    now = aware(now)
    item = reading.find_item(session, scope=scope, item_id=item_id)
    mistakes = _mistakes(session, item, saying)
    if mistakes:
        raise CodedError(mistakes)
    standing = store_household.lock_open_items(session, item.province_code, item.household_key or "")
    waiting = store_proposals.open_of_item(session, item.province_code, item.id)
    known = next((one for one in waiting if _says(one) == saying), None)
    if known is not None:
        return Proposed(proposal=known, moved=())
    if len(waiting) >= MOST_OPEN:
        raise fail(errors.PROPOSALS_TOO_MANY, limit=MOST_OPEN)
    lesson = _lesson(session, item, saying, scope, now)
    moved = _follow(session, item, standing, lesson, now) if lesson is not None else ()
    proposal = Proposal(
        province_code=item.province_code,
        id=new_id(now),
        item_id=item.id,
        office_id=item.office_id,
        words=saying.words,
        place=saying.place,
        point=saying.point,
        accuracy_m=saying.accuracy_m,
        lesson_id=lesson.id if lesson is not None else None,
        proposed_at=now,
    )
    store_proposals.add_proposal(session, proposal)
    _announce(session, proposal, "door_proposed", now)
    return Proposed(proposal=proposal, moved=moved)


def open_proposals(session: Session, *, scope: Scope) -> list[Proposal]:
    """What waits for the offices within reach, oldest first."""
    return store_proposals.open_of_offices(session, scope)


def close_proposal(session: Session, *, scope: Scope, proposal_id: UUID, accepted: bool, now: datetime) -> Proposal:
    """Say that the office has looked; what follows for the pin is the caller's.

    Raises:
        CodedError: C1000 out of reach, or decided before.
    """
    found = store_proposals.find_open(session, scope, proposal_id)
    if found is None:
        raise fail(NOT_FOUND, what="proposal")
    store_proposals.decide(session, found, accepted=accepted, by=scope.actor, at=aware(now))
    _announce(session, found, "door_decided", now)
    return found


def citizens_lessons(session: Session, *, province_code: str, lessons: Sequence[UUID]) -> dict[UUID, str | None]:
    """Of lessons, those that citizens' words became, and which actor of the office took each over, if any."""
    return store_proposals.citizens_lessons(session, province_code, lessons)


def erase_old_words(session: Session, *, now: datetime) -> int:
    """Take out the words of proposals that nobody decided for 90 days; returns how many."""
    return store_proposals.erase_words(session, aware(now) - _WORDS_KEPT)


def _announce(session: Session, proposal: Proposal, kind: str, now: datetime) -> None:
    """After the commit, tell the office's screens: ids only."""
    change = {
        "province": proposal.province_code,
        "office": str(proposal.office_id),
        "proposal": str(proposal.id),
        "kind": kind,
        "event": str(new_id(now)),
    }
    notify(session, CHANNEL, change)


def _mistakes(session: Session, item: Item, saying: Saying) -> list[Problem]:
    found = []
    if item.status in ENDS:
        found.append(problem(errors.PROPOSAL_LATE))
    if not (saying.words or saying.place or saying.point):
        found.append(problem(errors.PROPOSAL_EMPTY))
    if len(saying.words) > LONGEST_WORDS:
        found.append(problem(errors.PROPOSAL_LONG, pointer="/words", limit=LONGEST_WORDS))
    if not fields.is_printable(saying.words):
        found.append(problem(errors.TEXT_NOT_PRINTABLE, pointer="/words", field="words"))
    if saying.point is not None:
        wrong = place_mistake(item, saying.point, units_of(session).index)
        found += [wrong] if wrong is not None else []
    return found


def _says(proposal: Proposal) -> Saying:
    return Saying(words=proposal.words, place=proposal.place, point=proposal.point, accuracy_m=proposal.accuracy_m)


def _lesson(session: Session, item: Item, saying: Saying, scope: Scope, now: datetime) -> Observation | None:
    """The lesson it is at once; None where the pin is sure enough, or the place contradicts it."""
    if saying.point is None or saying.accuracy_m is None or not _narrows(item, saying):
        return None
    lesson = Observation(
        id=new_id(now),
        kind=Teaching.PROPOSAL,
        point=saying.point,
        accuracy_m=max(1.0, saying.accuracy_m),
        taught_by=scope.actor,
        observed_at=now,
        recorded_at=now,
    )
    return lesson if keep_lesson(session, item, lesson) else None


def _narrows(item: Item, saying: Saying) -> bool:
    if item.household_key is None or item.commune_code is None or item.point is None or item.error_m is None:
        return False
    assert saying.point is not None  # noqa: S101  asked before
    error_m = proposed_error_m(saying.accuracy_m or 0.0)
    away_m = metres_between(item.point, saying.point)
    return error_m <= _SURER * item.error_m and away_m <= item.error_m + error_m


def _follow(session: Session, item: Item, standing: list[Item], lesson: Observation, now: datetime) -> tuple[UUID, ...]:
    """Move the household's open items to what the door is now believed to be, where that is the proposal."""
    keys = DoorKeys.of(item.household_key or "", item.address, item.commune_code or "")
    door = DoorBook.read(session, item.province_code, [keys], now=now).household(keys)
    if door is None or door.corrected or door.point != lesson.point:
        return ()
    pin = Pin(point=door.point, error_m=door.error_m, source=PointSource.LEARNED_DOOR)
    vague = [one for one in standing if one.point_source is not PointSource.GIVEN and is_worth_moving(one, pin)]
    data = {"by": CITIZEN, "lesson": str(lesson.id)}
    move_pins(session, [(one, pin) for one in vague], now=now, actor=lesson.taught_by, data=data)
    return tuple(one.id for one in vague)

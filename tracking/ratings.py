"""Ratings: once for a delivery, to be changed for a while; the first measure of the service."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import CodedError, problem
from core.scope import Scope, system_scope
from tracking import errors_voices as errors
from tracking import reading, store_voices
from tracking.complaint_values import Rating, words_mistakes
from tracking.model import Item

LONGEST_WORDS = 300
RATED_WITHIN = timedelta(days=60)
CHANGED_WITHIN = timedelta(days=7)


def rate(session: Session, *, scope: Scope, item_id: UUID, stars: int, words: str, now: datetime) -> Rating:
    """Give a delivery 1 to 5 stars; the same citizen may change them for a week.

    Raises:
        CodedError: C1000 for an item out of reach; T8001 to T8005 and T1022, all at once.
    """
    now, words = aware(now), words.strip()
    item = reading.find_item(session, scope=scope, item_id=item_id)
    found = words_mistakes(words, limit=LONGEST_WORDS)
    if not 1 <= stars <= 5:
        found.append(problem(errors.STARS_WRONG, pointer="/stars"))
    known = store_voices.find_rating(session, item.province_code, item.id)
    until = rated_until(session, item, known)
    if until is None:
        found.append(problem(errors.NOT_DELIVERED))
    elif now > until:
        found.append(problem(errors.RATING_LATE, until=f"{until:%d/%m/%Y}"))
    if found:
        raise CodedError(found)
    rating = Rating(
        item_id=item.id, stars=stars, words=words, rated_at=known.rated_at if known else now, changed_at=now
    )
    store_voices.put_rating(session, item.province_code, rating)
    return rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An item's rating, and until when one may be given or changed; None before delivery."""

    rating: Rating | None
    until: datetime | None


def standing(session: Session, *, province_code: str, item_id: UUID) -> Standing:
    """How rating an item stands."""
    known = store_voices.find_rating(session, province_code, item_id)
    item = reading.find_item(session, scope=system_scope(province_code), item_id=item_id)
    return Standing(rating=known, until=rated_until(session, item, known))


def rated_until(session: Session, item: Item, known: Rating | None) -> datetime | None:
    """Until when a rating may be given or changed; None before delivery."""
    delivered_at = reading.delivered_at(session, item)
    if delivered_at is None:
        return None
    return known.rated_at + CHANGED_WITHIN if known is not None else delivered_at + RATED_WITHIN

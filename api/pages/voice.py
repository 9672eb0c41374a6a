"""What the page shows of a rating and of complaints, and what its forms hold."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.pages.journey import day_text
from api.pages.texts_voice import KIND, STATE
from api.pages.typed import Typed
from core.clock import local_date
from tracking import complaints, ratings
from tracking.complaint_values import LONGEST_WORDS, RUNNING, Complaint, ComplaintKind
from tracking.public_values import PublicView


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A complaint in words."""

    number: int
    kind: str
    state: str
    running: bool
    filed_on: str
    due_on: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The forms for a rating and a complaint. `stars` 0: none given yet."""

    token: str
    may_rate: bool
    rated: bool
    stars: int
    rating: str
    filed: tuple[Filed, ...]
    kinds: tuple[tuple[str, str], ...]
    kind: str
    complaint: str
    thanks: str
    longest_rating: int = ratings.LONGEST_WORDS
    longest_complaint: int = LONGEST_WORDS


def voice_of(session: Session, view: PublicView, typed: Typed, token: str, language: str, now: datetime) -> Voice:
    """The forms as they stand for an item."""
    standing = ratings.standing(session, province_code=view.province_code, item_id=view.item_id)
    known = standing.rating
    filed = complaints.complaints_of_item(session, province_code=view.province_code, item_id=view.item_id)
    return Voice(
        token=token,
        may_rate=standing.until is not None and now <= standing.until,
        rated=known is not None,
        stars=typed.stars or (known.stars if known else 0),
        rating=typed.rating or (known.words if known else ""),
        filed=tuple(_filed(one, language) for one in filed),
        kinds=tuple((kind.value, KIND[language][kind]) for kind in ComplaintKind),
        kind=typed.kind,
        complaint=typed.complaint,
        thanks=typed.thanks,
    )


def _filed(one: Complaint, language: str) -> Filed:
    return Filed(
        number=one.number,
        kind=KIND[language][one.kind],
        state=STATE[language][one.state],
        running=one.state in RUNNING,
        filed_on=day_text(local_date(one.filed_at)),
        due_on=day_text(one.due_on),
        answer=one.answer,
    )

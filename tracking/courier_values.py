"""What a courier may and must do on the road, as values."""

from dataclasses import dataclass
from datetime import time

MOST_SKILLS = 20
MOST_BREAKS = 4
MOST_BREAK_MINUTES = 180
MOST_RELOAD_MINUTES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierBreak:
    """A rest of `minutes` that begins at or after `earliest` and at or before `latest`, local time."""

    earliest: time
    latest: time
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a courier may and must do. Without a word: all but what needs a skill, with no breaks and no overtime.

    `skills`: what he was trained for, in the words of the procedures' rules. `in_person`: may identify addressees whose
    papers go to nobody else. `overtime_until`: back from the last shift by then at the latest; None: at its end.
    `reload_minutes`: from one round's return to the next one's departure, at the least.
    """

    skills: tuple[str, ...] = ()
    in_person: bool = True
    breaks: tuple[CourierBreak, ...] = ()
    overtime_until: time | None = None
    reload_minutes: int = 0

"""The days of invitations to collect a held paper. Pure."""

from datetime import date

from core.calendar import WorkingCalendar
from tracking.model import Item

# Luật Bưu chính 49/2010/QH12, art. 17: invited at least twice, two working days apart, and did not come.
INVITATIONS_NEEDED = 2
DAYS_BETWEEN = 2


def next_invitation_on(invited_on: date | None, today: date, calendar: WorkingCalendar) -> date:
    """The first day on which the next invitation counts."""
    return today if invited_on is None else max(today, calendar.add(invited_on, DAYS_BETWEEN))


def stays_until(item: Item, calendar: WorkingCalendar) -> date | None:
    """By when its addressee is asked to come: until the next invitation counts, after the last one that very day; from
    then on the paper may go back. None for one that nobody was invited for.
    """
    if item.invited_on is None or item.invitations >= INVITATIONS_NEEDED:
        return item.invited_on
    return calendar.add(item.invited_on, DAYS_BETWEEN)

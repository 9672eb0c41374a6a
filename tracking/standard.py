"""The service standard: two clocks in working days, the agency's until hand-over and the post's from hand-over on.

The post publishes J+1 for communes of the centre, J+2 for outlying ones and J+6 for other provinces, without Saturdays,
Sundays and holidays; J is the day of hand-over (`tracking.hand_over`), so the clock starts on the next working day. The
agency's clock ends at hand-over and is held against the due date (Decision 766/QĐ-TTg counts its share of on-time
results). A dossier fetched at home has the post's clock alone, from the citizen's door to the agency's signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from core.calendar import WorkingCalendar
from core.clock import local_date
from geodata.bundled import commune_provinces
from tracking import store_standard as store
from tracking.model import Item
from tracking.pause_values import Pause, PauseReason
from tracking.pauses import paused_days

CENTRE_DAYS, OUTLYING_DAYS, BEYOND_DAYS = 1, 2, 6


class Timeliness(StrEnum):
    """Where an item stands against a clock. NOT_STARTED: the post does not have it yet, so its clock does not run; what
    is RETURNED to its agency counts for no clock.
    """

    NOT_STARTED = "not_started"
    EARLY = "early"
    ON_TIME = "on_time"
    OVERDUE = "overdue"
    RUNNING = "running"
    RUNNING_OVERDUE = "running_overdue"
    RETURNED = "returned"


IN_TIME = frozenset({Timeliness.EARLY, Timeliness.ON_TIME})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStandard:
    """A province's promise: working days from hand-over to delivery, and the calendar that counts them.

    `pause_reasons` are the ones for which the post's clock stands still. Without a `province_code` no commune is one of
    another province.
    """

    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    centre_days: int = CENTRE_DAYS
    outlying_days: int = OUTLYING_DAYS
    beyond_days: int = BEYOND_DAYS
    province_code: str | None = None
    centre_commune_codes: frozenset[str] = frozenset()
    pause_reasons: frozenset[PauseReason] = frozenset(PauseReason)

    def allowed_days(self, commune_code: str | None) -> int:
        """Working days to a commune; a place not known yet is taken for outlying."""
        home = commune_provinces().get(commune_code or "") if self.province_code else None
        if home not in (None, self.province_code):
            return self.beyond_days
        return self.centre_days if commune_code in self.centre_commune_codes else self.outlying_days


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """The dates of an item that the clocks need, all local; both ends None while it is under way.

    `handed_over_on`: when the post got it, None before. `delivered_on`: when whom it is for got it, the recipient, or
    the agency a dossier that was fetched at home.
    """

    handed_over_on: date | None
    due_on: date
    commune_code: str | None
    delivered_on: date | None = None
    returned_on: date | None = None
    pauses: tuple[Pause, ...] = ()


def facts_of(item: Item) -> ItemFacts:
    """The dates of an item under way."""
    return ItemFacts(
        handed_over_on=local_date(item.handed_over_at) if item.handed_over_at else None,
        due_on=item.due_on,
        commune_code=item.commune_code,
        pauses=item.pauses,
    )


def due_by(facts: ItemFacts, standard: ServiceStandard, *, today: date) -> date:
    """The last day on which delivery is in time by the post's standard, later by each day its clock stood still.

    A pause that has not ended counts up to delivery, else to the end of `today`. What the post does not have yet is
    due as if it were handed over today.
    """
    start, until = _started_on(facts) or today, facts.delivered_on or today
    ends = (one.to_on for one in facts.pauses if one.to_on is not None)
    # Before it started, the clock did not stand still: somebody was out when the courier came for a dossier.
    pauses = [replace(one, from_on=max(one.from_on, start)) for one in facts.pauses]
    still = paused_days(pauses, standard.calendar, counted=standard.pause_reasons, until=max((until, *ends)))
    return standard.calendar.add(start, standard.allowed_days(facts.commune_code) + still)


def post_clock(facts: ItemFacts, standard: ServiceStandard, *, today: date) -> Timeliness:
    """Where the item stands against the post's standard at the end of `today`."""
    last = due_by(facts, standard, today=today)
    if facts.delivered_on is not None:
        return _against(facts.delivered_on, last)
    if facts.returned_on is not None:
        return Timeliness.RETURNED
    if facts.handed_over_on is None:
        return Timeliness.NOT_STARTED
    return Timeliness.RUNNING_OVERDUE if today > last else Timeliness.RUNNING


def agency_clock(facts: ItemFacts, *, today: date) -> Timeliness:
    """Whether the agency handed the result over by its due date; while it has not, whether it still can."""
    started_on = _started_on(facts)
    if started_on is not None:
        return _against(started_on, facts.due_on)
    if facts.returned_on is not None:
        return Timeliness.RETURNED
    return Timeliness.RUNNING_OVERDUE if today > facts.due_on else Timeliness.RUNNING


def transit_days(facts: ItemFacts, standard: ServiceStandard) -> int | None:
    """Working days from hand-over to delivery; 0 when it was delivered before the clock started, None under way."""
    started_on = _started_on(facts)
    if facts.delivered_on is None or started_on is None:
        return None
    return max(0, standard.calendar.between(started_on, facts.delivered_on))


def will_be_overdue(facts: ItemFacts, standard: ServiceStandard, *, today: date, planned_on: date | None) -> bool:
    """Whether an item that the post has will miss the standard as things stand.

    It is delivered on the day it is planned for, at the earliest today; one without a plan on the next working day.
    """
    if facts.handed_over_on is None or facts.delivered_on is not None or facts.returned_on is not None:
        return False
    earliest = standard.calendar.add(today, 1) if planned_on is None else max(planned_on, today)
    return earliest > due_by(facts, standard, today=earliest)


def _started_on(facts: ItemFacts) -> date | None:
    """The day of hand-over; what was delivered had been handed over, whatever is known of it."""
    return facts.handed_over_on or facts.delivered_on


def _against(done_on: date, last: date) -> Timeliness:
    if done_on > last:
        return Timeliness.OVERDUE
    return Timeliness.ON_TIME if done_on == last else Timeliness.EARLY


def load_calendar(session: Session, province_code: str) -> WorkingCalendar:
    """The working days of a province: the national calendar under the province's own overrides."""
    setting = store.setting_of(session, province_code)
    return WorkingCalendar(
        overrides=store.overrides_of(session, province_code),
        saturday_works=setting.saturday_works if setting else False,
    )


def load_standard(session: Session, province_code: str) -> ServiceStandard:
    """A province's standard; J+1, J+2 and J+6 with every commune of its own outlying where it has set none."""
    calendar, setting = load_calendar(session, province_code), store.setting_of(session, province_code)
    if setting is None:
        return ServiceStandard(calendar=calendar, province_code=province_code)
    return ServiceStandard(
        calendar=calendar,
        centre_days=setting.centre_days,
        outlying_days=setting.outlying_days,
        beyond_days=setting.beyond_days,
        province_code=province_code,
        centre_commune_codes=setting.centre_commune_codes,
        pause_reasons=frozenset(PauseReason(one) for one in setting.pause_reasons),
    )


def save_standard(session: Session, province_code: str, standard: ServiceStandard) -> None:
    """Set a province's days, centre and Saturdays; `standard.calendar.overrides` are saved by `save_overrides`."""
    setting = store.StandardSetting(
        centre_days=standard.centre_days,
        outlying_days=standard.outlying_days,
        beyond_days=standard.beyond_days,
        saturday_works=standard.calendar.saturday_works,
        centre_commune_codes=standard.centre_commune_codes,
        pause_reasons=frozenset(one.value for one in standard.pause_reasons),
    )
    store.save_setting(session, province_code, setting)


def save_overrides(session: Session, province_code: str, overrides: Mapping[date, bool], *, reason: str) -> None:
    """Declare days working (True) or closed (False); a day declared before is declared anew."""
    store.save_overrides(session, province_code, overrides, reason=reason)

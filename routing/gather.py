"""What a day's plan starts from: the office, who is on duty, what lies ready, what waits for an address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import instant
from core.errors import NOT_FOUND, fail
from core.scope import Scope, system_scope
from geodata import store_learned, store_zones
from geodata.learned_service import STANDARD, ServiceFactors
from routing import store, store_familiarity, store_horizon
from routing.familiarity import NOTHING_KNOWN, REMEMBERED, Known, PastStop
from routing.horizon_values import DayRule
from routing.model import ServicePolicy
from routing.stored import PlanHead, PlanState
from routing.usual import LOOKED_BACK, SeenItem
from tracking import service as tracking
from tracking.model import Courier, Item, Office, Status
from tracking.rule_values import ProcedureRule
from tracking.standard import ServiceStandard, load_standard


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInput:
    """Everything read for one office and day; `unresolved` are the items whose address waits for a person.

    `service` is what visits were seen to take there, `standard` what the province promises, with its calendar, `known`
    who knows which place, `procedures` what papers ask of who brings them. Where the choice of day asks for them:
    `seen` the items of the last weeks, `coming` who works for the office on the next working days.
    """

    office: Office
    couriers: tuple[Courier, ...]
    items: tuple[Item, ...]
    unresolved: tuple[UUID, ...]
    service: ServiceFactors = STANDARD
    standard: ServiceStandard = field(default_factory=ServiceStandard)
    known: Known = NOTHING_KNOWN
    seen: tuple[SeenItem, ...] = ()
    coming: tuple[tuple[Courier, ...], ...] = ()
    procedures: tuple[ProcedureRule, ...] = ()

    def on_duty(self, absent: frozenset[UUID]) -> tuple[Courier, ...]:
        """The couriers but those who stay at home."""
        return tuple(courier for courier in self.couriers if courier.id not in absent)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRules:
    """What visits of a province are seen to take, what it promises its citizens, what its procedures ask."""

    service: ServiceFactors = STANDARD
    standard: ServiceStandard = field(default_factory=ServiceStandard)
    procedures: tuple[ProcedureRule, ...] = ()


def day_rules(session: Session, province_code: str) -> DayRules:
    """The rules by which items become visits."""
    return DayRules(
        service=ServiceFactors.of(store_learned.learned_service(session, province_code)),
        standard=load_standard(session, province_code),
        procedures=tuple(tracking.list_rules(session, province_code=province_code)),
    )


def gather(session: Session, head: PlanHead) -> DayInput:
    """Read the day: READY items, and those of a published plan of that day or before that nobody has taken out yet.

    Items whose day or appointment is later come along: the plan says so.
    """
    scope = system_scope(head.province_code)
    published = store.heads(session, scope, office_id=head.office_id, states=(PlanState.PUBLISHED,))
    later = {plan.id for plan in published if plan.day > head.day}
    items = [
        item
        for item in _of_office(session, scope, head.office_id)
        if item.holder_courier_id is None and item.plan_id not in later
    ]
    queue = tracking.address_queue(session, scope=replace(scope, office_ids=frozenset({head.office_id})), limit=200)
    rules = day_rules(session, head.province_code)
    couriers, *coming = _crews(session, scope, head, rules.standard)
    everybody = {courier.id for crew in (couriers, *coming) for courier in crew}
    return DayInput(
        office=find_office(session, scope, head.office_id),
        couriers=couriers,
        coming=tuple(coming),
        known=known_places(session, scope, head, sorted(everybody)),
        items=tuple(items),
        unresolved=tuple(one.item.id for one in queue),
        service=rules.service,
        standard=rules.standard,
        procedures=rules.procedures,
        seen=tuple(_seen(session, scope, head)),
    )


def _crews(session: Session, scope: Scope, head: PlanHead, standard: ServiceStandard) -> Iterator[tuple[Courier, ...]]:
    """Who works for the office on the plan's day; for the choice of day on the next working days too."""
    rule = DayRule(day_value_s=head.params.day_value_s)
    ahead = rule.days_seen if head.params.policy is ServicePolicy.HORIZON else 0
    for day in (head.day, *(standard.calendar.add(head.day, n) for n in range(1, ahead + 1))):
        yield tuple(tracking.list_couriers(session, scope=scope, office_id=head.office_id, on=day))


def known_places(session: Session, scope: Scope, head: PlanHead, couriers: Sequence[UUID]) -> Known:
    """Who knows which place on a plan's day, at the plan's price."""
    beats = store_zones.beats(session, head.province_code, list(couriers))
    past = _past(session, scope, head)
    return Known(beats=tuple(beats.values()), past=tuple(past), price_s=head.params.familiarity_s)


def _seen(session: Session, scope: Scope, head: PlanHead) -> Iterator[SeenItem]:
    if head.params.policy is ServicePolicy.HORIZON:
        since = instant(head.day, 0) - LOOKED_BACK
        yield from store_horizon.seen_items(session, scope, head.office_id, since=since)


def _past(session: Session, scope: Scope, head: PlanHead) -> list[PastStop]:
    if not head.params.familiarity_s:
        return []
    first_on, last_on = head.day - REMEMBERED, head.day - timedelta(days=1)
    return store_familiarity.past_stops(session, scope, head.office_id, first_on=first_on, last_on=last_on)


def find_office(session: Session, scope: Scope, office_id: UUID) -> Office:
    """One office.

    Raises:
        CodedError: C1000 when it is out of reach.
    """
    found = next((office for office in tracking.list_offices(session, scope=scope) if office.id == office_id), None)
    if found is None:
        raise fail(NOT_FOUND, what="office")
    return found


def _of_office(session: Session, scope: Scope, office_id: UUID) -> Iterator[Item]:
    cursor: str | None = None
    while True:
        page = tracking.list_items(
            session, scope=scope, office_id=office_id, status=(Status.READY, Status.PLANNED), after=cursor, limit=200
        )
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return

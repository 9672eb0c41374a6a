"""From the items of an office to the problem of its day: households become visits, due dates become prizes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

import numpy as np

from core.clock import local_date, second_of
from geodata.learned_service import STANDARD, ServiceFactors
from geodata.model import LonLat
from geodata.travel_values import TravelMatrix
from routing import errors
from routing.errors import reason
from routing.familiarity import NOTHING_KNOWN, Known
from routing.model import DAY_S, Break, PlanParams, Problem, ServicePolicy, Shift, Vehicle, Visit
from routing.needs import Needs, may_share, needs_of
from routing.objective import WEIGHTS, prize
from routing.stored import StoredUnplanned
from tracking.model import Courier, Item, Office
from tracking.rule_values import ProcedureRule
from tracking.standard import ServiceStandard, due_by, facts_of

# Parking, calling, greeting, and putting everything away again.
SETUP_S = 150
# One item: identity shown, papers counted, signature, photo.
PER_ITEM_S = 60
# Money counted and change given.
MONEY_S = 45
# Within this radius the door is seen from where the map led to.
FOUND_WITHIN_M = 50
# Beyond, the courier rides up and down the radius at 15 km/h, asking; after eight minutes he calls or gives up.
SEARCH_MPS = 15 / 3.6
SEARCH_MAX_S = 480
# Appointments of one household that share less than this become visits of their own.
_SHARED_S = 900
_FAIR_SLACK = 1.2
_FAIR_LEAST_S = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A day's visits, each with its place (`points[0]` is the office), and the items that cannot become a visit."""

    visits: tuple[Visit, ...]
    points: tuple[LonLat, ...]
    left_out: tuple[StoredUnplanned, ...]


@dataclass(slots=True)
class _Household:
    """Items of one door being gathered, with the appointment they share (seconds of the day) and what they ask."""

    items: list[Item]
    window: tuple[int, int] | None
    needs: Needs

    def accepts(self, window: tuple[int, int] | None) -> bool:
        if window is None or self.window is None:
            return True
        return min(self.window[1], window[1]) - max(self.window[0], window[0]) >= _SHARED_S

    def add(self, item: Item, window: tuple[int, int] | None, needs: Needs) -> None:
        self.items.append(item)
        self.needs |= needs
        if window is not None and self.window is not None:
            window = max(self.window[0], window[0]), min(self.window[1], window[1])
        self.window = window or self.window


def batch(
    items: Iterable[Item],
    *,
    office: Office,
    day: date,
    standard: ServiceStandard,
    policy: ServicePolicy,
    service: ServiceFactors = STANDARD,
    procedures: Sequence[ProcedureRule] = (),
    crew: Sequence[Courier | Vehicle] = (),
) -> Batch:
    """Group the items of a day into visits; items without a place or for a later day are left out with their reason.

    `procedures` say what papers ask of who brings them; `crew` is on duty.
    """
    left_out, doors = [], dict[str, list[_Household]]()
    for item in sorted(items, key=lambda i: i.id):
        refused = _refused(item, day)
        if refused is not None:
            left_out.append(refused)
        else:
            _gather(doors, item, _window(item, day), needs_of(item, procedures), crew)
    visits, points = [], [office.point]
    known: dict[LonLat, int] = {}
    for key, households in sorted(doors.items()):
        for n, household in enumerate(households):
            visit_id = key if n == 0 else f"{key}~{n + 1}"
            point, location = _surest(household.items), len(points)
            if _is_sure(household.items):
                # Households of one house: parked once, found once.
                location = known.setdefault(point, location)
            visits.append(
                _visit(visit_id, household, location, service=service, day=day, standard=standard, policy=policy)
            )
            if location == len(points):
                points.append(point)
    return Batch(visits=tuple(visits), points=tuple(points), left_out=tuple(left_out))


def unresolved(item_ids: Sequence[UUID]) -> list[StoredUnplanned]:
    """What is said about items that wait in the address queue."""
    return [
        StoredUnplanned(visit_id=None, item_ids=(item_id,), reasons=(reason(errors.ADDRESS_UNRESOLVED),))
        for item_id in item_ids
    ]


def build_problem(
    found: Batch,
    *,
    office: Office,
    couriers: Sequence[Courier],
    travel: TravelMatrix,
    day: date,
    params: PlanParams,
    known: Known = NOTHING_KNOWN,
) -> Problem:
    """The frozen problem of a batch; couriers named absent stay at home."""
    on_duty = [courier for courier in couriers if courier.id not in params.absent]
    vehicles = tuple(vehicle_of(courier, known) for courier in on_duty)
    return Problem(
        day=day,
        office_ids=(office.id,),
        visits=found.visits,
        vehicles=vehicles,
        travel=travel,
        points=found.points,
        weights=WEIGHTS,
        fair_work_s=fair_work(found.visits, vehicles, travel),
        params=params,
        unfamiliar=known.prices(
            [courier.id for courier in on_duty], {visit.id: found.points[visit.location] for visit in found.visits}
        ),
    )


def deadline_on(item: Item, standard: ServiceStandard, day: date) -> date:
    """The last day on which the item is in time, as of `day`: the dossier's due date or the post's standard, whichever
    is first. What the post does not have yet is taken as handed over on that day.
    """
    return min(item.due_on, due_by(facts_of(item), standard, today=day))


def time_at_door(items: Sequence[Item], learned: ServiceFactors = STANDARD) -> tuple[int, int]:
    """Seconds to get to the door of one household and to serve it: the standard, times what visits there were seen to
    take."""
    error_m = min(item.error_m or 0 for item in items)
    factor = learned.factor(items[0].commune_code, error_m)
    serving_s = standard_serving(len(items), has_money=any(item.cod_vnd for item in items))
    setup_s = round(standard_setup(error_m) * factor)
    # Rounded as one time, which is what was learned.
    return setup_s, round((standard_setup(error_m) + serving_s) * factor) - setup_s


def standard_setup(error_m: int) -> int:
    """Seconds until a courier stands at a door of which nothing is learned: parking, calling, and the search that an
    uncertain pin may need."""
    return SETUP_S + min(SEARCH_MAX_S, int(max(0, error_m - FOUND_WITHIN_M) * 2 / SEARCH_MPS))


def standard_serving(items: int, *, has_money: bool) -> int:
    """Seconds with a household of which nothing is learned."""
    return PER_ITEM_S * items + (MONEY_S if has_money else 0)


def standard_service(items: int, *, error_m: int, has_money: bool) -> int:
    """Seconds of a whole visit at a door of which nothing is learned."""
    return standard_setup(error_m) + standard_serving(items, has_money=has_money)


def fair_work(visits: Sequence[Visit], vehicles: Sequence[Vehicle], travel: TravelMatrix) -> int:
    """Seconds of riding and service one round should have if all had the same, with a fifth of slack.

    Riding is estimated as the mean leg to the three nearest other doors. If a morning each is enough, the mornings are
    compared; else all rounds.
    """
    rounds = [shift for vehicle in vehicles for shift in vehicle.shifts]
    if not visits or not rounds:
        return DAY_S
    places = [visit.location for visit in visits]
    legs = np.sort(travel.seconds[np.ix_(places, places)], axis=1)[:, 1:4]
    riding = float(legs.mean(axis=1).sum()) if legs.size else 0.0
    work = (sum(visit.setup_s + visit.service_s for visit in visits) + riding) * _FAIR_SLACK
    mornings = [vehicle.shifts[0] for vehicle in vehicles if vehicle.shifts]
    shortest = min(shift.end_s - shift.start_s for shift in mornings)
    units = len(mornings) if work / len(mornings) <= shortest else len(rounds)
    return max(_FAIR_LEAST_S, int(work / units))


def _refused(item: Item, day: date) -> StoredUnplanned | None:
    if item.point is None:
        return unresolved([item.id])[0]
    first_on = _first_on(item, day)
    if first_on is None or first_on <= day:
        return None
    said = reason(errors.NOT_YET, day=f"{first_on:%d/%m/%Y}")
    return StoredUnplanned(visit_id=None, item_ids=(item.id,), reasons=(said,))


def _first_on(item: Item, day: date) -> date | None:
    """The first day on which the item may be delivered; None when it is any."""
    if item.window is not None and local_date(item.window.start_at) > day:
        return local_date(item.window.start_at)
    return item.not_before_on


def _window(item: Item, day: date) -> tuple[int, int] | None:
    """The appointment in seconds of the day; None without one or when it is past."""
    if item.window is None:
        return None
    # The end of an appointment is exclusive.
    start, end = second_of(day, item.window.start_at), second_of(day, item.window.end_at) - 1
    return (max(start, 0), min(end, DAY_S)) if end >= 0 else None


def _gather(
    doors: dict[str, list[_Household]],
    item: Item,
    window: tuple[int, int] | None,
    needs: Needs,
    crew: Sequence[Courier | Vehicle],
) -> None:
    households = doors.setdefault(f"{item.household_key or item.id}", [])
    for household in households:
        if household.accepts(window) and may_share(household.needs, needs, crew):
            household.add(item, window, needs)
            return
    households.append(_Household([item], window, needs))


def _visit(
    visit_id: str,
    household: _Household,
    location: int,
    *,
    service: ServiceFactors,
    day: date,
    standard: ServiceStandard,
    policy: ServicePolicy,
) -> Visit:
    items = household.items
    setup_s, service_s = time_at_door(items, service)
    first_days = [first for item in items if (first := _first_on(item, day)) is not None]
    prizes = []
    for item in items:
        slack = standard.calendar.between(day, deadline_on(item, standard, day))
        appointed = item.window is not None or item.not_before_on == day
        prizes.append((slack <= 0 or appointed, prize(slack, policy, appointed=appointed)))
    return Visit(
        id=visit_id,
        item_ids=tuple(item.id for item in items),
        location=location,
        setup_s=setup_s,
        service_s=service_s,
        prize=sum(value for _, value in prizes),
        windows=() if household.window is None else (household.window,),
        load_items=len(items),
        weight_g=sum(item.weight_g for item in items),
        collect_vnd=sum(item.cod_vnd for item in items),
        papers=sum(item.papers for item in items),
        required=any(must for must, _ in prizes),
        due_on=min(item.due_on for item in items),
        earliest_on=max(first_days, default=None),
        skills=household.needs.skills,
        in_person=household.needs.in_person,
        commune_code=items[0].commune_code or "",
        error_m=min(item.error_m or 0 for item in items),
    )


def _surest(items: Sequence[Item]) -> LonLat:
    """The point known best among the household's items."""
    placed = [(item.error_m or 0, item.point) for item in items if item.point is not None]
    return min(placed, key=lambda known: known[0])[1]


def _is_sure(items: Sequence[Item]) -> bool:
    """Whether the door is known so well that another at the same point is the same house."""
    return min(item.error_m or 0 for item in items if item.point is not None) <= FOUND_WITHIN_M


def vehicle_of(courier: Courier, known: Known) -> Vehicle:
    """A courier of the day; a drawn beat stands for his home communes."""
    has_beat = any(beat.courier_id == courier.id for beat in known.beats)
    return Vehicle(
        courier_id=courier.id,
        depot=0,
        shifts=tuple(_shift(courier, n) for n in range(len(courier.shifts))),
        capacity_items=courier.capacity_items,
        capacity_g=courier.capacity_g,
        capacity_vnd=courier.cash_limit_vnd,
        skills=frozenset(courier.skills),
        in_person=courier.in_person,
        home_communes=frozenset() if has_beat else frozenset(courier.home_commune_codes),
        reload_s=60 * courier.reload_minutes,
    )


def _shift(courier: Courier, number: int) -> Shift:
    """One half-day with the breaks that lie in it; overtime lengthens the last one."""
    start, end = courier.shifts[number]
    is_last = number == len(courier.shifts) - 1
    return Shift(
        start_s=_second(start),
        end_s=_second(end),
        legal_end_s=_second(courier.overtime_until) if is_last and courier.overtime_until is not None else None,
        breaks=tuple(
            Break(windows=((_second(one.earliest), _second(one.latest)),), duration_s=60 * one.minutes)
            for one in courier.breaks
            if start <= one.earliest < end
        ),
    )


def _second(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second

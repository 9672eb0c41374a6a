"""From a stored plan to route sheets: pure, every name and phone masked here, before anything is printed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from core.clock import instant, local_date
from routing.needs import needs_of
from routing.sheets.sheet import RouteSheet, SheetItem, SheetStop
from routing.stored import PlanHead, StoredPlan, StoredRoute, StoredStop
from tracking.model import Courier, Item, Office
from tracking.privacy import mask_name, mask_phone
from tracking.rule_values import ProcedureRule


def build_sheets(
    plan: StoredPlan,
    *,
    office: Office,
    couriers: Mapping[UUID, Courier],
    items: Mapping[UUID, Item],
    communes: Mapping[str, str],
    procedures: Sequence[ProcedureRule] = (),
) -> list[RouteSheet]:
    """One sheet per route, in the plan's order. `communes` maps code → full name; `items` holds every planned item;
    `procedures` say which of them go to the addressee in person.
    """
    by_hand = frozenset(key for key, item in items.items() if needs_of(item, procedures).in_person)
    return [
        _sheet(
            plan.head,
            route,
            office=office,
            courier=couriers[route.courier_id],
            items=items,
            communes=communes,
            by_hand=by_hand,
        )
        for route in plan.routes
    ]


def _sheet(
    head: PlanHead,
    route: StoredRoute,
    *,
    office: Office,
    courier: Courier,
    items: Mapping[UUID, Item],
    communes: Mapping[str, str],
    by_hand: frozenset[UUID],
) -> RouteSheet:
    return RouteSheet(
        office_code=office.code,
        office_name=office.name,
        office_point=office.point,
        courier_name=courier.name,
        courier_phone=courier.phone,
        day=head.day,
        plan_version=head.version,
        sheet_no=f"{office.code}-{head.day:%y%m%d}-{route.seq + 1:02d}",
        stops=tuple(_stop(head.day, stop, items, communes, by_hand) for stop in route.stops),
        line=tuple(stored.line for stored in route.rounds),
        distance_m=route.distance_m,
        travel_s=route.travel_s,
        service_s=route.service_s,
        start_at=instant(head.day, min(stored.round.departure_s for stored in route.rounds)),
        finish_at=instant(head.day, route.finish_s),
        travel_source=_travel_source(route),
    )


def _travel_source(route: StoredRoute) -> str:
    sources = {stored.travel_source for stored in route.rounds}
    return sources.pop() if len(sources) == 1 else "mixed"


def _stop(
    day: date,
    stored: StoredStop,
    items: Mapping[UUID, Item],
    communes: Mapping[str, str],
    by_hand: frozenset[UUID],
) -> SheetStop:
    household = [items[item_id] for item_id in stored.item_ids]
    first = household[0]
    return SheetStop(
        seq=stored.seq,
        round=stored.stop.round,
        addressee=_names(household),
        phone=mask_phone(first.addressee.phone),
        address=first.address,
        commune=communes.get(stored.commune_code, stored.commune_code),
        point=stored.point,
        error_m=stored.error_m,
        arrival_at=instant(day, stored.stop.arrival_s),
        departure_at=instant(day, stored.stop.departure_s),
        window=_window(household, day),
        items=tuple(_item(item) for item in household),
        in_person=not by_hand.isdisjoint(stored.item_ids),
    )


def _names(household: list[Item]) -> str:
    names = list(dict.fromkeys(mask_name(item.addressee.name) for item in household))
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")


def _window(household: list[Item], day: date) -> tuple[datetime, datetime] | None:
    windows = [item.window for item in household if item.window and local_date(item.window.start_at) == day]
    return (windows[0].start_at, windows[0].end_at) if windows else None


def _item(item: Item) -> SheetItem:
    return SheetItem(
        item_code=item.item_code,
        dossier_codes=item.dossier_codes,
        procedure=item.procedure,
        due_on=item.due_on,
        papers=item.papers,
        weight_g=item.weight_g,
        cod_vnd=item.cod_vnd,
    )

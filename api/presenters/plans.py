"""Plans as answers: seconds of the day become instants, visits become doors with names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from api.presenters.items import View
from api.schemas.plans import (
    CostOut,
    PlanBrief,
    PlanOut,
    ProgressOut,
    ReasonOut,
    RoundOut,
    RouteOut,
    StopItemOut,
    StopOut,
    UnplannedOut,
)
from api.schemas.types import PersonOut, ProblemOut, WindowOut
from core.clock import instant
from routing.standing import Standing, from_parts
from routing.stored import PlanHead, StoredPlan, StoredRound, StoredRoute, StoredStop, StoredUnplanned
from tracking.model import Courier, Item

NO_WISHES = Standing()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """What a plan is shown with: how the caller sees people, the items behind the visits, the couriers."""

    view: View
    items: Mapping[UUID, Item]
    couriers: Mapping[UUID, Courier]

    def plan(self, stored: StoredPlan) -> PlanOut:
        """A whole plan."""
        head = stored.head
        return PlanOut(
            **_head(head),
            cost=_cost(head.cost) if head.cost else None,
            travel_source=head.travel_source,
            violations=list(head.violations),
            problems=[ProblemOut.model_validate(one) for one in head.problems],
            visits=head.visits,
            routes=[self.route(head.day, route, from_parts(head.wishes)) for route in stored.routes],
            unplanned=[self.unplanned(one) for one in stored.unplanned],
        )

    def route(self, day: date, route: StoredRoute, wishes: Standing) -> RouteOut:
        """One courier's route."""
        courier = self.couriers.get(route.courier_id)
        name = courier.name if courier else ""
        stops = [self.stop(day, stop, wishes) for stop in route.stops]
        return RouteOut(
            courier_id=route.courier_id,
            courier_name=name,
            initials=initials(name),
            colour_index=route.seq,
            stops=stops,
            rounds=[_round(day, one) for one in route.rounds],
            line=[point for one in route.rounds for point in one.line],  # type: ignore[misc]
            distance_m=route.distance_m,
            travel_s=route.travel_s,
            service_s=route.service_s,
            wait_s=route.wait_s,
            finish_at=instant(day, route.finish_s),
            load_items=route.load_items,
            overdue_risk=sum(item.due_on <= day for stop in stops for item in stop.items),
            stale=route.stale,
            cost=_cost(route.cost),
        )

    def stop(self, day: date, stored: StoredStop, wishes: Standing = NO_WISHES) -> StopOut:
        """One door; the household's first item speaks for name and address."""
        household = self.household(stored.item_ids)
        stop = stored.stop
        return StopOut(
            seq=stored.seq,
            visit_id=stop.visit_id,
            round=stop.round,
            commune_code=stored.commune_code,
            commune_name=self.view.commune(stored.commune_code),
            point=stored.point,  # type: ignore[arg-type]
            error_m=stored.error_m,
            address=household[0].address if household else "",
            addressee=self.person(household),
            items=[stop_item(item) for item in household],
            arrival_at=instant(day, stop.arrival_s),
            start_at=instant(day, stop.start_s),
            departure_at=instant(day, stop.departure_s),
            window=_window(day, stored),
            wait_s=stop.wait_s,
            required=stored.required,
            dear_rank=stored.dear_rank,
            locked=_lock(wishes, stop.visit_id),
            late_allowed=stop.visit_id in wishes.late,
        )

    def unplanned(self, left: StoredUnplanned) -> UnplannedOut:
        """What stays today, and why."""
        household = self.household(left.item_ids)
        return UnplannedOut(
            visit_id=left.visit_id,
            point=household[0].point if household else None,  # type: ignore[arg-type]
            address=household[0].address if household else "",
            addressee=self.person(household),
            items=[stop_item(item) for item in household],
            reasons=[ReasonOut(code=one.code, vi=one.vi, en=one.en) for one in left.reasons],
        )

    def household(self, item_ids: tuple[UUID, ...]) -> list[Item]:
        """The items of a visit that the caller may see."""
        return [self.items[item_id] for item_id in item_ids if item_id in self.items]

    def person(self, household: list[Item]) -> PersonOut:
        """Who the papers are for."""
        return self.view.person(household[0].addressee) if household else PersonOut(name="", phone="")


def _lock(wishes: Standing, visit_id: str) -> Literal["courier", "round"] | None:
    if visit_id not in wishes.locks:
        return None
    return "courier" if wishes.locks[visit_id][1] is None else "round"


def brief(head: PlanHead) -> PlanBrief:
    """A plan in a list."""
    return PlanBrief(**_head(head), total_cost=sum(head.cost.values()) if head.cost else None)


def initials(name: str) -> str:
    """First letter of the family name and of the given name, which stands last: `Trần Văn Hùng` is `TH`."""
    words = name.split()
    return "".join(word[0].upper() for word in ([words[0], words[-1]] if len(words) > 1 else words))


def stop_item(item: Item) -> StopItemOut:
    """An item as it stands in a route."""
    return StopItemOut(
        id=item.id,
        item_code=item.item_code,
        dossier_codes=list(item.dossier_codes),
        due_on=item.due_on,
        status=item.status.value,
    )


def _head(head: PlanHead) -> dict[str, Any]:
    progress = head.progress
    return {
        "id": head.id,
        "office_id": head.office_id,
        "day": head.day,
        "state": head.state.value,
        "version": head.version,
        "requested_at": head.requested_at,
        "finished_at": head.finished_at,
        "published_at": head.published_at,
        "progress": ProgressOut(
            phase=progress.phase.value,
            percent=progress.percent,
            best_cost=progress.best_cost,
            terms=dict(progress.terms),
        ),
        "planned_items": head.planned_items,
        "unplanned_items": head.unplanned_items,
    }


def _round(day: date, stored: StoredRound) -> RoundOut:
    one = stored.round
    return RoundOut(
        round=one.round,
        departure_at=instant(day, one.departure_s),
        return_at=instant(day, one.return_s),
        travel_s=one.travel_s,
        distance_m=one.distance_m,
        service_s=one.service_s,
        wait_s=one.wait_s,
        load_items=one.load_items,
        load_g=one.load_g,
        travel_source=stored.travel_source,
        line=list(stored.line),  # type: ignore[arg-type]
    )


def _cost(terms: Mapping[str, int]) -> CostOut:
    return CostOut(total=sum(terms.values()), terms=dict(terms))


def _window(day: date, stored: StoredStop) -> WindowOut | None:
    """The window the stop was planned into, else the first one."""
    if not stored.windows:
        return None
    start, end = next((w for w in stored.windows if w[0] <= stored.stop.start_s <= w[1]), stored.windows[0])
    return WindowOut(start_at=instant(day, start), end_at=instant(day, end))

"""The window a citizen is told: by the plan, what has happened of it, where the courier is, and past misses."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from core.clock import instant, second_of
from geodata.model import LonLat
from routing import store_spread
from routing.expected import FRESH, expected_window
from routing.punctuality import learn_windows
from routing.spread import ENOUGH, Spread, class_of
from routing.stored import StoredStop
from tests.routing.edit_scene import Editing, draft
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import PROVINCE, TODAY
from tracking import service as tracking
from tracking.model import Fix

pytestmark = pytest.mark.db
QUARTER = timedelta(minutes=15)


def published(planning: Planning, count: int) -> tuple[Editing, int, list[StoredStop]]:
    """A published plan, its first route's courier by number, and the stops of his morning."""
    plan = draft(planning, count)
    planning.publish(plan.plan())
    route = max(plan.plan().routes, key=lambda one: len(one.stops))
    number = [one.id for one in planning.scene.couriers].index(route.courier_id)
    return plan, number, [one for one in route.stops if one.stop.round == 0]


def window(planning: Planning, item: UUID, now: datetime) -> tuple[datetime, datetime] | None:
    code = planning.scene.item(item).tracking_code
    digits = planning.scene.item(item).addressee.phone[-4:]
    with planning.scene.database.reading() as session:
        return expected_window(session, tracking.public_view(session, code, digits), now)


def around(at: datetime, spread: Spread) -> tuple[datetime, datetime]:
    """The window rounded outwards: in quarters of an hour, below half an hour in five minutes."""
    first, last = at - timedelta(seconds=spread.early_s), at + timedelta(seconds=spread.late_s)
    grain = 300 if last - first < timedelta(minutes=30) else 900
    down = timedelta(seconds=first.timestamp() % grain)
    up = timedelta(seconds=-last.timestamp() % grain)
    return first - down, last + up


def teach(planning: Planning, learned: dict[int, Spread]) -> None:
    with planning.scene.database.transaction() as session:
        store_spread.put_spreads(session, PROVINCE, learned)


def test_before_the_round_the_plan_speaks(planning: Planning) -> None:
    _, _, stops = published(planning, 6)
    unknown = Spread(early_s=1_800, late_s=3_600)
    at = instant(TODAY, stops[-1].stop.arrival_s)
    early = instant(TODAY, 0) + timedelta(hours=5)
    assert window(planning, stops[-1].item_ids[0], early) == around(at, unknown)
    narrow = Spread(early_s=600, late_s=1_200, seen=500)
    teach(planning, {0: narrow})
    assert window(planning, stops[-1].item_ids[0], early) == around(at, narrow)


def test_on_the_way_the_window_moves_with_the_courier_and_narrows(planning: Planning) -> None:
    plan, courier, stops = published(planning, 8)
    teach(planning, {0: Spread(early_s=1_800, late_s=3_600, seen=90), 1: Spread(early_s=300, late_s=420, seen=90)})
    late = instant(TODAY, stops[0].stop.arrival_s) + timedelta(minutes=40)
    plan.deliver(courier, [stops[0].stop.visit_id], first_at=late)
    leg_s = stops[1].stop.arrival_s - stops[0].stop.departure_s
    now = late + timedelta(seconds=20)
    expected = max(late + timedelta(seconds=leg_s), now)
    told = window(planning, stops[1].item_ids[0], now)
    assert told is not None
    first, last = around(expected, Spread(early_s=300, late_s=420))
    assert told == (max(first, around(now, Spread(early_s=0, late_s=0))[0]), last)
    assert window(planning, stops[0].item_ids[0], now) is None
    # He should have been there long ago: from now on, not in the past.
    overdue = now + timedelta(hours=1)
    told = window(planning, stops[1].item_ids[0], overdue)
    assert told is not None
    assert told[0] > overdue - QUARTER
    assert told[1] >= overdue + timedelta(seconds=420)


def test_a_fresh_position_says_how_far_he_still_is_and_an_old_one_nothing(planning: Planning) -> None:
    plan, courier, stops = published(planning, 8)
    teach(planning, {0: Spread(early_s=1_800, late_s=3_600, seen=90), 1: Spread(early_s=0, late_s=0, seen=90)})
    made = instant(TODAY, stops[0].stop.arrival_s)
    plan.deliver(courier, [stops[0].stop.visit_id], first_at=made)
    now = made + timedelta(minutes=40)
    door = stops[1].point
    # 5,600 m of road at 28 km/h are twelve minutes.
    away = LonLat(lon=door.lon, lat=door.lat + 5_600 / 1.35 / 111_195)
    scene = planning.scene
    with scene.database.transaction() as session:
        fix = Fix(occurred_at=now - timedelta(minutes=1), point=away, accuracy_m=5.0)
        own = scene.courier_scope(courier)
        tracking.record_positions(session, scope=own, courier_id=scene.couriers[courier].id, fixes=[fix], now=now)
    seen = window(planning, stops[1].item_ids[0], now)
    assert seen == around(now + timedelta(minutes=11), Spread(early_s=0, late_s=0))
    old = now + FRESH
    assert window(planning, stops[1].item_ids[0], old) == around(old, Spread(early_s=0, late_s=0))


def test_the_night_learns_from_what_happened_at_doors(planning: Planning) -> None:
    plan, courier, stops = published(planning, 50)
    begun = instant(TODAY, stops[0].stop.arrival_s) + timedelta(minutes=12)
    plan.deliver(courier, [one.stop.visit_id for one in stops], first_at=begun)
    learn_windows(planning.scene.database, PROVINCE, today=TODAY)
    with planning.scene.database.reading() as session:
        assert store_spread.spreads(session, PROVINCE) == {}
    learn_windows(planning.scene.database, PROVINCE, today=TODAY + timedelta(days=1))
    with planning.scene.database.reading() as session:
        learned = store_spread.spreads(session, PROVINCE)
    made = [second_of(TODAY, begun) + 300 * n for n in range(len(stops))]
    by_class: dict[int, list[int]] = {}
    for j, seen_s in enumerate(made):
        by_class.setdefault(0, []).append(seen_s - stops[j].stop.arrival_s)
        for i in range(j + 1, len(made)):
            moved = seen_s + stops[i].stop.arrival_s - stops[j].stop.arrival_s
            by_class.setdefault(class_of(i - j), []).append(made[i] - moved)
    enough = {one: found for one, found in by_class.items() if len(found) >= ENOUGH}
    assert enough
    assert set(learned) == set(enough)
    for one, found in enough.items():
        inside = [-learned[one].early_s <= miss <= learned[one].late_s for miss in found]
        assert sum(inside) / len(found) >= 0.9
        assert (learned[one].seen, -learned[one].early_s in found, learned[one].late_s in found) == (
            len(found),
            True,
            True,
        )

"""Who knows which place: what past routes teach, what it costs, what is reported."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from geodata.model import LonLat
from geodata.zones import Beat
from routing import service
from routing.familiarity import AT_HOME, PastStop, strangeness
from routing.hands import Hands, Homes, by_courier, by_day, in_hands
from routing.model import PlanParams
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import TODAY

AN, BINH, CHI = UUID(int=1), UUID(int=2), UUID(int=3)
_DAY = date(2026, 11, 20)


def door(metres: float) -> LonLat:
    """That many metres north of a village's middle."""
    return LonLat(lon=106.0, lat=11.0 + metres / 111_195)


def stops(courier: UUID, *metres: float, back: int = 1) -> list[PastStop]:
    return [PastStop(day=_DAY - timedelta(days=back), courier_id=courier, point=door(at)) for at in metres]


def test_hands_that_were_there_three_times_cost_nothing_and_strange_ones_the_whole_price() -> None:
    past = stops(AN, 0, 50, -90)
    assert strangeness(past, [AN, BINH], {"v": door(0)}, 60) == {(BINH, "v"): 60}


def test_each_visit_makes_it_cheaper_and_far_ones_do_not_count() -> None:
    past = stops(AN, 0, 2_000) + stops(BINH, 10, 20)
    assert strangeness(past, [AN, BINH], {"v": door(0)}, 60) == {(AN, "v"): 40, (BINH, "v"): 20}


def test_a_place_nobody_knows_costs_nobody_anything() -> None:
    assert strangeness(stops(AN, 0), [AN, BINH], {"v": door(5_000)}, 60) == {}
    assert strangeness([], [AN], {"v": door(0)}, 60) == {}
    assert strangeness(stops(AN, 0), [AN], {"v": door(0)}, 0) == {}


@given(
    past=st.lists(st.tuples(st.sampled_from([AN, BINH]), st.integers(-900, 900)), max_size=15),
    price=st.integers(1, 600),
    at=st.integers(-900, 900),
)
def test_the_price_is_that_of_counting_by_hand(past: list[tuple[UUID, int]], price: int, at: int) -> None:
    made = [stop for courier, metres in past for stop in stops(courier, metres)]
    costs = strangeness(made, [AN, BINH], {"v": door(at)}, price)
    near = {who: sum(c == who and abs(m - at) <= 299 for c, m in past) for who in (AN, BINH)}
    border = any(abs(abs(m - at) - 300) <= 2 for _, m in past)
    if border:
        return
    for who in (AN, BINH):
        wanted = round(price * (1 - min(near[who], AT_HOME) / AT_HOME)) if any(near.values()) else 0
        assert costs.get((who, "v"), 0) == pytest.approx(wanted, abs=1)


def test_the_report_counts_what_was_known_before_that_day() -> None:
    past = [*stops(AN, 0, back=4), *stops(AN, 0, back=3), *stops(AN, 0, back=2), *stops(BINH, 3_000, back=2)]
    today = [*stops(AN, 0, back=0), *stops(BINH, 20, back=0), *stops(BINH, 9_000, back=0)]
    told = in_hands([*past, *today], first_on=_DAY, last_on=_DAY)
    hands = by_courier(told)
    assert by_day(told) == {_DAY: Hands(stops=3, familiar=1, known=2, same=1)}
    assert hands == {
        AN: Hands(stops=1, familiar=1, known=1, same=1),
        BINH: Hands(stops=2, familiar=0, known=1, same=0),
    }
    assert (hands[AN].familiar_share, hands[BINH].stability) == (1.0, 0.0)


def test_what_is_long_past_is_forgotten() -> None:
    past = [stop for back in (80, 81, 82) for stop in stops(AN, 0, back=back)]
    assert in_hands([*past, *stops(AN, 0, back=0)], first_on=_DAY, last_on=_DAY)[_DAY, AN].known == 0


def test_a_stop_is_at_home_in_the_drawn_beat_else_in_the_home_communes() -> None:
    beat = Beat(courier_id=AN, area=shapely.box(105.9, 10.9, 106.1, door(100).lat))
    homes = Homes(beats={AN: beat}, communes={AN: frozenset({"00002"}), BINH: frozenset({"00001", "00003"})})
    here = [*stops(AN, 0, 90, 200, back=0), *stops(BINH, 0, 10, back=0), *stops(CHI, 0, back=0)]
    here += [*stops(AN, 500, back=1), *stops(CHI, 0, back=2)]
    past = [replace(stop, commune_code="00001" if stop.point.lat < door(5).lat else "00002") for stop in here]
    told = in_hands(past, first_on=_DAY - timedelta(days=9), last_on=_DAY, homes=homes)
    shares = {day.day: (of.placed, of.home) for day, of in by_day(told).items()}
    assert shares == {18: (0, 0), 19: (1, 0), 20: (5, 3)}
    assert {who: of.home_share for who, of in by_courier(told).items()} == {AN: 0.5, BINH: 0.5, CHI: None}


def publish_a_past(planning: Planning) -> dict[UUID, int]:
    """A plan of two villages, published and dated three days back; returns how many stops each courier had."""
    planning.scene.ready(4, point=LonLat(lon=106.74, lat=10.7799))
    planning.scene.ready(4, point=LonLat(lon=106.66, lat=10.7799))
    plan = planning.draft()
    planning.publish(plan)
    with planning.scene.database.transaction() as session:
        session.execute(text("UPDATE plans SET day = day - 3"))
        session.execute(text("UPDATE items SET status = 'delivered'"))
    return {route.courier_id: len(route.stops) for route in plan.routes}


def test_past_routes_are_read_and_reported(planning: Planning) -> None:
    went = publish_a_past(planning)
    with planning.scene.database.reading() as session:
        scope, office_id = planning.scene.dispatcher, planning.scene.office.id
        day = TODAY - timedelta(days=3)
        told = service.familiar_hands(session, scope=scope, office_id=office_id, first_on=day, last_on=day)
        nothing = service.familiar_hands(session, scope=scope, office_id=office_id, first_on=TODAY, last_on=TODAY)
    hands = by_courier(told)
    assert {courier: of.stops for courier, of in hands.items()} == went
    assert set(by_day(told)) == {day}
    assert all(of.familiar == of.known == 0 for of in hands.values())
    assert nothing == {}


@pytest.mark.parametrize("knows", [0, 1])
def test_a_price_gives_the_visit_to_whoever_knows_the_place(planning: Planning, knows: int) -> None:
    publish_a_past(planning)
    other = planning.scene.couriers[knows].id
    with planning.scene.database.transaction() as session:
        session.execute(text("UPDATE plan_stops SET courier_id = :who"), {"who": other})
    planning.scene.ready(1, point=LonLat(lon=106.74, lat=10.7799))
    plan_id = planning.request(PlanParams(iterations=20, familiarity_s=600))
    planning.run(plan_id)
    plan = planning.plan(plan_id)
    assert [route.courier_id for route in plan.routes] == [other]
    assert plan.routes[0].cost["unfamiliar"] == 0

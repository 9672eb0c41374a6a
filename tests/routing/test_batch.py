"""Households become visits, due dates become prizes, what cannot go says why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WorkingCalendar
from core.clock import at_local
from geodata.learned_service import LearnedService, ServiceFactors
from geodata.model import LonLat
from geodata.straight_line import StraightLine
from geodata.zones import Beat
from routing.batch import SETUP_S, Batch, batch, build_problem, time_at_door
from routing.checker import check
from routing.explain import explain
from routing.familiarity import Known, PastStop
from routing.model import PlanParams, Problem, ServicePolicy, Shift
from routing.objective import REQUIRED_PRIZE, WEIGHTS, prize
from routing.solver import Limit, solve
from routing.urgent import with_couriers, with_visits
from routing.validate import validate
from tracking.model import Courier, Item, Office, Person, Status, Window
from tracking.standard import ItemFacts, ServiceStandard, Timeliness, post_clock

FRIDAY = date(2026, 11, 20)
OFFICE = Office(id=UUID(int=1), code="700000", name="Bưu cục Sài Gòn", point=LonLat(lon=106.70, lat=10.78))
COURIERS = [Courier(id=UUID(int=50 + n), office_id=OFFICE.id, name=f"Bưu tá {n}") for n in range(2)]


def item(n: int, **changes: Any) -> Item:
    """An item of a household of its own, ready since the morning, due in five working days."""
    plain = Item(
        province_code="79",
        id=UUID(int=1_000 + n),
        item_code=f"RA{n:08d}0VN",
        tracking_code="",
        office_id=OFFICE.id,
        agency_id=UUID(int=2),
        dossier_codes=(f"H29-{n}",),
        procedure="Đăng ký đất đai",
        leg="return",
        status=Status.READY,
        attempts=0,
        addressee=Person(name="Lê Văn Tám"),
        address="12 Lê Lợi",
        commune_code="26740",
        point=LonLat(lon=106.70 + n / 1000, lat=10.78),
        error_m=20,
        point_source=None,
        household_key=f"door{n}",
        due_on=date(2026, 11, 30),
        ready_at=datetime(2026, 11, 20, 0, 0, tzinfo=UTC),
        not_before_on=None,
        weight_g=50,
        papers=2,
        state_fee_vnd=0,
        postage_vnd=0,
        in_person=False,
        window=None,
        plan_id=None,
        courier_id=None,
        holder_courier_id=None,
        out_at=None,
        last_attempt_at=None,
        last_attempt_id=None,
        event_seq=1,
        last_hash="",
        created_at=datetime(2026, 11, 20, 0, 0, tzinfo=UTC),
    )
    return replace(plain, **changes)


def window(day: date, start: time, end: time) -> Window:
    return Window(start_at=at_local(day, start), end_at=at_local(day, end))


def grouped(
    *items: Item,
    policy: ServicePolicy = ServicePolicy.ALL,
    standard: ServiceStandard = ServiceStandard(),  # noqa: B008  frozen
) -> Batch:
    return batch(items, office=OFFICE, day=FRIDAY, standard=standard, policy=policy)


def test_items_of_one_door_are_one_visit() -> None:
    surer = LonLat(lon=106.75, lat=10.75)
    found = grouped(
        item(1, household_key="a", error_m=300),
        item(2, household_key="a", error_m=10, point=surer, weight_g=70),
        item(3, household_key="b"),
    )
    first, second = found.visits
    assert (first.id, first.load_items, first.weight_g, first.papers) == ("a", 2, 120, 4)
    assert found.points[first.location] == surer
    assert found.points[0] == OFFICE.point
    assert (second.id, second.location) == ("b", 2)


def test_an_appointment_binds_the_household() -> None:
    at_nine = window(FRIDAY, time(9), time(10, 30))
    at_ten = window(FRIDAY, time(10), time(12))
    found = grouped(
        item(1, household_key="a"),
        item(2, household_key="a", window=at_nine),
        item(3, household_key="a", window=at_ten),
    )
    assert [v.windows for v in found.visits] == [((36_000, 37_799),)]


def test_appointments_that_do_not_meet_are_two_visits() -> None:
    morning = window(FRIDAY, time(8), time(9))
    evening = window(FRIDAY, time(16), time(17))
    found = grouped(item(1, household_key="a", window=morning), item(2, household_key="a", window=evening))
    assert [(v.id, v.windows) for v in found.visits] == [("a", ((28_800, 32_399),)), ("a~2", ((57_600, 61_199),))]


def test_a_missed_appointment_no_longer_binds_but_makes_urgent() -> None:
    found = grouped(item(1, window=window(FRIDAY - timedelta(days=1), time(9), time(10))))
    assert found.visits[0].windows == ()
    assert found.visits[0].required


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"point": None}, "R3008"),
        ({"not_before_on": date(2026, 11, 23)}, "R3009"),
        ({"window": window(date(2026, 11, 21), time(9), time(10))}, "R3009"),
    ],
)
def test_what_cannot_go_today_is_left_out_with_its_reason(changes: dict[str, Any], code: str) -> None:
    found = grouped(item(1, **changes), item(2))
    assert [(left.item_ids, left.reasons[0].code) for left in found.left_out] == [((item(1).id,), code)]
    assert [v.item_ids for v in found.visits] == [(item(2).id,)]


@pytest.mark.parametrize(
    ("changes", "required"),
    [
        ({}, False),
        ({"due_on": FRIDAY}, True),
        ({"due_on": date(2026, 11, 10)}, True),
        # Handed over on Wednesday: J+2 ends today, whatever the dossier's own date says.
        ({"handed_over_at": datetime(2026, 11, 18, 1, tzinfo=UTC)}, True),
        ({"handed_over_at": datetime(2026, 11, 19, 1, tzinfo=UTC)}, False),
        ({"not_before_on": FRIDAY}, True),
        ({"window": window(FRIDAY, time(9), time(10))}, True),
    ],
)
def test_due_overdue_and_promised_items_must_go_today(changes: dict[str, Any], required: bool) -> None:
    visit = grouped(item(1, **changes)).visits[0]
    assert visit.required is required
    assert (visit.prize >= REQUIRED_PRIZE) is required


def test_a_centre_commune_has_the_shorter_standard() -> None:
    """Handed over on Thursday: J+1 ends on Friday in the centre, J+2 on Monday elsewhere."""
    standard = ServiceStandard(centre_commune_codes=frozenset({"26740"}))
    thursday = datetime(2026, 11, 19, 1, tzinfo=UTC)
    found = grouped(
        item(1, handed_over_at=thursday), item(2, handed_over_at=thursday, commune_code="27007"), standard=standard
    ).visits
    assert {visit.commune_code: visit.required for visit in found} == {"26740": True, "27007": False}


def test_a_day_the_province_closed_moves_the_last_day() -> None:
    """Handed over on Wednesday, Thursday closed: J+2 is Monday."""
    wednesday = datetime(2026, 11, 18, 1, tzinfo=UTC)
    closed = ServiceStandard(calendar=WorkingCalendar(overrides={date(2026, 11, 19): False}))
    assert grouped(item(1, handed_over_at=wednesday)).visits[0].required
    assert not grouped(item(1, handed_over_at=wednesday), standard=closed).visits[0].required


@given(
    handed_on=st.none() | st.dates(date(2026, 11, 2), FRIDAY),
    due_on=st.dates(date(2026, 11, 2), date(2026, 12, 4)),
    centre=st.booleans(),
    days=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    overrides=st.dictionaries(st.dates(date(2026, 11, 2), date(2026, 12, 4)), st.booleans(), max_size=4),
    saturday=st.booleans(),
)
def test_what_may_wait_is_not_late_on_the_next_working_day_by_the_reports_clock(
    handed_on: date | None,
    due_on: date,
    *,
    centre: bool,
    days: tuple[int, int],
    overrides: dict[date, bool],
    saturday: bool,
) -> None:
    calendar = WorkingCalendar(overrides=overrides, saturday_works=saturday)
    standard = ServiceStandard(
        calendar=calendar,
        centre_days=days[0],
        outlying_days=days[1],
        centre_commune_codes=frozenset({"26740"} if centre else ()),
    )
    waiting = item(1, handed_over_at=handed_on and at_local(handed_on, time(9)), due_on=due_on)
    if not grouped(waiting, standard=standard).visits[0].required:
        next_day = calendar.add(FRIDAY, 1)
        start = handed_on or FRIDAY
        facts = ItemFacts(handed_over_on=start, due_on=due_on, commune_code="26740", delivered_on=next_day)
        assert post_clock(facts, standard, today=next_day) is not Timeliness.OVERDUE
        assert next_day <= due_on


def test_a_weekend_between_leaves_no_slack() -> None:
    """Handed over on Thursday, J+2 is Monday: one working day is left after Friday."""
    thursday = datetime(2026, 11, 19, 1, tzinfo=UTC)
    visit = grouped(item(1, handed_over_at=thursday), policy=ServicePolicy.THRIFTY).visits[0]
    assert visit.prize == prize(1, ServicePolicy.THRIFTY) == 420


def test_prizes_rise_towards_the_due_day_and_never_reach_the_required() -> None:
    for policy in ServicePolicy:
        prizes = [prize(slack, policy) for slack in range(8, -4, -1)]
        assert prizes == sorted(prizes)
        assert prize(1, policy) * 10 < prize(0, policy)
    assert prize(5, ServicePolicy.ALL, appointed=True) == REQUIRED_PRIZE


def test_time_at_the_door_grows_with_items_money_and_an_unsure_address() -> None:
    getting, serving = time_at_door([item(1)])
    assert (getting, serving) == (SETUP_S, 60)
    assert time_at_door([item(1), item(2)]) == (getting, serving + 60)
    assert time_at_door([item(1, postage_vnd=30_000)]) == (getting, serving + 45)
    assert time_at_door([item(1, error_m=50)]) == (getting, serving)
    # 200 m beyond what is seen, there and back at 15 km/h.
    assert time_at_door([item(1, error_m=250)]) == (getting + 96, serving)
    assert time_at_door([item(1, error_m=90_000)]) == (getting + 480, serving)


def test_what_was_learned_of_visits_counts_for_both_parts() -> None:
    learned = ServiceFactors.of([LearnedService(commune_code="", error_class=-1, factor=1.5, visits=300)])
    assert time_at_door([item(1)], learned) == (225, 90)


def test_households_of_one_house_are_parked_for_once() -> None:
    house = LonLat(lon=106.72, lat=10.77)
    found = grouped(*(item(n, point=house) for n in (1, 2)), item(3), item(4, point=house, error_m=900))
    places = [visit.location for visit in found.visits]
    assert places[0] == places[1]
    # A vague pin is no house: the fourth lies somewhere within 900 m.
    assert len(set(places)) == 3
    assert [found.points[place] for place in places] == [house, house, item(3).point, house]
    problem = _problem(found)
    assert validate(problem) == []
    plan = solve(problem, stop=Limit(iterations=50))
    assert check(problem, plan) == []
    stops = {stop.visit_id: stop for route in plan.routes for stop in route.stops}
    lasted = sorted(stops[f"door{n}"].departure_s - stops[f"door{n}"].start_s for n in (1, 2))
    assert lasted == [60, SETUP_S + 60]


def _problem(found: Batch, couriers: Sequence[Courier] = COURIERS) -> Problem:
    travel = StraightLine().matrix(found.points)
    return build_problem(found, office=OFFICE, couriers=couriers, travel=travel, day=FRIDAY, params=PlanParams())


def test_what_is_collected_and_from_when_stands_in_the_visit() -> None:
    tomorrow = FRIDAY + timedelta(days=3)
    found = grouped(
        item(1, household_key="a", postage_vnd=26_000, state_fee_vnd=500_000, not_before_on=FRIDAY),
        item(2, household_key="a", postage_vnd=30_000),
        item(3, household_key="b", not_before_on=tomorrow),
        item(4, household_key="c"),
    )
    first, last = found.visits
    assert (first.collect_vnd, first.earliest_on) == (556_000, FRIDAY)
    assert (last.collect_vnd, last.earliest_on) == (0, None)
    assert [one.item_ids for one in found.left_out] == [(item(3).id,)]


def test_no_courier_holds_more_cash_than_he_may() -> None:
    """Land fees of two million at each of nine doors, limits of five million and of none at all."""
    found = grouped(*(item(n, state_fee_vnd=2_000_000) for n in range(1, 10)))
    poor = [replace(courier, cash_limit_vnd=5_000_000) for courier in COURIERS]
    problem = _problem(found, poor)
    assert validate(problem) == []
    plan = explain(problem, solve(problem, stop=Limit(iterations=100)))
    assert check(problem, plan) == []
    held: Counter[tuple[UUID, int]] = Counter()
    for route in plan.routes:
        held.update((route.courier_id, stop.round) for stop in route.stops)
    # Two doors each half-day: two couriers, two rounds.
    assert max(held.values()) == 2
    assert sum(held.values()) == 8
    assert [one.reasons[0].code for one in plan.unplanned] == ["R3006"]
    free = solve(_problem(found), stop=Limit(iterations=100))
    assert free.unplanned == ()


def test_a_fee_above_every_limit_says_so() -> None:
    found = grouped(item(1, state_fee_vnd=7_500_000))
    problem = _problem(found, [replace(courier, cash_limit_vnd=5_000_000) for courier in COURIERS])
    [left] = explain(problem, solve(problem, stop=Limit(iterations=5))).unplanned
    assert left.reasons[0].code == "R3013"
    assert "7.500.000 đ" in left.reasons[0].vi


def test_the_problem_is_valid_and_absent_couriers_stay_at_home() -> None:
    found = grouped(*(item(n) for n in range(1, 9)))
    travel = StraightLine().matrix(found.points)
    params = PlanParams(absent=frozenset({COURIERS[0].id}))
    problem = build_problem(found, office=OFFICE, couriers=COURIERS, travel=travel, day=FRIDAY, params=params)
    assert validate(problem) == []
    assert [v.courier_id for v in problem.vehicles] == [COURIERS[1].id]
    assert problem.vehicles[0].shifts == (Shift(start_s=26_400, end_s=41_400), Shift(start_s=48_600, end_s=64_800))


def test_a_drawn_beat_stands_for_the_home_communes() -> None:
    """Doors lie 107 m apart eastwards; the first courier's beat holds the first four, not the commune around them."""
    found = grouped(*(item(n) for n in range(1, 9)))
    travel = StraightLine().matrix(found.points)
    drawn, other = (replace(courier, home_commune_codes=("26740",)) for courier in COURIERS)
    beat = Beat(courier_id=drawn.id, area=shapely.MultiPolygon([shapely.box(106.7, 10.77, 106.7045, 10.79)]))
    gone = Beat(courier_id=UUID(int=99), area=beat.area)
    problem = build_problem(
        found,
        office=OFFICE,
        couriers=(drawn, other),
        travel=travel,
        day=FRIDAY,
        params=PlanParams(),
        known=Known(beats=(beat, gone)),
    )
    assert validate(problem) == []
    assert [vehicle.home_communes for vehicle in problem.vehicles] == [frozenset(), frozenset({"26740"})]
    assert set(problem.unfamiliar) == {(drawn.id, f"door{n}") for n in range(5, 9)}
    assert set(problem.unfamiliar.values()) == {problem.weights.away_per_visit}
    mine = Known(beats=(beat,))
    alone = build_problem(
        found,
        office=OFFICE,
        couriers=(drawn,),
        travel=travel,
        day=FRIDAY,
        params=PlanParams(),
        known=mine,
    )
    plan = solve(alone, stop=Limit(iterations=30), seed=1)
    assert check(alone, plan) == []
    assert (plan.cost.unfamiliar, plan.cost.away) == (4 * alone.weights.away_per_visit, 0)


def test_who_or_what_comes_later_is_as_strange_as_from_the_start() -> None:
    """The oracle is the day planned whole."""
    first, later = [item(n) for n in range(1, 5)], [item(n) for n in range(5, 9)]
    area = shapely.MultiPolygon([shapely.box(106.7, 10.77, 106.7025, 10.79)])
    past = tuple(
        PastStop(day=FRIDAY - timedelta(days=age), courier_id=COURIERS[age % 2].id, point=one.point)
        for age, one in enumerate((*first[:2], *later[:3]), 1)
        if one.point is not None
    )
    known = Known(beats=(Beat(courier_id=COURIERS[0].id, area=area),), past=past, price_s=300)

    def problem(items: list[Item], couriers: Sequence[Courier]) -> Problem:
        found = grouped(*items)
        travel = StraightLine().matrix(found.points)
        return build_problem(
            found, office=OFFICE, couriers=couriers, travel=travel, day=FRIDAY, params=PlanParams(), known=known
        )

    whole = problem([*first, *later], COURIERS)
    assert {200, 200 + WEIGHTS.away_per_visit} <= set(whole.unfamiliar.values())
    grown, added = with_visits(problem(first, COURIERS), grouped(*later), known)
    assert len(added) == 4
    assert grown.unfamiliar == whole.unfamiliar
    joined = with_couriers(problem([*first, *later], COURIERS[:1]), COURIERS[1:], known)
    assert (joined.vehicles, joined.unfamiliar) == (whole.vehicles, whole.unfamiliar)
    assert joined.fair_work_s == whole.fair_work_s
    assert validate(joined) == []


def test_fair_work_is_a_morning_each_while_that_is_enough() -> None:
    def fair(count: int, couriers: int) -> int:
        found = grouped(*(item(n) for n in range(1, count + 1)))
        travel = StraightLine().matrix(found.points)
        own = COURIERS[:couriers]
        problem = build_problem(found, office=OFFICE, couriers=own, travel=travel, day=FRIDAY, params=PlanParams())
        return problem.fair_work_s

    assert fair(20, 1) == pytest.approx(2 * fair(20, 2), rel=0.01)
    # 90 doors of 3.5 minutes do not fit one morning: both of the courier's rounds share them.
    assert fair(90, 1) == pytest.approx(fair(90, 2), rel=0.01)


def test_a_day_without_items_is_a_valid_problem() -> None:
    found = grouped()
    travel = StraightLine().matrix(found.points)
    problem = build_problem(found, office=OFFICE, couriers=COURIERS, travel=travel, day=FRIDAY, params=PlanParams())
    assert validate(problem) == []

"""The algebra of edits: parts and back, changes taken back, what touches what, the cheapest place, the frozen bytes."""

from dataclasses import fields
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.checker import check
from routing.model import Problem, Visit
from routing.packing import pack, unpack
from routing.placing import cheapest_place
from routing.ride import ride_plan
from routing.schedule import build_route
from routing.standing import Standing, change_between, from_parts, take_back, to_parts, touched
from tests.routing.days import problems

COURIERS = [UUID(int=n + 1) for n in range(3)]
VISITS = [f"v{n}" for n in range(6)]


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Any division of some visits among rounds, with any word beside it."""
    order = draw(st.permutations(VISITS))
    rounds = draw(st.lists(st.sampled_from([(c, n) for c in COURIERS for n in (0, 1)]), min_size=6, max_size=6))
    orders: dict[tuple[UUID, int], tuple[str, ...]] = {}
    for visit, key in zip(order[: draw(st.integers(0, 6))], rounds, strict=False):
        orders[key] = (*orders.get(key, ()), visit)
    locked = draw(st.dictionaries(st.sampled_from(VISITS), st.sampled_from(COURIERS), max_size=2))
    return Standing(
        orders=orders,
        locks={visit: (courier, draw(st.sampled_from((None, 0, 1)))) for visit, courier in locked.items()},
        dropped=draw(st.frozensets(st.sampled_from(VISITS), max_size=2)),
        late=draw(st.frozensets(st.sampled_from(VISITS), max_size=2)),
        overtime=draw(st.dictionaries(st.sampled_from([(c, 0) for c in COURIERS]), st.integers(1, 9), max_size=1)),
    )


@given(standings())
def test_parts_are_the_standing(one: Standing) -> None:
    assert from_parts(to_parts(one)) == one


@given(standings(), standings())
def test_a_change_is_taken_back_exactly(before: Standing, after: Standing) -> None:
    change = change_between(before, after)
    assert take_back(after, change) == before
    assert (not change) == (before == after)


@given(standings(), standings(), standings())
def test_a_change_is_taken_back_over_one_that_touches_nothing_of_it(
    start: Standing, one: Standing, other: Standing
) -> None:
    """The oracle: what two changes touch, written out by hand from the standings themselves."""
    first, second = change_between(start, one), change_between(one, other)
    back = take_back(other, first)
    if touched(first).isdisjoint(touched(second)):
        assert back is not None
        assert change_between(start, back) == second
    if back is not None:
        served = [visit for order in back.orders.values() for visit in order]
        assert len(served) == len(set(served))


@given(standings(), standings())
def test_what_a_change_touches(before: Standing, after: Standing) -> None:
    seen = touched(change_between(before, after))
    for courier in COURIERS:
        mine = [[s.orders.get((courier, n), ()) for n in (0, 1)] for s in (before, after)]
        if mine[0] != mine[1]:
            assert f"courier/{courier}" in seen
    for visit in VISITS:
        places = [next((key for key, order in s.orders.items() if visit in order), None) for s in (before, after)]
        if places[0] != places[1]:
            assert f"visit/{visit}" in seen


@settings(max_examples=60)
@given(problems(most_visits=6))
def test_a_problem_comes_back_from_its_bytes(problem: Problem) -> None:
    back = unpack(pack(problem))
    for one in fields(Problem):
        was, now = getattr(problem, one.name), getattr(back, one.name)
        if one.name == "travel":
            assert (was.seconds == now.seconds).all()
            assert (was.metres == now.metres).all()
            assert was.seconds.dtype == now.seconds.dtype
        elif one.name != "profiles":
            assert was == now, one.name


@settings(max_examples=60)
@given(problems(most_visits=6, most_vehicles=2), st.data())
def test_the_cheapest_place_is_the_cheapest(problem: Problem, data: st.DataObject) -> None:
    """Against trying every place, also where a stop fills time that was waited away."""
    rounds = [(vehicle.courier_id, n) for vehicle in problem.vehicles for n in range(len(vehicle.shifts))]
    if not rounds or not problem.visits or problem.frozen:
        return
    visits = {visit.id: visit for visit in problem.visits}
    wanted, *others = data.draw(st.permutations(problem.visits))
    orders: dict[tuple[UUID, int], tuple[str, ...]] = {}
    for visit in others:
        key = data.draw(st.sampled_from(rounds))
        tried = {**orders, key: (*orders.get(key, ()), visit.id)}
        if _route(problem, tried, key[0], visits) is not None:
            orders = tried
    costs = []
    for key in rounds:
        order = orders.get(key, ())
        before = _route(problem, orders, key[0], visits)
        assert before is not None
        for position in range(len(order) + 1):
            tried = {**orders, key: (*order[:position], wanted.id, *order[position:])}
            after = _route(problem, tried, key[0], visits)
            if after is not None:
                costs.append(after - before)
    found = cheapest_place(problem, Standing(orders=orders), wanted, rounds, {})
    assert (found.added if found else None) == min(costs, default=None)


def _route(
    problem: Problem, orders: dict[tuple[UUID, int], tuple[str, ...]], courier: UUID, visits: dict[str, Visit]
) -> int | None:
    vehicle = next(one for one in problem.vehicles if one.courier_id == courier)
    own = {n: [visits[v] for v in order] for (c, n), order in orders.items() if c == courier}
    route = build_route(problem, vehicle, own)
    return None if route is None else route.cost.total


@settings(max_examples=80)
@given(problems(most_visits=5, most_vehicles=2), st.data())
def test_any_order_can_be_ridden_and_the_checker_says_what_it_breaks(problem: Problem, data: st.DataObject) -> None:
    """What the schedule calls feasible breaks nothing; what it refuses breaks something."""
    rounds = [(vehicle.courier_id, n) for vehicle in problem.vehicles for n in range(len(vehicle.shifts))]
    if not rounds or problem.frozen or problem.pairs:
        return
    orders: dict[tuple[UUID, int], tuple[str, ...]] = {}
    for visit in data.draw(st.permutations(problem.visits)):
        key = data.draw(st.sampled_from(rounds))
        orders[key] = (*orders.get(key, ()), visit.id)
    plan = ride_plan(problem, orders)
    broken = [one for one in check(problem, plan) if one.rule not in {"cost", "totals"}]
    visits = {visit.id: visit for visit in problem.visits}
    sound = all(_route(problem, orders, courier, visits) is not None for courier in {key[0] for key in orders})
    assert (broken == []) == sound

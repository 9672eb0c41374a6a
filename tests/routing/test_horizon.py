"""The choice of day: what it may never do, and what it should."""

import time
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.model import LonLat
from geodata.straight_line import StraightLine
from routing.horizon import choose_days
from routing.horizon_futures import prior
from routing.horizon_values import DayRule, Decision, Usual
from routing.model import Problem, Shift, Vehicle, Visit
from routing.objective import WEIGHTS

_OFFICE = LonLat(lon=106.0, lat=11.0)
_SHIFT = Shift(start_s=27_000, end_s=54_000)
_FEW = DayRule(day_value_s=0, futures=5)


def at(km: float) -> LonLat:
    """A door that many kilometres east of the office."""
    return LonLat(lon=106.0 + km / 109.15, lat=11.0)


def visit(n: int, **changes: object) -> Visit:
    made = Visit(id=f"v{n}", item_ids=(UUID(int=n),), location=n, service_s=240, prize=14_400)
    return replace(made, **changes)  # type: ignore[arg-type]


def office(doors: list[LonLat], usual: list[LonLat] = [], **of_visit: object) -> tuple[Problem, list[Visit]]:  # noqa: B006
    """An office with one courier, ready visits, and visits as they usually arrive."""
    points = [_OFFICE, *doors, *usual]
    visits = tuple(visit(n + 1, **of_visit) for n in range(len(doors)))
    courier = Vehicle(courier_id=UUID(int=1), depot=0, shifts=(_SHIFT,), capacity_items=200, capacity_g=10**6)
    problem = Problem(
        day=date(2026, 11, 20),
        office_ids=(UUID(int=9),),
        visits=visits,
        vehicles=(courier,),
        travel=StraightLine().matrix(points),
        points=tuple(points),
        weights=WEIGHTS,
    )
    return problem, [visit(len(doors) + n + 1) for n in range(len(usual))]


def going(decision: Decision) -> set[str]:
    return {choice.visit_id for choice in decision.choices if choice.go}


def test_what_is_due_or_required_always_goes() -> None:
    problem, usual = office([at(9), at(8), at(1)], [at(9)] * 5)
    visits = (problem.visits[0], replace(problem.visits[1], required=True), problem.visits[2])
    expected = Usual(visits=tuple(usual), slack=(2,) * 5, per_day=5)
    decision = choose_days(replace(problem, visits=visits), {"v1": 0, "v2": 2, "v3": 2}, expected, _FEW, seed=1)
    assert {"v1", "v2"} <= going(decision)
    assert [choice.must for choice in decision.choices] == [True, True, False]


def test_a_far_visit_waits_where_others_usually_come() -> None:
    problem, usual = office([at(9), at(-0.5)], [at(9)] * 6)
    visits = (problem.visits[0], replace(problem.visits[1], required=True))
    expected = Usual(visits=tuple(usual), slack=(2,) * 6, per_day=6)
    decision = choose_days(replace(problem, visits=visits), {"v1": 2, "v2": 0}, expected, _FEW, seed=1)
    assert going(decision) == {"v2"}
    kept = decision.kept[0]
    assert (kept.slack, kept.go_share) == (2, 0.0)
    assert 1 <= kept.likely <= 2
    assert kept.later_s is not None


def test_what_nobody_on_duty_may_bring_is_no_question_and_draws_nothing_along() -> None:
    """A far door that needs a training beside a plain one: alone the plain one waits, for that one nobody rides out."""
    problem, usual = office([at(9), at(8.9), at(-0.5)], [at(9)] * 6)
    trained = replace(problem.visits[0], skills=frozenset({"land"}), required=True)
    visits = (trained, problem.visits[1], replace(problem.visits[2], required=True))
    rule = DayRule(day_value_s=30, futures=5)
    expected = Usual(visits=tuple(usual), slack=(2,) * 6, per_day=6)
    slack = {"v1": 2, "v2": 2, "v3": 0}
    untrained = choose_days(replace(problem, visits=visits), slack, expected, rule, seed=1)
    assert [choice.visit_id for choice in untrained.choices] == ["v1", "v2", "v3"]
    assert [choice.visit_id for choice in untrained.kept] == ["v2"]
    waiting = (replace(trained, required=False), *visits[1:])
    still = choose_days(replace(problem, visits=waiting), slack, expected, rule, seed=1)
    assert [choice.visit_id for choice in still.kept] == ["v2"], "it does not wait by choice"
    fleet = tuple(replace(one, skills=frozenset({"land"})) for one in problem.vehicles)
    along = choose_days(replace(problem, visits=visits, vehicles=fleet), slack, expected, rule, seed=1)
    assert not along.kept, "with him there today somebody rides out anyway"


def _far_with_others_to_come() -> tuple[Problem, Usual]:
    """A far visit that waits two days where others usually come, and one that must be made."""
    problem, usual = office([at(9), at(-0.5)], [at(9)] * 6)
    visits = (problem.visits[0], replace(problem.visits[1], required=True))
    return replace(problem, visits=visits), Usual(visits=tuple(usual), slack=(2,) * 6, per_day=6)


def test_nothing_waits_for_days_on_which_nobody_works_there() -> None:
    problem, expected = _far_with_others_to_come()

    def kept(*coming: tuple[Vehicle, ...]) -> list[str]:
        decision = choose_days(problem, {"v1": 2, "v2": 0}, expected, _FEW, seed=1, coming=coming)
        return [choice.visit_id for choice in decision.kept]

    crew = problem.vehicles
    assert kept() == kept(crew, crew) == kept((), crew) == ["v1"]
    assert kept((), ()) == []


def test_what_only_a_courier_of_today_may_bring_goes_today() -> None:
    problem, expected = _far_with_others_to_come()
    trained = tuple(replace(one, skills=frozenset({"land"})) for one in problem.vehicles)
    visits = (replace(problem.visits[0], skills=frozenset({"land"})), problem.visits[1])
    today = replace(problem, visits=visits, vehicles=trained)
    rest = {"usual": expected, "rule": _FEW, "seed": 1}
    waits = choose_days(today, {"v1": 2, "v2": 0}, **rest, coming=[trained, trained])  # type: ignore[arg-type]
    assert [(one.visit_id, one.slack) for one in waits.kept] == [("v1", 2)]
    goes = choose_days(today, {"v1": 2, "v2": 0}, **rest, coming=[problem.vehicles] * 2)  # type: ignore[arg-type]
    assert [(one.visit_id, one.must) for one in goes.choices] == [("v1", True), ("v2", True)]


def test_a_visit_on_the_way_goes_along() -> None:
    problem, usual = office([at(9), at(8.9)], [at(-3)] * 6)
    visits = (replace(problem.visits[0], required=True), problem.visits[1])
    expected = Usual(visits=tuple(usual), slack=(2,) * 6, per_day=6)
    decision = choose_days(replace(problem, visits=visits), {"v1": 0, "v2": 2}, expected, _FEW, seed=1)
    assert going(decision) == {"v1", "v2"}


def test_who_pays_enough_for_a_day_waits_for_nothing() -> None:
    problem, usual = office([at(9), at(5), at(-4)], [at(9)] * 6)
    expected = Usual(visits=tuple(usual), slack=(2,) * 6, per_day=6)
    slack = {"v1": 2, "v2": 1, "v3": 2}
    hurried = choose_days(problem, slack, expected, replace(_FEW, day_value_s=3_600), seed=1)
    assert going(hurried) == {"v1", "v2", "v3"}


def test_an_unknown_office_expects_what_it_has_today() -> None:
    problem, _ = office([at(9), at(5)])
    expected = prior(problem)
    assert (len(expected.visits), expected.per_day) == (2, 1)
    assert len(choose_days(problem, {"v1": 2, "v2": 2}, expected, _FEW, seed=1).choices) == 2


def test_without_couriers_everything_is_left_to_the_planner() -> None:
    problem, _ = office([at(9)])
    decision = choose_days(replace(problem, vehicles=()), {"v1": 2}, Usual(), _FEW, seed=1)
    assert going(decision) == {"v1"}


@settings(max_examples=15)
@given(
    doors=st.lists(st.tuples(st.integers(-9, 9), st.integers(-1, 3), st.booleans()), min_size=1, max_size=7),
    seed=st.integers(0, 99),
)
def test_nothing_is_ever_kept_beyond_its_last_day(doors: list[tuple[int, int, bool]], seed: int) -> None:
    problem, usual = office([at(km) for km, _, _ in doors], [at(4), at(-6)])
    visits = tuple(replace(v, required=must) for v, (_, _, must) in zip(problem.visits, doors, strict=True))
    slack = {v.id: waits for v, (_, waits, _) in zip(visits, doors, strict=True)}
    expected = Usual(visits=tuple(usual), slack=(2, 1), per_day=2)
    decision = choose_days(replace(problem, visits=visits), slack, expected, replace(_FEW, futures=3), seed=seed)
    assert [choice.visit_id for choice in decision.choices] == [v.id for v in visits]
    for choice, (_, waits, must) in zip(decision.choices, doors, strict=True):
        assert choice.go or (waits > 0 and not must and choice.slack == waits and choice.likely <= waits)


def test_the_same_seed_gives_the_same_choice() -> None:
    rng = np.random.default_rng(4)
    problem, usual = office([at(km) for km in rng.uniform(-9, 9, 12)], [at(km) for km in rng.uniform(-9, 9, 20)])
    expected = Usual(visits=tuple(usual), slack=(2,) * 20, per_day=8)
    slack = {v.id: 2 for v in problem.visits}
    first, again = (choose_days(problem, slack, expected, _FEW, seed=5) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("seconds", [0.0, 0.4])
def test_the_limit_holds(seconds: float) -> None:
    rng = np.random.default_rng(1)
    problem, usual = office([at(km) for km in rng.uniform(-9, 9, 150)], [at(km) for km in rng.uniform(-9, 9, 100)])
    expected = Usual(visits=tuple(usual), slack=(2,) * 100, per_day=60)
    slack = {v.id: 2 for v in problem.visits}
    began = time.process_time()
    decision = choose_days(problem, slack, expected, replace(_FEW, futures=50, seconds=seconds), seed=1)
    assert time.process_time() - began < seconds + 4
    assert len(decision.choices) == 150
    assert decision.futures < 50


def test_whoever_listens_hears_the_share_and_may_give_up() -> None:
    class GivenUpError(Exception):
        pass

    heard: list[float] = []

    def listen(share: float) -> None:
        heard.append(share)
        if len(heard) == 3:
            raise GivenUpError

    problem, usual = office([at(9), at(4)], [at(9)] * 3)
    expected = Usual(visits=tuple(usual), slack=(2,) * 3, per_day=3)
    with pytest.raises(GivenUpError):
        choose_days(problem, {"v1": 2, "v2": 2}, expected, _FEW, seed=1, on_future=listen)
    assert heard == sorted(heard)
    assert heard[-1] < 1

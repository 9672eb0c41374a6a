"""Service times from visits seen: shrinkage, classes of error, limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.learned_service import STANDARD, SeenVisit, ServiceFactors, error_class, learn_service


def seen(code: str, error_m: int, ratio: float, count: int) -> list[SeenVisit]:
    return [SeenVisit(commune_code=code, error_m=error_m, standard_s=200.0, seen_s=200.0 * ratio)] * count


def test_nothing_learned_leaves_the_standard() -> None:
    assert STANDARD.factor("26740", 300) == ServiceFactors.of(learn_service([])).factor(None, None) == 1.0


def test_many_visits_teach_their_commune_and_few_hardly() -> None:
    factors = ServiceFactors.of(
        learn_service(seen("1", 20, 1.5, 400) + seen("2", 20, 1.5, 1) + seen("3", 20, 0.7, 400))
    )
    assert factors.factor("1", 20) == pytest.approx(1.5, abs=0.03)
    assert factors.factor("3", 0) == pytest.approx(0.7, abs=0.03)
    assert 1.05 < factors.factor("2", 20) < 1.2
    assert factors.factor("unknown", 20) == pytest.approx(1.1, abs=0.03)


def test_badly_known_doors_are_learned_apart() -> None:
    factors = ServiceFactors.of(learn_service(seen("1", 20, 1.0, 300) + seen("1", 500, 2.0, 300)))
    assert factors.factor("1", 40) == pytest.approx(1.0, abs=0.05)
    assert factors.factor("1", 900) == pytest.approx(2.0, abs=0.1)
    # a class of error never seen takes what the province takes
    assert factors.factor("1", 5_000) == pytest.approx(1.5, abs=0.1)


def test_one_cup_of_tea_is_no_habit() -> None:
    factors = ServiceFactors.of(learn_service(seen("1", 20, 1.0, 60) + seen("1", 20, 90.0, 1)))
    assert factors.factor("1", 20) < 1.1


@pytest.mark.parametrize(("error_m", "expected"), [(0, 0), (50, 0), (51, 1), (200, 1), (1_000, 2), (1_001, 3)])
def test_classes_of_error(error_m: int, expected: int) -> None:
    assert error_class(error_m) == expected


@given(st.lists(st.tuples(st.sampled_from("123"), st.integers(0, 5_000), st.floats(1, 1e5)), min_size=1, max_size=40))
def test_no_visit_makes_a_time_absurd(visits: list[tuple[str, int, float]]) -> None:
    learned = learn_service(
        SeenVisit(commune_code=code, error_m=error_m, standard_s=200.0, seen_s=seen_s)
        for code, error_m, seen_s in visits
    )
    assert all(0.3 <= one.factor <= 4.0 for one in learned)
    assert sum(one.visits for one in learned if one.error_class >= 0 and one.commune_code) == len(visits)

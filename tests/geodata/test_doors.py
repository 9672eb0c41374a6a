"""The estimate of a learned door: no single fix moves it far, no order matters, forgetting is as if it never was."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.communes import METRES_PER_DEGREE, metres_between
from geodata.doors import (
    CORRECTED_ERROR_M,
    VOTES,
    DoorKind,
    LearnedDoor,
    Observation,
    Teaching,
    aged,
    agree_within_m,
    learned,
    middle_of,
)
from geodata.model import LonLat

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DOOR = LonLat(lon=106.70, lat=10.78)


def at(east_m: float, north_m: float) -> LonLat:
    """A point so far from the door."""
    shrink = math.cos(math.radians(DOOR.lat)) * METRES_PER_DEGREE
    return LonLat(lon=DOOR.lon + east_m / shrink, lat=DOOR.lat + north_m / METRES_PER_DEGREE)


def fix(
    number: int, east_m: float, north_m: float = 0.0, *, accuracy_m: float = 10.0, days: float = 0.0
) -> Observation:
    """A delivery; each number is a visit of its own courier."""
    when = NOW - timedelta(days=days)
    return Observation(
        id=UUID(int=number),
        kind=Teaching.DELIVERY,
        point=at(east_m, north_m),
        accuracy_m=accuracy_m,
        taught_by=f"user:{number}",
        observed_at=when,
        recorded_at=when,
    )


def correction(number: int, east_m: float, *, days: float = 0.0) -> Observation:
    return replace(fix(number, east_m, days=days), kind=Teaching.CORRECTION)


def door(*observations: Observation) -> LearnedDoor:
    found = learned(observations)
    assert found is not None
    return found


spots = st.floats(-15, 15)
good = st.tuples(spots, spots, st.floats(3, 20), st.floats(0, 300))
bad = st.tuples(st.floats(-30_000, 30_000), st.floats(-30_000, 30_000), st.floats(1, 60), st.floats(0, 300))


@given(st.lists(good, min_size=2, max_size=VOTES - 1), bad)
def test_one_bad_fix_never_moves_the_door_out_of_the_good_ones(
    goods: list[tuple[float, float, float, float]], wrong: tuple[float, float, float, float]
) -> None:
    lessons = [fix(n, x, y, accuracy_m=a, days=d) for n, (x, y, a, d) in enumerate(goods, 1)]
    x, y, accuracy, days = wrong
    outlier = fix(99, x, y, accuracy_m=accuracy, days=days)
    found = door(*lessons, outlier)
    nearest = min(metres_between(found.point, lesson.point) for lesson in lessons)
    assert nearest <= max(agree_within_m(outlier, lesson) for lesson in lessons)
    assert metres_between(found.point, DOOR) < 15 * math.sqrt(2) + 130


@given(st.lists(good, min_size=3, max_size=VOTES - 1), bad)
def test_a_fix_far_off_does_not_move_the_door_at_all(
    goods: list[tuple[float, float, float, float]], wrong: tuple[float, float, float, float]
) -> None:
    lessons = [fix(n, x, y, accuracy_m=a, days=d) for n, (x, y, a, d) in enumerate(goods, 1)]
    outlier = fix(99, wrong[0] + math.copysign(400, wrong[0]), wrong[1], accuracy_m=wrong[2], days=wrong[3])
    with_it, without = door(*lessons, outlier), door(*lessons)
    assert metres_between(with_it.point, without.point) < 0.5
    assert with_it.error_m == without.error_m or with_it.disputed


@given(st.lists(good, min_size=1, max_size=12), st.lists(bad, max_size=3), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(
    goods: list[tuple[float, float, float, float]], wrong: list[tuple[float, float, float, float]], chance: Random
) -> None:
    lessons = [fix(n, x, y, accuracy_m=a, days=d) for n, (x, y, a, d) in enumerate([*goods, *wrong], 1)]
    shuffled = list(lessons)
    chance.shuffle(shuffled)
    assert learned(shuffled) == learned(lessons)


@given(st.lists(good, min_size=1, max_size=6), st.lists(bad, min_size=1, max_size=3))
def test_forgetting_is_as_if_it_never_was(
    goods: list[tuple[float, float, float, float]], wrong: list[tuple[float, float, float, float]]
) -> None:
    lessons = [fix(n, x, y, accuracy_m=a, days=d) for n, (x, y, a, d) in enumerate(goods, 1)]
    later = [fix(50 + n, x, y, accuracy_m=a, days=d) for n, (x, y, a, d) in enumerate(wrong, 1)]
    forgotten = [replace(one, forgotten_at=NOW, forgotten_by="user:dispatcher") for one in later]
    assert learned([*lessons, *forgotten]) == learned(lessons)
    assert learned(forgotten) is None


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_the_radius_holds_about_nine_of_ten_doors(seed: int) -> None:
    chance = Random(seed)
    held = 0
    for _ in range(60):
        accuracy = chance.uniform(5, 25)
        sigma = accuracy / 1.51
        fixes = [
            fix(n, chance.gauss(0, sigma), chance.gauss(0, sigma), accuracy_m=accuracy)
            for n in range(1, chance.randint(2, 6))
        ]
        found = door(*fixes)
        held += metres_between(found.point, DOOR) <= found.error_m
    assert held >= 48


def test_more_deliveries_make_the_radius_smaller() -> None:
    radii = [
        door(*(fix(n, 3.0 * (-1) ** n, accuracy_m=30) for n in range(1, count + 1))).error_m for count in (1, 4, 8)
    ]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] > radii[-1] >= 15


def test_papers_of_one_visit_are_one_lesson() -> None:
    visit = [replace(fix(n, 5_000), taught_by="user:one") for n in range(1, 5)]
    homes = [fix(10, 0, days=3), fix(11, 5, days=9)]
    found = door(*visit, *homes)
    assert metres_between(found.point, DOOR) < 10
    assert found.lessons == 2


def test_two_that_contradict_each_other_give_a_radius_that_holds_both() -> None:
    found = door(fix(1, 0, days=5), fix(2, 700))
    assert found.disputed
    assert found.error_m >= 690


def test_a_household_that_moved_is_followed_after_a_few_visits() -> None:
    before = [fix(n, 0, days=500 + n) for n in range(1, 6)]
    assert metres_between(door(*before, fix(20, 900, days=1)).point, DOOR) < 10
    after = [fix(20 + n, 900, days=n) for n in range(1, 4)]
    assert metres_between(door(*before, *after).point, at(900, 0)) < 10


def test_a_correction_wins_over_any_number_of_fixes() -> None:
    found = door(*(fix(n, 0, days=n) for n in range(1, 9)), correction(50, 300, days=0.5))
    assert metres_between(found.point, at(300, 0)) < 1
    assert (found.corrected, found.error_m, found.taught_by) == (True, CORRECTED_ERROR_M, "user:50")


def test_the_newest_correction_counts() -> None:
    assert metres_between(door(correction(1, 300, days=2), correction(2, 600, days=1)).point, at(600, 0)) < 1


def test_deliveries_that_contradict_a_correction_mark_it_and_do_not_move_it() -> None:
    found = door(correction(1, 0, days=30), *(fix(n, 900, days=n) for n in range(2, 6)))
    assert found.disputed
    assert metres_between(found.point, DOOR) < 1
    assert not door(correction(1, 0, days=30), fix(2, 900)).disputed


def test_age_widens_the_radius_and_ends_the_door() -> None:
    young = door(fix(1, 0))
    assert aged(young, NOW + timedelta(days=300)) == young
    old = aged(young, NOW + timedelta(days=2 * 365))
    assert old is not None
    assert old.error_m == 2 * young.error_m
    assert aged(young, NOW + timedelta(days=6 * 365)) is None


def test_the_middle_of_an_alley_holds_its_doors() -> None:
    homes = [door(fix(n, 12.0 * n)) for n in range(6)]
    middle = middle_of(homes, DoorKind.ALLEY)
    assert middle is not None
    assert all(metres_between(middle.point, home.point) <= middle.error_m for home in homes)
    assert middle == middle_of(list(reversed(homes)), DoorKind.ALLEY)
    alone = middle_of(homes[:1], DoorKind.HAMLET)
    assert alone is not None
    assert alone.error_m == 600
    assert middle_of([], DoorKind.ALLEY) is None

"""Identifiers: order, check digits, typing mistakes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import (
    _ALPHABET,
    floor_id,
    id_time,
    is_valid_s10,
    make_s10,
    new_id,
    new_tracking_code,
    parse_tracking_code,
    receipt_code,
    s10_check_digit,
)

instants = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(instants)
def test_a_uuid7_holds_its_instant_and_its_version(now: datetime) -> None:
    key = new_id(now)
    assert key.version == 7
    assert abs(id_time(key) - now) < timedelta(milliseconds=2)


@given(instants, instants)
def test_ids_sort_by_time_and_after_the_floor_of_their_instant(a: datetime, b: datetime) -> None:
    early, late = sorted((a, b))
    assert floor_id(early) <= new_id(early)
    if late - early > timedelta(milliseconds=1):
        assert new_id(early) < floor_id(late)


@given(instants)
def test_ids_of_one_millisecond_sort_as_they_were_made(now: datetime) -> None:
    keys = [new_id(now) for _ in range(2000)]
    assert keys == sorted(keys)
    assert len({key.int & (1 << 62) - 1 for key in keys}) == len(keys), "still nobody can guess the next"


def test_the_published_s10_example_is_valid() -> None:
    assert make_s10("RA", 12345678) == "RA123456785VN"
    assert is_valid_s10("RA123456785VN")
    assert s10_check_digit("47312482") == 9  # the example of UPU S10 itself


@given(st.integers(0, 99_999_999), st.integers(1, 9))
def test_a_wrong_check_digit_is_seen(serial: int, shift: int) -> None:
    code = make_s10("RA", serial)
    wrong = (int(code[10]) + shift) % 10
    assert not is_valid_s10(f"{code[:10]}{wrong}VN")


@given(st.integers(0, 11), st.integers(1, 31))
def test_any_single_wrong_character_of_a_tracking_code_is_seen(place: int, shift: int) -> None:
    raw = list(new_tracking_code().replace("-", ""))
    raw[place] = _ALPHABET[(_ALPHABET.index(raw[place]) + shift) % 32]
    assert parse_tracking_code("".join(raw)) is None


@pytest.mark.parametrize(
    "typed", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("0", "O").replace("1", "l")]
)
def test_a_tracking_code_is_read_as_people_type_it(typed: Callable[[str], str]) -> None:
    code = new_tracking_code()
    assert parse_tracking_code(typed(code)) == code


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("01a1ff6f-9ff6-71bd-ba05-b80996abeed0", "16BA-QVPG-P"),
        ("00000000-0000-7000-8000-000000000000", "0000-0000-0"),
        ("ffffffff-ffff-7fff-bfff-ffffffffffff", "ZZZZ-ZZZZ-0"),
    ],
)
def test_a_receipts_code_is_the_one_the_phone_reckons(key: str, code: str) -> None:
    """The same pairs stand in web/src/courier/door/receipt.test.ts."""
    assert receipt_code(UUID(key)) == code

"""Masks and keyed hashes."""

from hypothesis import given
from hypothesis import strategies as st

from tracking.privacy import keyed_hash, last4, mask_name, mask_phone, same_secret


def test_a_name_keeps_its_family_name_only() -> None:
    assert mask_name("Nguyễn Thị Bích Ngọc") == "Nguyễn T*** B*** N***"
    assert mask_name("Ngọc") == "N***"
    assert mask_name("") == ""


@given(st.from_regex(r"0[35789]\d{8}", fullmatch=True))
def test_a_masked_phone_never_shows_the_second_factor(phone: str) -> None:
    masked = mask_phone(phone)
    assert masked.startswith(phone[:3])
    assert sum(c.isdigit() for c in masked) == 3


def test_no_phone_no_mask() -> None:
    assert mask_phone("") == ""
    assert last4("") == last4("123") == ""
    assert last4("+84 912 345 678") == "5678"


def test_an_empty_secret_matches_nothing() -> None:
    assert not same_secret("", "")
    assert same_secret("5678", "5678")
    assert not same_secret("5679", "5678")
    assert not same_secret("đêm", "5678")


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_a_keyed_hash_tells_lists_apart(left: list[str], right: list[str]) -> None:
    assert (keyed_hash(b"k", *left) == keyed_hash(b"k", *right)) == (left == right)


def test_a_keyed_hash_needs_its_key() -> None:
    assert keyed_hash(b"one", "cccd", "1234") != keyed_hash(b"two", "cccd", "1234")

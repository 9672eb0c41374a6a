"""Spelling: what two writings of one name have in common, and what tells look-alikes apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.names import clean, fold_key, toned_key, word

_LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ '’-."
_TEXTS = st.text(alphabet=_LETTERS + _LETTERS.upper() + "0123456789", max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "Hòa Bình"),
        ("Thuỷ Nguyên", "Thủy Nguyên"),
        ("K'Dang", "K’Dang"),
        ("K'Dang", "KDang"),
        ("Đắk Đoa", "Đak Đoa"),
        ("Đăk Đoa", "Đắc Đoa"),
        ("Mỹ Tho", "Mĩ Tho"),
        ("Quy Nhơn", "Qui Nhơn"),
        ("Phường 05", "Phường 5"),
        ("A Yun", "Ayun"),
        ("Ðông Hà", "Đông Hà"),
        ("Ea\u200b H'Leo", "EA H’LEO"),
    ],
)
def test_writings_of_one_name_share_both_keys(one: str, other: str) -> None:
    assert fold_key(one) == fold_key(other)
    assert toned_key(one) == toned_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Thanh An", "Thạnh An"), ("Ba Tơ", "Ba Tô"), ("Mỹ Tho", "Mỹ Thọ"), ("Đông Tiến", "Đồng Tiến")]
)
def test_look_alikes_are_found_together_and_told_apart(one: str, other: str) -> None:
    assert fold_key(one) == fold_key(other)
    assert toned_key(one) != toned_key(other)


@given(_TEXTS)
def test_cleaning_is_idempotent_and_form_blind(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean(unicodedata.normalize("NFD", text)) == clean(unicodedata.normalize("NFC", text))


@given(_TEXTS)
def test_keys_do_not_see_case_or_composition(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert fold_key(decomposed) == fold_key(text) == fold_key(text.upper())
    assert toned_key(decomposed) == toned_key(text) == toned_key(text.upper())


@given(_TEXTS)
def test_a_fold_key_is_plain_letters_and_digits(text: str) -> None:
    key = fold_key(text)
    assert key.isascii()
    assert not key or key.isalnum()


def test_a_word_knows_whether_it_was_marked() -> None:
    assert word("an").marked is False
    assert word("ấp").marked is True

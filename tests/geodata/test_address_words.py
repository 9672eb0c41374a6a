"""Words, boundaries and type words of an address text."""

import pytest

from geodata.address_words import Level, read_words


def _types(text: str) -> list[tuple[str, frozenset[str]]]:
    read = read_words(text)
    return [(w.fold, t.types) for w, t in zip(read.words, read.types, strict=True) if t is not None]


def test_two_word_types_hide_the_shorter_one_inside() -> None:
    assert _types("thị xã An Khê") == [("thi", frozenset({"thixa"}))]


def test_a_type_pair_does_not_cross_a_comma() -> None:
    assert _types("Bắc Thị, Xã Cẩm Xuyên") == [("xa", frozenset({"xa"}))]


@pytest.mark.parametrize("text", ["P5", "P.5", "P. 05", "F5", "Phường 5", "phuong 05", "Ward 5"])
def test_a_numbered_ward_is_a_type_word_and_a_number(text: str) -> None:
    read = read_words(text)
    assert read.types[0] is not None
    assert read.types[0].types == {"phuong"}
    assert read.words[1].fold == "5"


@pytest.mark.parametrize("text", ["Tịh trấn Chư Sê", "Thij trấn Chư Sê", "Thị trns Chư Sê"])
def test_a_slip_in_a_type_pair_is_forgiven_at_the_start_of_a_stretch(text: str) -> None:
    first = read_words(text).types[0]
    assert (first is not None) == (text != "Thị trns Chư Sê")


def test_country_and_postcode_say_nothing() -> None:
    assert [w.fold for w in read_words("Pleiku, Gia Lai, 600000, Việt Nam").words] == ["pleiku", "gia", "lai"]


def test_house_numbers_stay_whole() -> None:
    assert [w.fold for w in read_words("12/5A Lê Lợi").words][:1] == ["12/5a"]


def test_a_city_may_be_district_or_province() -> None:
    city = read_words("TP. Hồ Chí Minh").types[0]
    assert city is not None
    assert set(city.levels) == {Level.DISTRICT, Level.PROVINCE}


@pytest.mark.parametrize("text", ["", "   ", ",;,", "\n"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert len(read_words(text)) == 0

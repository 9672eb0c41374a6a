"""Reading the street part of an address: one door has one reading however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import without_marks
from geodata.street_text import area_key, house_path, is_alley, place_key, read_door, street_name

COMMUNE = "26740"


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("145/17/24 Lê Lợi, phường 5", ("145", "17", "24"), "leloi"),
        ("Số 24 hẻm 145/17 Lê Lợi, P.5", ("145", "17", "24"), "leloi"),
        ("ngõ 145 ngách 17 số 24 phố Lê Lợi, phường Bến Thành", ("145", "17", "24"), "leloi"),
        ("24 hẻm 145/17, đường Lê Lợi, phường 5", ("145", "17", "24"), "leloi"),
        ("Số nhà 12, đường số 5, P. Bình Hưng Hòa", ("12",), "5"),
        ("12 Đường D5, P25", ("12",), "d5"),
        ("45 QL22, xã Bà Điểm", ("45",), "ql22"),
        ("45 Quốc lộ 22, xã Bà Điểm", ("45",), "ql22"),
        ("12 tỉnh lộ 8, ấp 5", ("12",), "tl8"),
        ("12 TL8, ấp 5", ("12",), "tl8"),
        ("12 đường tỉnh 8, ấp 5", ("12",), "tl8"),
        ("123 đường 3/2, P.10", ("123",), "3/2"),
        ("123 Ba Tháng Hai, P.10", ("123",), "3/2"),
        ("123 3 tháng 2, P.10", ("123",), "3/2"),
        ("12 CMT8, p11", ("12",), "cachmangthang8"),
        ("12 Cách Mạng Tháng Tám, p11", ("12",), "cachmangthang8"),
        ("45 Ng. Ảnh Thủ, Q12", ("45",), "nguyenanhthu"),
        ("5Bis Nguyễn Thị Minh Khai", ("5bis",), "nguyenthiminhkhai"),
        ("12-14 Lê Lợi, Q1", ("12",), "leloi"),
        ("A37 đường Lê Lợi, Q7", ("a37",), "leloi"),
        ("55 Xa lộ Hà Nội, phường Thảo Điền", ("55",), "xalohanoi"),
    ],
)
def test_one_door_however_it_is_written(text: str, path: tuple[str, ...], name: str) -> None:
    for written in (text, without_marks(text), text.upper()):
        first = read_door(written).streets[0]
        assert (first.path, "".join(first.name)) == (path, name), written


@pytest.mark.parametrize(
    ("mapped", "key", "alley"),
    [
        ("Hẻm 302/2 Ngô Quyền", "ngoquyen", ("302", "2")),
        ("Hẻm 62 đường số 15", "15", ("62",)),
        ("Hẻm 436A 3 Tháng 2", "3/2", ("436a",)),
        ("Đường Số 215", "215", ()),
        ("Hẻm 24/12", "hem24/12", ()),
        ("3 Tháng 2", "3/2", ()),
        ("Đại lộ Võ Văn Kiệt", "vovankiet", ()),
        ("ĐT.743", "tl743", ()),
    ],
)
def test_the_name_of_a_mapped_way(mapped: str, key: str, alley: tuple[str, ...]) -> None:
    found = street_name(mapped)
    assert found is not None
    assert (found.key, found.alley) == (key, alley)


def test_a_lone_d_is_the_street_of_that_name_first_and_then_a_street() -> None:
    assert list(read_door("12 đ. 5, P. Bình Hưng Hòa").streets[0].keys()) == ["5"]
    assert list(read_door("12 d5, P. Binh Hung Hoa").streets[0].keys()) == ["d5", "d", "5"]


def test_a_house_number_without_a_street_is_no_street() -> None:
    assert read_door("Số 5, tổ 3, khu phố 2, phường Linh Xuân").streets == ()


def test_a_lone_number_of_a_street_is_read_as_the_street_it_is() -> None:
    assert [reading.path for reading in read_door("đường số 5, phường Linh Xuân").streets] == [()]


@pytest.mark.parametrize(
    ("number", "path"), [("145/17/24A", ("145", "17", "24a")), ("012", ("12",)), ("ks", None), ("", None)]
)
def test_house_numbers_as_mapped(number: str, path: tuple[str, ...] | None) -> None:
    assert house_path(number) == path


def test_hamlets_have_one_key() -> None:
    assert place_key("KP 3") == place_key("Khu phố 3") == place_key("khu pho 03")


def test_neighbours_of_an_alley_share_a_key_and_those_of_a_street_do_not() -> None:
    one = area_key("145/17/24 Lê Lợi, P5", COMMUNE)
    assert one is not None
    assert one == area_key("Số 3 hẻm 145/17 Lê Lợi, phường 5", COMMUNE)
    assert one != area_key("145/18/24 Lê Lợi, P5", COMMUNE)
    assert one != area_key("145/17/24 Lê Lợi, P5", "26743")
    assert area_key("24 Lê Lợi, P5", COMMUNE) is None


def test_doors_of_a_hamlet_share_a_key_whatever_their_number() -> None:
    one = area_key("Số 5, tổ 3, ấp Bàu Tre, xã Tân An Hội", COMMUNE)
    assert one is not None
    assert one == area_key("nhà 9, Tổ 3, ấp Bàu Tre, X. Tân An Hội", COMMUNE)
    assert not is_alley("Số 5, tổ 3, ấp Bàu Tre, xã Tân An Hội")
    assert is_alley("145/17/24 Lê Lợi, P5")


def test_a_key_holds_no_word_of_the_address() -> None:
    key = area_key("145/17/24 Lê Lợi, P5", COMMUNE)
    assert key is not None
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    door = read_door(text)
    assert all(reading.name for reading in door.streets)
    area_key(text, COMMUNE)
    street_name(text)


@given(st.lists(st.integers(1, 999), min_size=2, max_size=4))
def test_alleys_inwards_and_outwards_are_one_path(numbers: list[int]) -> None:
    inwards = "/".join(map(str, numbers))
    outwards = f"số {numbers[-1]} " + " ".join(f"hẻm {number}" for number in reversed(numbers[:-1]))
    paths = {read_door(f"{door} Nguyễn Ảnh Thủ, Q12").streets[0].path for door in (inwards, outwards)}
    assert paths == {tuple(map(str, numbers))}

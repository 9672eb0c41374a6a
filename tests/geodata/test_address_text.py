"""The household key: one door, one household; no door number, then the phone; no phone, then the name."""

from hypothesis import given
from hypothesis import strategies as st

from geodata.address_text import household_key

_PHONES = st.from_regex(r"0[35789][0-9]{8}", fullmatch=True)


def _key(name: str = "Nguyễn Văn A", phone: str = "", text: str = "12 Lê Lợi, P.5, Q.3", commune: str = "27154") -> str:
    return household_key(name, phone, text, commune)


def test_one_door_written_with_old_and_new_units_is_one_household() -> None:
    new = _key(text="Số 12 đường Lê Lợi, phường Bàn Cờ, TP.HCM")
    assert new == _key() == _key(text="12 LÊ LỢI P5 Q3") == _key(text="12 le loi, phuong 5, quan 3")


def test_two_people_behind_one_door_are_one_household() -> None:
    assert _key(name="Trần Thị B", phone="0905111222") == _key(phone="0905333444")


def test_two_doors_are_two_households() -> None:
    assert _key(text="14 Lê Lợi, P.5, Q.3", phone="0905111222") != _key(phone="0905111222")


def test_the_same_door_in_another_commune_is_another_household() -> None:
    assert _key() != _key(commune="27139")


def test_a_hamlet_number_is_no_door() -> None:
    text = "Thôn 3, xã Ia Ake"
    assert _key(text=text, phone="0905111222") != _key(text=text, phone="0905333444")
    assert _key(text=text, phone="0905111222") == _key(name="B", text="thôn 3, Ia Ake", phone="+84 905 111 222")


def test_without_door_and_phone_the_name_decides() -> None:
    text = "làng Plei Tăng, xã Ia Ake"
    assert _key(text=text) == _key(text="Làng Plei Tăng, X. Ia Ake", name="NGUYEN VAN A")
    assert _key(text=text) != _key(text=text, name="Rơ Châm H'Lan")


@given(_PHONES, st.text(alphabet="abcdefghi ăâđêô", min_size=1, max_size=20))
def test_the_key_shows_neither_phone_nor_name(phone: str, name: str) -> None:
    key = household_key(name, phone, "làng Plei Tăng, xã Ia Ake", "24049")
    assert len(key) == 32
    assert phone not in key
    assert int(key, 16) >= 0


@given(_PHONES)
def test_a_phone_is_the_same_with_the_country_code(phone: str) -> None:
    text = "làng Plei Tăng, xã Ia Ake"
    assert _key(text=text, phone=phone) == _key(text=text, phone=f"+84{phone[1:]}")

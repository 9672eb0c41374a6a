"""The traps of Vietnamese addresses, each by name. Truth is the national conversion table."""

import csv
from pathlib import Path

import pytest

from geodata import reasons
from geodata.communes import CommuneIndex
from geodata.model import LonLat, PointSource, Resolution, Vintage
from geodata.resolver import AddressResolver

_HARD = Path(__file__).parents[2] / "bench" / "address_hard.csv"


@pytest.fixture(scope="module")
def resolver() -> AddressResolver:
    return AddressResolver.bundled()


def _decided(resolution: Resolution) -> str | None:
    return resolution.decided.commune_full_name if resolution.decided else None


def _offered(resolution: Resolution) -> set[str]:
    return {c.commune_full_name for c in resolution.candidates}


def test_an_old_ward_whose_name_a_new_ward_bears_elsewhere(resolver: AddressResolver) -> None:
    old = resolver.resolve("Phường An Lộc, thị xã Bình Long, tỉnh Bình Phước")
    new = resolver.resolve("Phường An Lộc, thành phố Đồng Nai")
    assert (_decided(old), old.decided and old.decided.vintage) == ("Phường Bình Long", Vintage.OLD)
    assert (_decided(new), new.decided and new.decided.vintage) == ("Phường An Lộc", Vintage.NEW)


def test_a_reused_name_without_a_sign_of_its_vintage_is_for_a_person(resolver: AddressResolver) -> None:
    found = resolver.resolve("Phường An Lộc, tỉnh Bình Phước")
    assert found.decided is None
    assert found.reason == reasons.NAME_REUSED
    assert {"Phường An Lộc", "Phường Bình Long"} <= _offered(found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("xã Kỳ Bắc, huyện Kỳ Anh, tỉnh Hà Tĩnh", "Xã Kỳ Xuân"),
        ("xã Hưng Long, huyện Yên Lập, tỉnh Phú Thọ", "Xã Yên Lập"),
        ("làng Plei Tăng, xã Ia Ake", "Xã Chư A Thai"),
    ],
)
def test_communes_of_the_reports(resolver: AddressResolver, text: str, name: str) -> None:
    assert _decided(resolver.resolve(text)) == name


@pytest.mark.parametrize(
    "district", ["huyện Đak Đoa", "H. Đăk Đoa", "huyện Đắk Đoa", "HUYỆN ĐẮC ĐOA", "huyen dak doa", "Đak Đoa"]
)
@pytest.mark.parametrize("commune", ["xã K'Dang", "xã K’Dang", "X. KDang", "XÃ K`DANG", "xa k dang"])
def test_highland_spellings(resolver: AddressResolver, commune: str, district: str) -> None:
    assert _decided(resolver.resolve(f"{commune}, {district}, Gia Lai")) == "Xã KDang"


def test_look_alikes_are_told_apart_by_marks_and_not_guessed_without(resolver: AddressResolver) -> None:
    assert _decided(resolver.resolve("xã Thanh An, TP Hồ Chí Minh")) == "Xã Thanh An"
    assert _decided(resolver.resolve("xã Thạnh An, TP Hồ Chí Minh")) == "Xã Thạnh An"
    unmarked = resolver.resolve("xa thanh an, tp ho chi minh")
    assert unmarked.decided is None
    assert {"Xã Thanh An", "Xã Thạnh An"} <= _offered(unmarked)


def test_a_split_unit_is_for_a_person_and_offers_every_part(resolver: AddressResolver) -> None:
    found = resolver.resolve("12 Nguyễn Đình Chiểu, Phường 4, Quận 3, TP.HCM")
    assert found.decided is None
    assert found.reason == reasons.SPLIT
    assert _offered(found) >= {"Phường Xuân Hoà", "Phường Bàn Cờ"}


def test_a_split_is_settled_by_the_new_name_or_a_point_inside_one_part(resolver: AddressResolver) -> None:
    text = "Phường 4, Quận 3, TP.HCM"
    parts = {c.commune_full_name: c for c in resolver.resolve(text).candidates}
    by_name = resolver.resolve("Phường 4, Quận 3 (nay là phường Bàn Cờ), TP.HCM")
    by_point = resolver.resolve(text, point=parts["Phường Xuân Hoà"].point)
    assert _decided(by_name) == "Phường Bàn Cờ"
    assert (_decided(by_point), by_point.reason) == ("Phường Xuân Hoà", reasons.BY_POINT)


def test_a_point_never_brings_in_a_commune_the_text_does_not_speak_of(resolver: AddressResolver) -> None:
    elsewhere = LonLat(lon=108.0, lat=13.98)
    found = resolver.resolve("Phường 4, Quận 3, TP.HCM", point=elsewhere)
    assert found.decided is None
    assert CommuneIndex.bundled().at(elsewhere) not in {c.commune_code for c in found.candidates}


def test_a_split_is_settled_by_a_village_with_a_name_of_its_own(resolver: AddressResolver) -> None:
    found = resolver.resolve("Thôn Dục Nội, xã Việt Hùng, huyện Đông Anh, Hà Nội")
    assert (_decided(found), found.reason) == ("Xã Đông Anh", reasons.BY_PLACE)
    assert found.decided is not None
    assert found.decided.point_source is PointSource.PLACE


@pytest.mark.parametrize("village", ["Thôn Đông", "Thôn 3", "Thôn Mười", "Hà Nội"])
def test_a_split_is_not_settled_by_a_name_any_village_may_have(resolver: AddressResolver, village: str) -> None:
    assert resolver.resolve(f"{village}, xã Việt Hùng, huyện Đông Anh, Hà Nội").decided is None


@pytest.mark.parametrize(
    "text",
    [
        "xã Ia Ake, huyện Đông Anh, tỉnh Gia Lai",
        "xã Ia Ake, huyện Chư Prông, tỉnh Gia Lai",
        "Phường Trà Cổ, huyện Vân Đồn, tỉnh Quảng Ninh",
        "xã Lâm Phú, huyện Cẩm Thủy, tỉnh Thanh Hóa",
        "Phường Hương Sơ, huyện Phú Vang, thành phố Huế",
        "Phường Bến Nghé, Quận 3, TP.HCM",
    ],
)
def test_an_address_that_contradicts_itself_is_for_a_person(resolver: AddressResolver, text: str) -> None:
    assert resolver.resolve(text).decided is None


def test_a_district_elsewhere_outweighs_the_province_of_the_office(resolver: AddressResolver) -> None:
    text = "Thái Bình, xã Kỳ Bắc, huyện Kỳ Anh"
    assert _decided(resolver.resolve(text, province_code="52")) == "Xã Kỳ Xuân"


def test_of_a_very_long_text_the_end_is_read(resolver: AddressResolver) -> None:
    text = "giao trong giờ hành chính, " * 500 + "xã Ia Ake, huyện Phú Thiện, Gia Lai"
    assert _decided(resolver.resolve(text)) == "Xã Chư A Thai"


def test_land_without_people_does_not_make_a_split(resolver: AddressResolver) -> None:
    assert _decided(resolver.resolve("phường Long Thạnh Mỹ, TP Thủ Đức, TP HCM")) == "Phường Long Bình"


def test_former_districts_are_known(resolver: AddressResolver) -> None:
    assert _decided(resolver.resolve("P. Hiệp Phú, Quận 9, TP.HCM")) == "Phường Tăng Nhơn Phú"
    assert _decided(resolver.resolve("P. Thuận Lộc, TP Huế, Thừa Thiên Huế")) == "Phường Phú Xuân"


def test_an_island_district_without_communes(resolver: AddressResolver) -> None:
    found = resolver.resolve("Khu dân cư số 3, huyện Côn Đảo, tỉnh Bà Rịa - Vũng Tàu")
    assert _decided(found) == "Đặc khu Côn Đảo"


@pytest.mark.parametrize("text", ["", " , ", "Hà Nội", "đang cập nhật", "Việt Nam", "45 Lê Lợi, Quận 1, TP.HCM"])
def test_what_names_no_commune_is_not_decided(resolver: AddressResolver, text: str) -> None:
    assert resolver.resolve(text).decided is None


def test_an_untyped_name_of_a_former_district_is_not_taken_for_the_commune(resolver: AddressResolver) -> None:
    assert resolver.resolve("thôn 3, Phú Thiện, Gia Lai").decided is None


def test_the_province_of_the_office_is_where_to_look_when_the_text_names_none(resolver: AddressResolver) -> None:
    assert _decided(resolver.resolve("xã Tân Tiến", province_code="66")) == "Xã Tân Tiến"
    assert resolver.resolve("xã Tân Tiến").decided is None


def test_the_text_wins_over_the_province_of_the_office(resolver: AddressResolver) -> None:
    assert _decided(resolver.resolve("xã Kỳ Bắc, Hà Tĩnh", province_code="52")) == "Xã Kỳ Xuân"


def test_the_citizens_text_is_kept_untouched(resolver: AddressResolver) -> None:
    text = "  làng Plei Tăng ,XÃ ia ake\n"
    assert resolver.resolve(text).text == text


def test_the_pin_says_where_it_came_from_and_how_sure_it_is(resolver: AddressResolver) -> None:
    old = resolver.resolve("xã Hưng Long, huyện Yên Lập, tỉnh Phú Thọ").decided
    new = resolver.resolve("xã Yên Lập, tỉnh Phú Thọ").decided
    village = resolver.resolve("làng Plei Tăng, xã Ia Ake, Gia Lai").decided
    assert old is not None
    assert new is not None
    assert village is not None
    assert (old.point_source, new.point_source) == (PointSource.OLD_COMMUNE, PointSource.COMMUNE)
    assert village.point_source is PointSource.PLACE
    assert old.error_m < new.error_m


def test_every_reason_given_has_its_sentence_in_both_languages(resolver: AddressResolver) -> None:
    found = resolver.resolve("Phường An Lộc, tỉnh Bình Phước")
    for code in (found.reason, *(c.reason for c in found.candidates)):
        assert reasons.REASONS[code].text("vi") != reasons.REASONS[code].text("en")


def _hard_rows() -> list[dict[str, str]]:
    with _HARD.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_hand_written_address_is_silently_wrong(resolver: AddressResolver) -> None:
    wrong = []
    for row in _hard_rows():
        decided = resolver.resolve(row["text"], province_code=row["hint"] or None).decided
        if decided is not None and decided.commune_code != row["expected"]:
            wrong.append((row["text"], row["expected_name"], decided.commune_full_name))
    assert wrong == []


def test_few_hand_written_addresses_with_one_truth_are_left_to_a_person(resolver: AddressResolver) -> None:
    rows = [row for row in _hard_rows() if row["expected"] != "queue"]
    left = [r for r in rows if resolver.resolve(r["text"], province_code=r["hint"] or None).decided is None]
    assert len(rows) >= 290
    assert len(left) <= len(rows) * 0.03

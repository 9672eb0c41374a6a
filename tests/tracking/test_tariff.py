"""The tariff: the circular's caps as published, tiers and steps against a slow count, tables of a province by day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodedError
from geodata.former_districts import former_districts
from tests.tracking.office_scene import BINH_THANH, NOW, SAI_GON, SYSTEM, TODAY, UNCOVERED, Scene
from tracking.tariff import SHIPPED, Zone, parse_tariff, quote, shipped_tariff
from tracking.tariffs import import_tariff, quote_for, tariff_on
from tracking.zoning import by_former_district

HA_NOI = "00004"
# Circular 22/2017/TT-BTTTT, by hand: weight, then the four zones.
TWO_PLACES = ["/tiers/0/up_to_g", "/tiers/0/same_district"]
PUBLISHED = [
    (1, 26_000, 30_000, 30_500, 31_500),
    (100, 26_000, 30_000, 30_500, 31_500),
    (101, 27_000, 31_000, 32_000, 39_000),
    (250, 27_000, 31_000, 32_000, 39_000),
    (500, 28_500, 32_500, 34_500, 53_000),
    (501, 30_700, 35_400, 38_100, 62_700),
    (1_000, 30_700, 35_400, 38_100, 62_700),
    (1_001, 32_900, 38_300, 41_700, 72_400),
]


@pytest.mark.parametrize("row", PUBLISHED)
def test_the_shipped_table_is_the_circulars(row: tuple[int, ...]) -> None:
    weight_g, *expected = row
    assert [shipped_tariff().full_vnd(zone, weight_g) for zone in Zone] == expected


@given(weight_g=st.integers(1, 31_500), zone=st.sampled_from(list(Zone)))
def test_each_further_begun_step_costs_once_more(weight_g: int, zone: Zone) -> None:
    tariff = shipped_tariff()
    if weight_g <= 500:
        assert tariff.full_vnd(zone, weight_g) == min(t.vnd[zone] for t in tariff.tiers if t.up_to_g >= weight_g)
        return
    amount, reached = tariff.full_vnd(zone, 500), 500
    while reached < weight_g:
        amount, reached = amount + tariff.further.vnd[zone], reached + 500
    assert tariff.full_vnd(zone, weight_g) == amount


@pytest.mark.parametrize(("code", "paid"), [("heroic_mother", 0), ("poor_household", 15_250), (None, 30_500)])
def test_who_pays_less_pays_the_share(code: str | None, paid: int) -> None:
    assert quote(shipped_tariff(), zone=Zone.BEYOND_NEAR, weight_g=50, reduction=code).postage_vnd == paid


def test_half_a_dong_falls_to_the_citizen() -> None:
    tariff = shipped_tariff()
    odd = replace(tariff, tiers=(replace(tariff.tiers[0], vnd=dict.fromkeys(Zone, 30_001)),))
    assert quote(odd, zone=Zone.IN_PROVINCE, weight_g=50, reduction="poor_household").postage_vnd == 15_000


def test_all_that_is_wrong_with_a_question_is_told_at_once() -> None:
    with pytest.raises(CodedError) as refused:
        quote(shipped_tariff(), zone=Zone.IN_PROVINCE, weight_g=0, reduction="king")
    assert [one.code for one in refused.value.problems] == ["T7102", "T7103"]


def test_zones_go_by_former_district_province_and_beyond() -> None:
    zone = by_former_district(shipped_tariff())
    assert zone(SAI_GON, SAI_GON) is Zone.SAME_DISTRICT
    shared = next(code for code in ("26743", "26737", "26734") if former_districts(code) & former_districts(SAI_GON))
    assert zone(SAI_GON, shared) is zone(shared, SAI_GON) is Zone.SAME_DISTRICT
    assert zone(SAI_GON, BINH_THANH) is zone(BINH_THANH, UNCOVERED) is Zone.IN_PROVINCE
    assert zone(SAI_GON, HA_NOI) is Zone.BEYOND_NEAR
    assert by_former_district(replace(shipped_tariff(), far_provinces=frozenset({"01"})))(SAI_GON, HA_NOI) is (
        Zone.BEYOND_FAR
    )
    with pytest.raises(CodedError) as refused:
        zone("99999", "00000")
    assert [one.code for one in refused.value.problems] == ["T2004", "T2004"]


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ('source = "Thông', 'source = 7 # "', ["/source"]),
        ("valid_from = 2017-09-29", 'valid_from = "soon"', ["/valid_from"]),
        ("up_to_g = 250", "up_to_g = 90", ["/tiers/1/up_to_g"]),
        ("up_to_g = 100\nsame_district = 26_000", "up_to_g = 1.5\nsame_district = -1", TWO_PLACES),
        ("each_g = 500\n", "", ["/further/each_g"]),
        ("percent = 50", "percent = 101", ["/reductions/2/percent"]),
        ('code = "heroic_mother"', 'code = "war_invalid"', ["/reductions/2/code"]),
        ("[[tiers]]", "[tiers", ["/"]),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_with_every_place(old: str, new: str, places: list[str]) -> None:
    text = SHIPPED.read_text("utf-8")
    assert old in text
    with pytest.raises(CodedError) as refused:
        parse_tariff(text.replace(old, new, 1))
    assert {one.code for one in refused.value.problems} == {"T7101"}
    assert sorted(str(one.pointer) for one in refused.value.problems) == sorted(places)


def test_a_province_imports_tables_and_each_day_has_its_own(scene: Scene) -> None:
    text = SHIPPED.read_text("utf-8")

    def table(day: date, amount: int) -> str:
        dated = text.replace("2017-09-29", day.isoformat())
        return dated.replace("same_district = 26_000", f"same_district = {amount}", 1)

    with scene.database.transaction() as session:
        assert tariff_on(session, "79", TODAY) == shipped_tariff()
        import_tariff(session, scope=SYSTEM, content=table(TODAY, 20_000), now=NOW)
        import_tariff(session, scope=SYSTEM, content=table(TODAY + timedelta(days=9), 22_000), now=NOW)
        import_tariff(session, scope=SYSTEM, content=table(TODAY, 21_000), now=NOW + timedelta(minutes=1))
    with scene.database.reading() as session:
        days = (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=8), TODAY + timedelta(days=9))
        found = [
            quote_for(
                session,
                province_code="79",
                origin=SAI_GON,
                destination=SAI_GON,
                weight_g=20,
                reduction=None,
                day=day,
            ).postage_vnd
            for day in days
        ]
        assert found == [26_000, 21_000, 21_000, 22_000]
        assert tariff_on(session, "01", TODAY) == shipped_tariff()

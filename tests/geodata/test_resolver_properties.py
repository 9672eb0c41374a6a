"""Rules that hold for the address of any unit of either list."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.address_set import Row, labelled_rows, without_marks
from geodata.communes import CommuneIndex
from geodata.gazetteer import Unit, UnitKind
from geodata.gazetteer_build import bundled_gazetteer
from geodata.model import PointSource
from geodata.resolver import AddressResolver

_RESOLVER = AddressResolver.bundled()
_ROWS = labelled_rows(quick=True)
_OFFICIAL = [row for row in _ROWS if row.form in ("old_full", "new_full")]
_GAZETTEER = bundled_gazetteer()
_SPLIT = [u for us in _GAZETTEER.units.values() for u in us if u.kind is UnitKind.OLD and u.type and len(u.targets) > 1]


def _code(text: str) -> str | None:
    decided = _RESOLVER.resolve(text).decided
    return decided.commune_code if decided else None


@given(st.sampled_from(_OFFICIAL))
@settings(max_examples=300)
def test_an_official_address_is_right_or_for_a_person(row: Row) -> None:
    code = _code(row.text)
    assert code is None or row.truth == {code}


@given(st.sampled_from(_ROWS))
@settings(max_examples=300)
def test_case_and_composition_change_nothing(row: Row) -> None:
    code = _code(row.text)
    assert _code(unicodedata.normalize("NFD", row.text)) == code
    assert _code(row.text.upper()) == code
    assert _code(row.text.lower()) == code


@given(st.sampled_from(_OFFICIAL))
@settings(max_examples=300)
def test_leaving_out_the_marks_never_leads_to_another_commune(row: Row) -> None:
    assert _code(without_marks(row.text)) in (None, _code(row.text)) or _code(row.text) is None


@given(st.sampled_from(_SPLIT))
@settings(max_examples=150)
def test_a_split_unit_is_never_decided_and_every_part_is_offered(unit: Unit) -> None:
    district = _GAZETTEER.whole_districts[unit.district or ""].full_name
    found = _RESOLVER.resolve(f"{unit.full_name}, {district}")
    assert found.decided is None
    assert set(unit.targets) <= {c.commune_code for c in found.candidates}


@given(st.sampled_from(_ROWS))
@settings(max_examples=200)
def test_candidates_are_ranked_and_their_points_lie_in_them(row: Row) -> None:
    candidates = _RESOLVER.resolve(row.text).candidates
    scores = [c.score for c in candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({c.commune_code for c in candidates}) == len(candidates)
    for candidate in candidates:
        if candidate.point_source is not PointSource.PLACE:
            assert CommuneIndex.bundled().at(candidate.point) == candidate.commune_code


@given(st.text(max_size=120))
@settings(max_examples=300)
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    assert _RESOLVER.resolve(text).text == text


def test_threads_share_one_resolver() -> None:
    texts = [row.text for row in _ROWS[:400]]
    alone = [_code(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(_code, texts)) == alone

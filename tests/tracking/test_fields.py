"""Normal forms of dossier codes, phones and names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking import fields


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("H29.16-261120-0001", "H29.16-261120-0001"),
        ("  h29.16 - 261120 – 0001 ", "H29.16-261120-0001"),
        ("000.00.16.H29-261120-0001", "000.00.16.H29-261120-0001"),
        ("H29.16.2.113—261120—012345", "H29.16.2.113-261120-012345"),
    ],
)
def test_known_forms_are_tidied(written: str, normal: str) -> None:
    assert fields.dossier_code(written) == (normal, True)


@pytest.mark.parametrize(
    "written", ["H29.16-261320-0001", "H29.16-261120-01", "29.16-261120-0001", "HS 12/2026", "H29.1234-261120-0001"]
)
def test_unknown_forms_are_kept_and_said(written: str) -> None:
    code, is_known = fields.dossier_code(written)
    assert (code, is_known) == (written.upper(), False)


@given(st.text(max_size=40))
def test_a_normal_dossier_code_stays_as_it_is(text: str) -> None:
    code, is_known = fields.dossier_code(text)
    assert fields.dossier_code(code) == (code, is_known)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("0912345678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("(+84)0912.345.678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("912345678", "0912345678"),
        ("028 3822 1677", "02838221677"),
        ("19001234", "19001234"),
        ("+82 10 1234 5678", "+821012345678"),
        ("0912345678 / 0987654321", "0912345678"),
        ("không có; 0987-654-321", "0987654321"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_phones_are_tidied(written: str, normal: str) -> None:
    assert fields.phone(written) == normal


@pytest.mark.parametrize("written", ["091234567", "09123456789", "0212", "abc", "0612345678", "+84 12", "113"])
def test_what_is_no_phone_is_refused(written: str) -> None:
    assert fields.phone(written) is None


@given(st.text(max_size=30))
def test_a_normal_phone_stays_as_it_is(text: str) -> None:
    phone = fields.phone(text)
    if phone:
        assert fields.phone(phone) == phone


def test_names_are_composed_and_keep_their_case() -> None:
    decomposed = unicodedata.normalize("NFD", "  Đặng   Thị\tÁnh ")
    assert fields.name(decomposed) == "Đặng Thị Ánh"


def test_folding_drops_accents_and_case() -> None:
    assert fields.folded("ĐẶNG Thị  Ánh, Krông Pắk") == "dang thi anh, krong pak"


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=40))
def test_ordinary_text_is_printable(text: str) -> None:
    assert fields.is_printable(text)


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\x7f", "\ud800", "\x85"])
def test_control_characters_and_broken_encoding_are_not(text: str) -> None:
    assert not fields.is_printable(text)

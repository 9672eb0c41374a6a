"""Spelling of Vietnamese names: what two writings of one name have in common.

Each word has two forms. `fold` has no diacritics and no variants (`hoà`, `Hòa`, `HOA` → `hoa`; `mỹ`, `mĩ` → `mi`): it
finds. `toned` keeps the vowels and moves the tone mark to the end (`hoà`, `hòa` → `hoà`): it tells look-alikes
such as Thanh An and Thạnh An apart.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_QUOTES = re.compile(r"[\u0027\u2018\u2019\u02bc\u02b9\u0060\u00b4\u2032\u201b]")
# Zero-width and soft-hyphen characters come along with copied text.
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_ETH = str.maketrans({"ð": "đ", "Ð": "Đ"})
# Final i and y sound alike after a consonant or in "uy": Mỹ/Mĩ, Lý/Lí, Quý/Quí.
_FINAL_Y = re.compile(r"^([bcdđghklmnpqrstvx]+|qu)y$")
# Transcriptions of one highland word for water: Đak, Đăk, Đắk, Đắc.
_HIGHLAND_WATER = frozenset({"dak", "dac"})
_WORD = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """One word of a text: see the module. `marked` says whether any diacritic was written."""

    fold: str
    toned: str
    marked: bool


def clean(text: str) -> str:
    """Composed (NFC), lower case, apostrophes and invisible characters gone: `K’Dang` → `kdang`."""
    text = unicodedata.normalize("NFC", text).translate(_ETH)
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _QUOTES.sub("", text)).lower())


@lru_cache(maxsize=32_768)
def word(token: str) -> Word:
    """The forms of one token of a clean text. A number loses its leading zeros: `05` → `5`."""
    if token.isascii():
        plain = (token.lstrip("0") or "0") if token.isdigit() else token
        plain = _one_spelling(plain)
        return Word(plain, plain, marked=False)
    parts = unicodedata.normalize("NFD", token)
    tones = "".join(c for c in parts if c in _TONES)
    base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    fold = "".join(c for c in parts if not unicodedata.combining(c)).replace("đ", "d")
    if fold in _HIGHLAND_WATER:
        return Word("dak", "dak", marked=True)
    return Word(_one_spelling(fold), _one_spelling(base) + tones, marked=True)


def _one_spelling(fold: str) -> str:
    if fold in _HIGHLAND_WATER:
        return "dak"
    return fold[:-1] + "i" if fold.endswith("y") and _FINAL_Y.match(fold) else fold


def words(text: str) -> list[Word]:
    """Every word of a text, punctuation dropped."""
    return [word(token) for token in _WORD.findall(clean(text))]


def fold_key(text: str) -> str:
    """The text's words in fold form, joined: `Ea H'Leo` → `eahleo`."""
    return "".join(w.fold for w in words(text))


def plain_key(text: str) -> str:
    """Letters and digits of the text without diacritics, nothing respelled: the keys of other people's lists."""
    decomposed = unicodedata.normalize("NFD", clean(text).replace("đ", "d"))
    return "".join(c for c in decomposed if c.isalnum())


def toned_key(text: str) -> str:
    """The text's words in toned form, joined: `A Yun` and `Ayun` are the same."""
    return "".join(w.toned for w in words(text))

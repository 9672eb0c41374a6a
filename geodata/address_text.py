"""What two address texts have in common: the key of a household."""

import hashlib
import re

from geodata.address_words import AddressWords, Level, read_words
from geodata.names import words

# Said of a door in one text and left out of the next.
_SILENT = frozenset({"so", "nha", "sn", "duong", "d", "pho"})
_UNITS = frozenset({Level.WARD, Level.DISTRICT, Level.PROVINCE})
_NUMBERED = frozenset({Level.VILLAGE, Level.STREET})
_PHONE_DIGITS = 9


def household_key(name: str, phone: str, address_text: str, commune_code: str) -> str:
    """The same for the papers of one household, 32 hex digits; a pseudonym, not to be shown outside.

    A house number names a door: whoever lives behind it is one household. Without one, as in most villages, the
    phone tells households apart, and without a phone the name does. Old and new names of the commune in the text make
    no difference: `12 Lê Lợi, P.5, Q.3` and `Số 12 đường Lê Lợi, phường Bàn Cờ` are one door.
    """
    text = read_words(address_text)
    place = _place(text)
    digits = re.sub(r"\D", "", phone)[-_PHONE_DIGITS:]
    if _has_house_number(text):
        who = f"door|{place}"
    elif digits:
        who = f"phone|{digits}"
    else:
        who = f"name|{' '.join(w.fold for w in words(name))}|{place}"
    return hashlib.blake2b(f"{commune_code}|{who}".encode(), digest_size=16).hexdigest()


def _end_of_place(text: AddressWords) -> int:
    """Where the first commune, district or province begins; the first comma where none has its type word."""
    for i, type_ in enumerate(text.types):
        if i and type_ is not None and _UNITS & set(type_.levels) and (not type_.short or _is_abbreviation(text, i)):
            return i
    return next((i for i in range(1, len(text)) if text.hard[i]), len(text))


def _is_abbreviation(text: AddressWords, i: int) -> bool:
    """Whether a single letter stands for a type word: after a boundary, or before a number (`P5`)."""
    return text.hard[i] or text.soft[i] or (i + 1 < len(text) and text.words[i + 1].fold.isdigit())


def _place(text: AddressWords) -> str:
    return " ".join(w.fold for w in text.words[: _end_of_place(text)] if w.fold not in _SILENT)


def _has_house_number(text: AddressWords) -> bool:
    """Whether a number stands that belongs to no hamlet, quarter, lane or numbered street."""
    for i in range(_end_of_place(text)):
        if text.words[i].fold[0].isdigit() and (text.hard[i] or _says_house(text, i)):
            return True
    return False


def _says_house(text: AddressWords, i: int) -> bool:
    before = text.words[i - 1].fold
    if before not in ("so", "nha", "sn"):
        return False
    # `đường số 5` is a street; `số 5` after a boundary, or after nhà, is a door.
    return text.hard[i - 1] or before != "so" or text.words[i - 2].fold == "nha"

"""Normal forms of what agencies write: dossier codes, phones, names. Pure; addresses are left as they are."""

import re
import unicodedata
from datetime import date

_DOSSIER = re.compile(r"^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-(\d{6})-\d{4,6}$")
_DASHES = re.compile(r"\s*[-‐‑‒–—−]\s*")
_SPACES = re.compile(r"\s+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PHONE_NOISE = re.compile(r"[\s.()\-]")
# Mobile and fixed numbers of the numbering plan in force since 2018, service numbers, and any other country's (E.164).
_PHONE = re.compile(
    r"^(?:0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}|02\d{8,9}|1[89]00\d{4,6}|\+(?!84)[1-9]\d{6,14})$"
)


def dossier_code(text: str) -> tuple[str, bool]:
    """The code in normal form (upper case, plain dashes, no stray spaces), and whether it has the known form."""
    code = unicodedata.normalize("NFKC", text).strip().upper()
    code = _SPACES.sub(" ", _DASHES.sub("-", code))
    joined = code.replace(" ", "")
    match = _DOSSIER.match(joined)
    if match is None or not _is_date(match[1]):
        return code, False
    return joined, True


def _is_date(yymmdd: str) -> bool:
    try:
        date(2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError:
        return False
    return True


def phone(text: str) -> str | None:
    """The number as `0…` (Vietnam) or `+…` (elsewhere), empty for an empty text, None when it is no number.

    Of several numbers in one cell the first good one counts. A zero lost by a spreadsheet is put back.
    """
    if not text.strip():
        return ""
    for part in re.split(r"[;,/]|\s-\s", text):
        number = _national(_PHONE_NOISE.sub("", part))
        if _PHONE.match(number):
            return number
    return None


def _national(digits: str) -> str:
    for prefix in ("+84", "0084"):
        if digits.startswith(prefix):
            return "0" + digits.removeprefix(prefix).lstrip("0")
    if digits.startswith("84") and len(digits) in (11, 12):
        return "0" + digits[2:]
    if len(digits) == 9 and digits[0] in "35789":
        return "0" + digits
    return digits


def name(text: str) -> str:
    """A name in composed Unicode (NFC) with single spaces; upper and lower case stay as written."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def item_code(text: str) -> str:
    """A postal item code without spaces and dashes, upper case."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def folded(text: str) -> str:
    """Lower case without diacritics, for searching: `Đặng Thị Ánh` is `dang thi anh`."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return _SPACES.sub(" ", "".join([c for c in plain if c.isascii() or not unicodedata.combining(c)])).strip()


def is_printable(text: str) -> bool:
    """Whether a database and a printer can take the text: no control characters but line ends and tabs, whole UTF-8."""
    return _UNPRINTABLE.search(text) is None

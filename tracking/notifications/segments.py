"""How many short messages a text costs: the alphabets of 3GPP TS 23.038 and their sizes (TS 23.040 for several)."""

from dataclasses import dataclass
from typing import Literal

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_EXTENDED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The alphabet a text needs, its length in that alphabet's units, and in how many parts it goes."""

    alphabet: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def segments_of(text: str) -> Segments:
    """160 septets or 70 UTF-16 units in one part; 153 or 67 in each of several, and nothing is cut across parts."""
    if all(c in _GSM7 or c in _GSM7_EXTENDED for c in text):
        sizes = [2 if c in _GSM7_EXTENDED else 1 for c in text]
        return Segments(alphabet="GSM-7", units=sum(sizes), parts=_parts(sizes, 160, 153))
    sizes = [2 if ord(c) > 0xFFFF else 1 for c in text]
    return Segments(alphabet="UCS-2", units=sum(sizes), parts=_parts(sizes, 70, 67))


def _parts(sizes: list[int], alone: int, each: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, left = 1, each
    for size in sizes:
        if size > left:
            parts, left = parts + 1, each
        left -= size
    return parts

"""Lines as text with five decimals (Google's Encoded Polyline Algorithm Format), as VROOM's `geometry` holds them."""

from collections.abc import Sequence

from geodata.model import LonLat


def encode(line: Sequence[LonLat]) -> str:
    """The line's points, latitude first, each as the difference from the one before."""
    text, before = [], (0, 0)
    for point in line:
        here = round(point.lat * 1e5), round(point.lon * 1e5)
        text += [_number(now - then) for now, then in zip(here, before, strict=True)]
        before = here
    return "".join(text)


def _number(value: int) -> str:
    """Five bits to a character, lowest first; the sign is the lowest bit."""
    left = ~(value << 1) if value < 0 else value << 1
    chunks = []
    while left >= 0x20:
        chunks.append(chr((0x20 | (left & 0x1F)) + 63))
        left >>= 5
    return "".join([*chunks, chr(left + 63)])

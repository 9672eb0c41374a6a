"""Identifiers: UUIDv7 keys, UPU S10 item codes, public tracking codes."""

import re
import secrets
import threading
import time
from datetime import UTC, datetime
from operator import mul
from uuid import UUID

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10 = re.compile(r"^([A-Z]{2})(\d{8})(\d)([A-Z]{2})$")
# Crockford's base 32: no I, L, O, U, so a code read aloud or off paper is not misread.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_TRACKING_LENGTH = 12
_ODD = range(1, 2 * _TRACKING_LENGTH, 2)


class _Turns:
    """The order of ids made in one millisecond: 12 bits that begin in the lower half and count up (RFC 9562, 6.2)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millis = self._turn = 0

    def next(self, millis: int) -> int:
        """The turn of one more id of this millisecond. Beyond some 2,000 it goes round, and the order with it."""
        with self._lock:
            self._turn = self._turn + 1 & 0xFFF if millis == self._millis else secrets.randbits(11)
            self._millis = millis
            return self._turn


_turns = _Turns()


def new_id(now: datetime | None = None) -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random; sorts by time of making, and so do the rows of a
    file that share their millisecond."""
    millis = time.time_ns() // 1_000_000 if now is None else int(now.timestamp() * 1000)
    return _uuid7(millis, _turns.next(millis), secrets.randbits(62))


def floor_id(instant: datetime) -> UUID:
    """The smallest UUIDv7 of an instant: the bound of a month's partition."""
    # Bounds drop version and variant bits: every real id of the month sorts at or after its bound.
    # No id is older than 1970, so the bound of an earlier instant is the smallest id.
    return UUID(int=max(0, int(instant.timestamp() * 1000)) << 80)


def id_time(key: UUID) -> datetime:
    """The instant (UTC, milliseconds) held in a UUIDv7."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def _uuid7(millis: int, turn: int, random: int) -> UUID:
    return UUID(int=(millis << 80) | (0x7 << 76) | (turn << 64) | (0b10 << 62) | random)


def s10_check_digit(serial: str) -> int:
    """Check digit of an 8-digit serial (UPU S10: weights 8 6 4 2 3 5 9 7, modulus 11; 10 → 0, 11 → 5)."""
    total: int = sum(map(mul, _S10_WEIGHTS, map(int, serial)))
    rest = 11 - total % 11
    return {10: 0, 11: 5}.get(rest, rest)


def make_s10(service: str, serial: int, country: str = "VN") -> str:
    """An item code, for example `make_s10("RA", 12345678)` is `RA123456785VN`."""
    digits = f"{serial:08d}"
    return f"{service}{digits}{s10_check_digit(digits)}{country}"


def is_valid_s10(code: str) -> bool:
    """Whether the code has the S10 form and its check digit is right. Not every code of the post is S10: a warning."""
    match = _S10.match(code)
    return match is not None and s10_check_digit(match[2]) == int(match[3])


def new_tracking_code() -> str:
    """A public code that cannot be guessed (55 random bits + a check character), `XXXX-XXXX-XXXX`."""
    random = secrets.randbits(5 * (_TRACKING_LENGTH - 1))
    body = "".join([_ALPHABET[(random >> shift) & 31] for shift in range(0, 5 * (_TRACKING_LENGTH - 1), 5)])
    return _grouped(body + _check_char(body))


def receipt_code(key: UUID) -> str:
    """A short code to read aloud, made of an id's last 40 bits and a check character: `XXXX-XXXX-X`."""
    body = "".join(_ALPHABET[(key.int >> shift) & 31] for shift in range(35, -1, -5))
    return _grouped(body + _check_char(body))


def parse_tracking_code(text: str) -> str | None:
    """The code as `XXXX-XXXX-XXXX` from what a person typed, or None when its check character is wrong."""
    raw = re.sub(r"[\s-]", "", text.upper()).translate(_LOOKALIKES)
    if len(raw) != _TRACKING_LENGTH or any(c not in _ALPHABET for c in raw) or _check_char(raw[:-1]) != raw[-1]:
        return None
    return _grouped(raw)


def _check_char(body: str) -> str:
    # Odd weights are invertible modulo 32, so any one wrong character is seen.
    total = sum(map(mul, _ODD, map(_ALPHABET.index, body)))
    return _ALPHABET[total % 32]


def _grouped(raw: str) -> str:
    return "-".join(raw[i : i + 4] for i in range(0, len(raw), 4))

"""Keeping people's data small: masked names and phones, keyed hashes, comparison that leaks no timing."""

import hashlib
import hmac


def mask_name(name: str) -> str:
    """The family name and initials: `Nguyễn Thị Bích Ngọc` is `Nguyễn T*** B*** N***`."""
    words = name.split()
    if len(words) == 1:
        return f"{words[0][0]}***"
    return " ".join([*words[:1], *(f"{word[0]}***" for word in words[1:])])


def mask_phone(phone: str) -> str:
    """The first three digits. The last four are the second factor of the public page, so they are never shown."""
    return f"{phone[:3]}* *** ***" if phone else ""


def last4(phone: str) -> str:
    """The last four digits of a phone number, empty when it has none."""
    digits = "".join(c for c in phone if c.isdigit())
    return digits[-4:] if len(digits) >= 4 else ""


def same_secret(given: str, expected: str) -> bool:
    """Whether two short secrets are equal, in time that does not depend on where they differ; empty never matches."""
    return hmac.compare_digest(given.encode(), expected.encode()) and bool(expected)


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 (RFC 2104) over length-prefixed UTF-8 parts, 64 hex digits: equal only for equal lists of parts."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        raw = part.encode()
        mac.update(len(raw).to_bytes(4, "big") + raw)
    return mac.hexdigest()

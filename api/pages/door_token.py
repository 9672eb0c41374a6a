"""Proof that the phone's last digits were right a moment ago, so that they need not stand in the page."""

from datetime import datetime, timedelta

from api.auth import same_secret
from tracking.privacy import keyed_hash

LIFE = timedelta(minutes=30)


def make_token(key: bytes, code: str, now: datetime) -> str:
    """A token for one tracking code, good for half an hour."""
    ends = int((now + LIFE).timestamp())
    return f"{ends}.{keyed_hash(key, 'door', code, str(ends))}"


def is_good(key: bytes, code: str, token: str, now: datetime) -> bool:
    """Whether the token is ours, for this code, and not past its time."""
    ends, _, mac = token.partition(".")
    if not ends.isascii() or not ends.isdigit() or not same_secret(mac, keyed_hash(key, "door", code, ends)):
        return False
    return now.timestamp() < int(ends)

"""Who people are to notifications: normal forms of phones and mail addresses, their keyed hashes, their consent."""

import re
import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import aware
from core.errors import fail
from core.scope import Scope
from tracking import fields
from tracking import store_notification_settings as store
from tracking.notifications.errors import BAD_CONTACT, LINK_UNKNOWN
from tracking.privacy import keyed_hash
from tracking.store_notification_settings import Contact

CITIZEN = "citizen"
_EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$")
_LONGEST_EMAIL = 254
_TOKEN_BYTES = 9


def email_of(text: str) -> str | None:
    """The address in lower case, empty for an empty text, None when it is none (RFC 5321, without quoted forms)."""
    address = text.strip()
    if not address:
        return ""
    is_good = len(address) <= _LONGEST_EMAIL and ".." not in address and _EMAIL.match(address)
    return address.lower() if is_good else None


def contact_hash(key: bytes, address: str) -> str:
    """The keyed hash of a phone or mail address in normal form."""
    return keyed_hash(key, "contact", address)


def hash_of_typed(key: bytes, typed: str) -> str:
    """The same of what a person typed.

    Raises:
        CodedError: T5504 when it is neither a phone nor a mail address.
    """
    address = email_of(typed) if "@" in typed else fields.phone(typed)
    if not address:
        raise fail(BAD_CONTACT, pointer="contact")
    return contact_hash(key, address)


def fresh_token() -> str:
    """72 random bits for the links of a contact."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def contact_of_link(session: Session, token: str) -> Contact:
    """Whose link it is.

    Raises:
        CodedError: T5505 when it is nobody's.
    """
    found = store.contact_of_token(session, token)
    if found is None:
        raise fail(LINK_UNKNOWN)
    return found


def consent_by_link(session: Session, token: str, *, out: bool, now: datetime) -> Contact:
    """The citizen says by a link that no more messages are wanted, or that they are again.

    Raises:
        CodedError: T5505.
    """
    contact = contact_of_link(session, token)
    _set(session, contact.province_code, contact.contact_hash, out=out, by=CITIZEN, now=now)
    return contact_of_link(session, token)


def consent_at_office(session: Session, *, scope: Scope, key: bytes, typed: str, out: bool, now: datetime) -> None:
    """The office writes down what a citizen said of a phone or mail address.

    Raises:
        CodedError: T5504.
    """
    _set(session, scope.province_code, hash_of_typed(key, typed), out=out, by=scope.actor, now=now)


def is_out(session: Session, *, scope: Scope, key: bytes, typed: str) -> bool:
    """Whether a phone or mail address wants no messages. Raises T5504."""
    found = hash_of_typed(key, typed)
    return found in store.opted_out(session, scope.province_code, [found])


def _set(session: Session, province_code: str, hashed: str, *, out: bool, by: str, now: datetime) -> None:
    out_at = aware(now) if out else None
    store.set_consent(session, province_code, hashed, fresh=fresh_token(), out_at=out_at, by=by)

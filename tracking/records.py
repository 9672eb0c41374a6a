"""What binds rows beside the chain to it: one hash over all columns of a proof, one over those of a file.

A proof's hash stands in its event. What identifies the recipient enters by a salted hash of its own, so that erasing it
in time (salt and all) leaves the rest provable and nothing to guess from.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from tracking.canonical import canonical, plain

PERSONAL = ("recipient_name", "relation", "identity_kind", "identity_last4", "identity_hash", "note")
# The event's hash is made of ours; the end of the courier's round is written later.
_NOT_BOUND = frozenset({"event_hash", "round_id", "personal_salt", *PERSONAL})
# What older proofs do not have: left out of the hash where it says nothing, so that their records stay whole.
_NEWER = frozenset({"otp_checked"})


def new_salt() -> str:
    """The salt of a proof, 128 random bits: for its personal part and the digest of what the phone said."""
    return secrets.token_hex(16)


def sealed(columns: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """A new proof's columns with the hash of its personal part, and the hash of its record."""
    whole = {**columns, "personal_hash": personal_hash(columns, columns["personal_salt"])}
    return whole, proof_record(whole)


def personal_hash(columns: Mapping[str, Any], salt: str) -> str:
    """Over the salt and what identifies the recipient."""
    return _hash([salt, *(plain(columns[name]) for name in PERSONAL)])


def proof_record(columns: Mapping[str, Any]) -> str:
    """Over every column of a proof that does not change any more."""
    bound = {name: value for name, value in columns.items() if name not in _NOT_BOUND}
    return _hash({name: plain(value) for name, value in bound.items() if value is not None or name not in _NEWER})


def is_personal_part_whole(columns: Mapping[str, Any]) -> bool:
    """Whether what identifies the recipient is as it was written, or erased altogether."""
    if columns["personal_salt"] is None:
        return all(columns[name] is None for name in PERSONAL)
    return bool(personal_hash(columns, columns["personal_salt"]) == columns["personal_hash"])


def file_record(columns: Mapping[str, Any]) -> str:
    """Over every column of a stored file."""
    return _hash({name: plain(value) for name, value in columns.items() if name != "record"})


def _hash(content: object) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()

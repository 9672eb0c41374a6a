"""SQL of what is set about notifications: policies, channels, who wants none."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.db import texts, uuids
from tracking.notifications.values import Kind, Policy
from tracking.tables_notifications import (
    NotificationChannelRow,
    NotificationContactRow,
    NotificationEmailRow,
    NotificationOfficeRow,
    NotificationPolicyRow,
)

_POLICIES = cast("Table", NotificationPolicyRow.__table__)
_OFFICES = cast("Table", NotificationOfficeRow.__table__)
_CHANNELS = cast("Table", NotificationChannelRow.__table__)
_CONTACTS = cast("Table", NotificationContactRow.__table__)
_EMAILS = cast("Table", NotificationEmailRow.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel as it is kept; `secret` encrypted."""

    name: str
    kind: str
    config: Mapping[str, Any]
    secret: bytes | None
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A phone or mail address by its keyed hash."""

    province_code: str
    contact_hash: str
    opted_out_at: datetime | None


def policy(session: Session, province_code: str) -> Policy | None:
    """The province's policy; None where nobody has set one."""
    row = session.execute(select(_POLICIES).where(_POLICIES.c.province_code == province_code)).mappings().first()
    if row is None:
        return None
    values = {name: row[name] for name in Policy.__dataclass_fields__}
    values |= {"kinds": tuple(Kind(kind) for kind in row["kinds"]), "channels": tuple(row["channels"])}
    return Policy(**values)


def put_policy(session: Session, province_code: str, policy: Policy) -> None:
    """Write the province's policy."""
    values = asdict(policy) | {"kinds": [kind.value for kind in policy.kinds], "channels": list(policy.channels)}
    statement = insert(_POLICIES).values({"province_code": province_code} | values)
    session.execute(statement.on_conflict_do_update(index_elements=["province_code"], set_=values))


def office_channels(session: Session, province_code: str) -> dict[UUID, tuple[str, ...]]:
    """The channels of the offices that have their own."""
    rows = session.execute(select(_OFFICES).where(_OFFICES.c.province_code == province_code))
    return {row.office_id: tuple(row.channels) for row in rows}


def put_office_channels(session: Session, province_code: str, office_id: UUID, channels: Iterable[str] | None) -> None:
    """Give an office its own channels; None: the province's."""
    mine = (_OFFICES.c.province_code == province_code, _OFFICES.c.office_id == office_id)
    if channels is None:
        session.execute(delete(_OFFICES).where(*mine))
        return
    values = {"channels": list(channels)}
    statement = insert(_OFFICES).values({"province_code": province_code, "office_id": office_id} | values)
    session.execute(statement.on_conflict_do_update(index_elements=["province_code", "office_id"], set_=values))


def channels(session: Session, province_code: str) -> dict[str, Channel]:
    """The channels of a province by name."""
    query = select(_CHANNELS).where(_CHANNELS.c.province_code == province_code).order_by(_CHANNELS.c.name)
    return {
        row.name: Channel(name=row.name, kind=row.kind, config=row.config, secret=row.secret, active=row.active)
        for row in session.execute(query)
    }


def put_channel(session: Session, province_code: str, channel: Channel) -> None:
    """Write a channel; without a secret the one that stands stays."""
    values = {"kind": channel.kind, "config": dict(channel.config), "active": channel.active}
    values |= {} if channel.secret is None else {"secret": channel.secret}
    statement = insert(_CHANNELS).values({"province_code": province_code, "name": channel.name} | values)
    session.execute(statement.on_conflict_do_update(index_elements=["province_code", "name"], set_=values))


def switch_channel(session: Session, province_code: str, name: str, *, active: bool) -> bool:
    """Switch a channel on or off; False when there is none."""
    mine = (_CHANNELS.c.province_code == province_code, _CHANNELS.c.name == name)
    switched = session.execute(update(_CHANNELS).where(*mine).values(active=active).returning(_CHANNELS.c.name))
    return switched.first() is not None


def drop_secret(session: Session, province_code: str, name: str) -> bool:
    """Take a channel's secret away; False when there is no such channel."""
    mine = (_CHANNELS.c.province_code == province_code, _CHANNELS.c.name == name)
    return (
        session.execute(update(_CHANNELS).where(*mine).values(secret=None).returning(_CHANNELS.c.name)).first()
        is not None
    )


def drop_channel(session: Session, province_code: str, name: str) -> bool:
    """Take a channel away; False when there is none."""
    mine = (_CHANNELS.c.province_code == province_code, _CHANNELS.c.name == name)
    return session.execute(delete(_CHANNELS).where(*mine).returning(_CHANNELS.c.name)).first() is not None


_TOKEN = text("""
    INSERT INTO notification_contacts (province_code, contact_hash, token) VALUES (:province, :hash, :token)
    ON CONFLICT (province_code, contact_hash) DO UPDATE SET token = notification_contacts.token
    RETURNING token
""")


def token_of(session: Session, province_code: str, contact_hash: str, fresh: str) -> str:
    """The token of a contact's links; `fresh` when it had none."""
    values = {"province": province_code, "hash": contact_hash, "token": fresh}
    return str(session.execute(_TOKEN, values).scalar_one())


def opted_out(session: Session, province_code: str, hashes: Iterable[str]) -> set[str]:
    """Those of the contacts that want no messages."""
    query = select(_CONTACTS.c.contact_hash).where(
        _CONTACTS.c.province_code == province_code,
        _CONTACTS.c.contact_hash == texts(hashes),
        _CONTACTS.c.opted_out_at.is_not(None),
    )
    return set(session.scalars(query))


def contact_of_token(session: Session, token: str) -> Contact | None:
    """Whose link it is."""
    row = session.execute(select(_CONTACTS).where(_CONTACTS.c.token == token)).first()
    if row is None:
        return None
    return Contact(province_code=row.province_code, contact_hash=row.contact_hash, opted_out_at=row.opted_out_at)


_CONSENT = text("""
    INSERT INTO notification_contacts AS c (province_code, contact_hash, token, opted_out_at, opted_out_by)
    VALUES (:province, :hash, :token, :at, :by)
    ON CONFLICT (province_code, contact_hash) DO UPDATE SET
        opted_out_at = CASE WHEN excluded.opted_out_at IS NULL THEN NULL
            ELSE coalesce(c.opted_out_at, excluded.opted_out_at) END,
        opted_out_by = CASE WHEN c.opted_out_at IS NOT NULL AND excluded.opted_out_at IS NOT NULL
            THEN c.opted_out_by ELSE excluded.opted_out_by END
""")


def set_consent(
    session: Session, province_code: str, contact_hash: str, *, fresh: str, out_at: datetime | None, by: str | None
) -> None:
    """Write that a contact wants no messages since `out_at`, or wants them again (None)."""
    values = {"province": province_code, "hash": contact_hash, "token": fresh, "at": out_at, "by": by}
    session.execute(_CONSENT, values)


def put_emails(session: Session, province_code: str, emails: Mapping[UUID, str], *, now: datetime) -> None:
    """Keep the mail addresses given for items; an empty one takes that of an item away."""
    gone = [item for item, email in emails.items() if not email]
    if gone:
        mine = (_EMAILS.c.province_code == province_code, _EMAILS.c.item_id == uuids(gone))
        session.execute(delete(_EMAILS).where(*mine))
    rows = [
        {"province_code": province_code, "item_id": item, "email": email, "created_at": now}
        for item, email in emails.items()
        if email
    ]
    if rows:
        statement = insert(_EMAILS).values(rows)
        kept = {"email": statement.excluded.email, "created_at": statement.excluded.created_at}
        session.execute(statement.on_conflict_do_update(index_elements=["province_code", "item_id"], set_=kept))

"""SQL of webhook endpoints: who gets what where, how healthy they are, how much waits for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, text
from sqlalchemy.orm import Session

from core.scope import Scope
from tracking.tables_feedback import EndpointRow, FeedbackDossierRow, MessageRow
from tracking.tables_reconcile import AgencyListRow, ReconcileRunRow
from tracking.tables_sources import SourceRow


@dataclass(frozen=True, slots=True)
class EndpointKey:
    """Which endpoint of which province."""

    province_code: str
    endpoint_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where an agency wants its events; `rotating_until` while two secrets and two key pairs sign."""

    id: UUID
    agency_id: UUID
    url: str
    kind: str
    group_id: str | None
    state: str
    state_reason: str | None
    rotating_until: datetime | None
    public_key: str | None
    previous_public_key: str | None
    failures: int
    paused_until: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeys:
    """An encrypted secret and, where messages are signed, an encrypted private key with its public half."""

    secret: bytes
    signing_key: bytes | None = None
    public_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedKeys:
    """Encrypted signing secrets and private keys; the previous ones sign too until `previous_until`."""

    secret: bytes
    signing_key: bytes | None
    previous_secret: bytes | None
    previous_signing_key: bytes | None
    previous_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for an endpoint: messages pending and dead, and since when the oldest waits."""

    endpoint_id: UUID
    pending: int
    dead: int
    oldest_recorded_at: datetime | None


def sees_all_agencies(scope: Scope) -> bool:
    """Whether a scope is bound to nothing less than the province."""
    return scope.agency_id is None and scope.office_ids is None and scope.courier_id is None


_OfAgency = (
    type[EndpointRow]
    | type[MessageRow]
    | type[FeedbackDossierRow]
    | type[SourceRow]
    | type[AgencyListRow]
    | type[ReconcileRunRow]
)


def within(scope: Scope, row: _OfAgency) -> ColumnElement[bool]:
    """Rows a scope sees: every agency's of the province, or one agency's. An office or a courier sees none."""
    inside = row.province_code == scope.province_code
    return inside if sees_all_agencies(scope) else and_(inside, row.agency_id == scope.agency_id)


def insert_endpoint(
    session: Session,
    *,
    scope: Scope,
    endpoint_id: UUID,
    agency_id: UUID,
    url: str,
    keys: NewKeys,
    now: datetime,
    kind: str = "webhook",
    group_id: str | None = None,
) -> bool:
    """Write a new endpoint; False when the agency has that URL already."""
    made = session.execute(
        text("""
            INSERT INTO feedback_endpoints
                (province_code, id, agency_id, url, kind, group_id, state, secret, signing_key, public_key, created_at,
                 created_by)
            VALUES (:province, :id, :agency, :url, :kind, :group, 'active', :secret, :signing_key, :public_key, :now,
                    :actor)
            ON CONFLICT (province_code, agency_id, url) DO NOTHING RETURNING id
        """),
        {
            "province": scope.province_code,
            "id": endpoint_id,
            "agency": agency_id,
            "url": url,
            "kind": kind,
            "group": group_id,
            "secret": keys.secret,
            "signing_key": keys.signing_key,
            "public_key": keys.public_key,
            "now": now,
            "actor": scope.actor,
        },
    )
    return made.first() is not None


def endpoints(session: Session, *, scope: Scope) -> list[Endpoint]:
    """Endpoints within reach, oldest first."""
    rows = session.scalars(
        select(EndpointRow).where(within(scope, EndpointRow)).order_by(EndpointRow.created_at, EndpointRow.id)
    )
    return [_endpoint(row) for row in rows]


def endpoint(session: Session, *, scope: Scope, endpoint_id: UUID) -> Endpoint | None:
    """One endpoint, or None when there is none within reach."""
    row = session.scalar(
        select(EndpointRow)
        .where(within(scope, EndpointRow), EndpointRow.id == endpoint_id)
        .execution_options(populate_existing=True)
    )
    return None if row is None else _endpoint(row)


def keys_of(session: Session, key: EndpointKey) -> ClosedKeys:
    """The encrypted keys of an endpoint that exists."""
    row = session.execute(
        text("""
            SELECT secret, signing_key, previous_secret, previous_signing_key, previous_until
            FROM feedback_endpoints WHERE province_code = :province AND id = :id
        """),
        {"province": key.province_code, "id": key.endpoint_id},
    )
    return ClosedKeys(**row.mappings().one())


def public_keys_of(session: Session, key: EndpointKey, *, now: datetime) -> list[str] | None:
    """The public keys that verify what the endpoint is sent now, newest first; None when there is no such endpoint."""
    row = session.execute(
        text("""
            SELECT public_key, CASE WHEN previous_until > :now THEN previous_public_key END AS previous
            FROM feedback_endpoints WHERE province_code = :province AND id = :id
        """),
        {"province": key.province_code, "id": key.endpoint_id, "now": now},
    ).first()
    return None if row is None else [public for public in (row.public_key, row.previous) if public is not None]


def replace_keys(session: Session, key: EndpointKey, *, keys: NewKeys, now: datetime, previous_until: datetime) -> None:
    """Sign with new keys, and until then with those of before the rotation too.

    Keys that a rotation still under way has made are replaced and forgotten: their answer may have been lost, while
    the receiver holds those from before it.
    """
    session.execute(
        text("""
            UPDATE feedback_endpoints SET
                previous_secret = CASE WHEN previous_until > :now THEN previous_secret ELSE secret END,
                previous_signing_key = CASE WHEN previous_until > :now THEN previous_signing_key ELSE signing_key END,
                previous_public_key = CASE WHEN previous_until > :now THEN previous_public_key ELSE public_key END,
                previous_until = :until, secret = :secret, signing_key = :signing_key, public_key = :public_key
            WHERE province_code = :province AND id = :id
        """),
        {
            "province": key.province_code,
            "id": key.endpoint_id,
            "secret": keys.secret,
            "signing_key": keys.signing_key,
            "public_key": keys.public_key,
            "now": now,
            "until": previous_until,
        },
    )


def set_credential(session: Session, key: EndpointKey, *, secret: bytes, group_id: str | None) -> None:
    """Replace what is shown to a system that is not sent signatures."""
    query = text("""
        UPDATE feedback_endpoints SET secret = :secret, group_id = :group WHERE province_code = :province AND id = :id
    """)
    values = {"province": key.province_code, "id": key.endpoint_id, "secret": secret, "group": group_id}
    session.execute(query, values)


def set_state(session: Session, key: EndpointKey, *, state: str, reason: str | None) -> None:
    """Switch an endpoint on or off; on means healthy until shown otherwise."""
    session.execute(
        text("""
            UPDATE feedback_endpoints SET state = :state, state_reason = :reason, failures = 0, paused_until = NULL
            WHERE province_code = :province AND id = :id
        """),
        {"province": key.province_code, "id": key.endpoint_id, "state": state, "reason": reason},
    )


def set_health(session: Session, key: EndpointKey, *, failures: int, paused_until: datetime | None) -> None:
    """Note how the last drain went."""
    session.execute(
        text("""
            UPDATE feedback_endpoints SET failures = :failures, paused_until = :paused
            WHERE province_code = :province AND id = :id
        """),
        {"province": key.province_code, "id": key.endpoint_id, "failures": failures, "paused": paused_until},
    )


# An OpenCPS system is told of two moments of a result: it was handed in, and the recipient has it. Of a message `m` for
# an endpoint `e`.
IS_FOR_ENDPOINT = """(e.kind = 'webhook' OR (
    m.body->>'type' IN ('vn.buuta.item.accepted', 'vn.buuta.item.delivered') AND EXISTS (
        SELECT FROM events v JOIN items i ON i.province_code = v.province_code AND i.id = v.item_id
        WHERE v.province_code = :province AND v.id = m.event_id AND i.leg = 'return'
    )
))"""


_BACKLOG = text("""
    SELECT e.id AS endpoint_id,
        (SELECT count(*) FROM feedback_deliveries d WHERE d.province_code = e.province_code
            AND d.endpoint_id = e.id AND d.state = 'pending') AS pending,
        (SELECT count(*) FROM feedback_deliveries d WHERE d.province_code = e.province_code
            AND d.endpoint_id = e.id AND d.state = 'dead') AS dead,
        (SELECT CAST(m.body->>'recordedtime' AS timestamptz)
            FROM feedback_deliveries d JOIN feedback_messages m USING (province_code, event_id, dossier_code)
            WHERE d.province_code = e.province_code AND d.endpoint_id = e.id AND d.state = 'pending'
            ORDER BY d.position LIMIT 1) AS oldest_recorded_at
    FROM feedback_endpoints e WHERE e.province_code = :province AND e.id = ANY(:ids) ORDER BY e.created_at, e.id
""")


def backlogs(session: Session, *, scope: Scope) -> list[Backlog]:
    """Backlog of each endpoint within reach, also of those with none."""
    ids = [endpoint.id for endpoint in endpoints(session, scope=scope)]
    rows = session.execute(_BACKLOG, {"province": scope.province_code, "ids": ids})
    return [Backlog(**row) for row in rows.mappings()]


def _endpoint(row: EndpointRow) -> Endpoint:
    return Endpoint(
        id=row.id,
        agency_id=row.agency_id,
        url=row.url,
        kind=row.kind,
        group_id=row.group_id,
        state=row.state,
        state_reason=row.state_reason,
        rotating_until=row.previous_until,
        public_key=row.public_key,
        previous_public_key=row.previous_public_key,
        failures=row.failures,
        paused_until=row.paused_until,
        last_success_at=row.last_success_at,
        last_failure_at=row.last_failure_at,
        last_failure=row.last_failure,
        created_at=row.created_at,
    )

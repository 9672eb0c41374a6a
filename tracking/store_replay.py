"""SQL of sending again: which messages a replay means, how many they are, and having them sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.ids import floor_id
from core.scope import Scope
from tracking.store_endpoints import IS_FOR_ENDPOINT, Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Which messages: all that is set must hold.

    Those above a position of the stream, recorded at `since` or later, of one dossier from a sequence on; with
    `dead_only` none but those that were given up.
    """

    position: int = 0
    since: datetime | None = None
    dossier_code: str | None = None
    from_sequence: int = 1
    dead_only: bool = False


# An event's id begins with the instant at which it was recorded, and months are told apart by it: so older ones are not
# even opened.
_MEANT = f"""
    FROM feedback_messages m
    JOIN feedback_endpoints e ON e.province_code = m.province_code AND e.id = :endpoint
    WHERE m.province_code = :province AND m.agency_id = :agency AND m.position > :position
      AND (CAST(:since AS uuid) IS NULL OR m.event_id >= :since)
      AND (CAST(:code AS text) IS NULL OR m.dossier_code = :code) AND m.sequence >= :sequence
      AND {IS_FOR_ENDPOINT}
      AND (NOT :dead_only OR EXISTS (
        SELECT FROM feedback_deliveries g
        WHERE g.province_code = m.province_code AND g.endpoint_id = e.id
          AND g.event_id = m.event_id AND g.dossier_code = m.dossier_code AND g.state = 'dead'
      ))
"""
_COUNT = text(f"SELECT count(*) {_MEANT}")
_SEND_AGAIN = text(f"""
    INSERT INTO feedback_deliveries AS d
        (province_code, endpoint_id, event_id, dossier_code, position, state, attempts, next_at)
    SELECT m.province_code, e.id, m.event_id, m.dossier_code, m.position, 'pending', 0, least(:now, now()) {_MEANT}
    ON CONFLICT (province_code, endpoint_id, event_id, dossier_code) DO UPDATE
        SET state = 'pending', attempts = 0, next_at = excluded.next_at, settled_at = NULL
    RETURNING 1
""")  # noqa: S608  our own text
_TOLD = text("""
    SELECT EXISTS (
        SELECT FROM feedback_dossiers WHERE province_code = :province AND agency_id = :agency AND dossier_code = :code
    )
""")


def count_meant(session: Session, scope: Scope, endpoint: Endpoint, replay: Replay) -> int:
    """How many messages a replay means."""
    return int(session.execute(_COUNT, _bound(scope, endpoint, replay)).scalar_one())


def send_again(session: Session, scope: Scope, endpoint: Endpoint, replay: Replay, *, now: datetime) -> int:
    """Have messages sent again, or for the first time; how many.

    They are due at once, also when the caller's clock runs ahead of the worker's.
    """
    return len(session.execute(_SEND_AGAIN, _bound(scope, endpoint, replay) | {"now": now}).all())


def is_told(session: Session, scope: Scope, endpoint: Endpoint, dossier_code: str) -> bool:
    """Whether the endpoint's agency was ever told anything of a dossier."""
    bound = {"province": scope.province_code, "agency": endpoint.agency_id, "code": dossier_code}
    return bool(session.execute(_TOLD, bound).scalar_one())


def _bound(scope: Scope, endpoint: Endpoint, replay: Replay) -> dict[str, Any]:
    return {
        "province": scope.province_code,
        "endpoint": endpoint.id,
        "agency": endpoint.agency_id,
        "position": replay.position,
        "since": floor_id(replay.since) if replay.since else None,
        "code": replay.dossier_code,
        "sequence": replay.from_sequence,
        "dead_only": replay.dead_only,
    }

"""What does not add up at a change of hands: opened at once, shown live, explained and closed by a person."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware
from core.db import CHANNEL, notify
from core.errors import NOT_FOUND, Problem, fail, problem, refuse
from core.scope import Scope
from tracking import fields, store_handovers
from tracking.errors import TEXT_NOT_PRINTABLE, TEXT_TOO_LONG
from tracking.errors_custody import EXPLANATION_MISSING, INCIDENT_BACKWARDS
from tracking.handover_values import Incident, IncidentState

LONGEST_EXPLANATION = 500
_ORDER = tuple(IncidentState)


def open_incident(session: Session, scope: Scope, incident: Incident) -> Incident:
    """Put a difference before the dispatcher; the same one told again is the same incident."""
    known = store_handovers.same_open_incident(session, scope.province_code, incident)
    if known is not None:
        return known
    store_handovers.insert_incident(session, scope.province_code, incident)
    _tell(session, scope, incident)
    return incident


def list_incidents(
    session: Session, *, scope: Scope, office_id: UUID | None = None, open_only: bool = True
) -> Sequence[Incident]:
    """Differences at the offices within reach, newest first."""
    return store_handovers.incidents(session, scope, office_id=office_id, open_only=open_only)


def decide_incident(
    session: Session, *, scope: Scope, incident_id: UUID, state: IncidentState, explanation: str, now: datetime
) -> Incident:
    """Explain or close a difference; what was said first stays in the row's explanation, the newest word last.

    Raises:
        CodedError: C1000 out of reach; T2440 for a step back, T2441 without a word, T1008, T1022, all at once.
    """
    found = store_handovers.lock_incident(session, scope.province_code, incident_id)
    if found is None or not scope.sees_office(found.office_id) or scope.courier_id is not None:
        raise fail(NOT_FOUND, what="incident")
    word = explanation.strip()
    refuse(_mistakes(found, state, word))
    said = "\n".join(part for part in (found.explanation, word) if part)
    decided = replace(found, state=state, explanation=said, decided_by=scope.actor, decided_at=aware(now))
    store_handovers.decide_incident(session, scope.province_code, decided)
    _tell(session, scope, decided)
    return decided


def _mistakes(incident: Incident, state: IncidentState, word: str) -> Iterator[Problem]:
    if _ORDER.index(state) <= _ORDER.index(incident.state):
        yield problem(INCIDENT_BACKWARDS, pointer="state", state=incident.state.value)
    if not word and incident.explanation is None:
        yield problem(EXPLANATION_MISSING, pointer="explanation")
    if not fields.is_printable(word):
        yield problem(TEXT_NOT_PRINTABLE, pointer="explanation", field="explanation")
    if len(word) > LONGEST_EXPLANATION:
        yield problem(TEXT_TOO_LONG, pointer="explanation", field="explanation", limit=LONGEST_EXPLANATION)


def _tell(session: Session, scope: Scope, incident: Incident) -> None:
    payload = {
        "province": scope.province_code,
        "office": str(incident.office_id),
        "incident": str(incident.id),
        "event": str(incident.id),
        "kind": incident.kind.value,
        "status": incident.state.value,
    }
    notify(session, CHANNEL, payload)

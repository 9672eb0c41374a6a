"""Telling the live stream what became of a plan."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.db import CHANNEL, notify
from core.ids import new_id
from routing.stored import PlanHead, PlanState


def announce(session: Session, head: PlanHead, state: PlanState, *, now: datetime, kind: str | None = None) -> None:
    """After the commit, tell whoever listens: ids and the state only, `kind` is `plan_<state>` unless given."""
    change = {
        "province": head.province_code,
        "office": str(head.office_id),
        "plan": str(head.id),
        "kind": kind or f"plan_{state.value}",
        "status": state.value,
        "event": str(new_id(now)),
    }
    notify(session, CHANNEL, change)

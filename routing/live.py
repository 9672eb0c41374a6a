"""Telling the live stream what became of a plan."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.db import CHANNEL, notify
from core.ids import new_id
from routing.stored import PlanHead, PlanState


def announce(session: Session, head: PlanHead, state: PlanState, *, now: datetime) -> None:
    """After the commit, tell whoever listens: ids and the state only, `kind` is `plan_<state>`."""
    change = {
        "province": head.province_code,
        "office": str(head.office_id),
        "plan": str(head.id),
        "kind": f"plan_{state.value}",
        "status": state.value,
        "event": str(new_id(now)),
    }
    notify(session, CHANNEL, change)

"""What the next courier should know of a door: the note of the last failed attempt, else the household's own words."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from core.scope import Scope
from tracking import store_door_notes


def door_notes(session: Session, *, scope: Scope, item_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Notes by item; the caller has found these items within reach."""
    if not item_ids:
        return {}
    words = store_door_notes.household_words(session, scope.province_code, item_ids)
    return words | store_door_notes.attempt_notes(session, scope.province_code, item_ids)

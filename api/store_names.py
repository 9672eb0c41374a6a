"""Names of those who did something, by actor (`user:<id>`)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.tables import UserRow

_USER = "user:"


def names_of(session: Session, province_code: str, actors: Iterable[str]) -> dict[str, str]:
    """Name by actor, for those that are users of the province."""
    ids = {actor: _id(actor) for actor in actors if actor.startswith(_USER)}
    query = select(UserRow.id, UserRow.name).where(
        UserRow.province_code == province_code, UserRow.id.in_([one for one in ids.values() if one is not None])
    )
    names = {row.id: row.name for row in session.execute(query)}
    return {actor: names[one] for actor, one in ids.items() if one in names}


def _id(actor: str) -> UUID | None:
    try:
        return UUID(actor.removeprefix(_USER))
    except ValueError:
        return None

"""Something a transaction needs once, however often it is asked for."""

from collections.abc import Hashable, Iterator

from sqlalchemy.orm import Session, SessionTransaction


class OncePerTransaction:
    """Remembers keys per open transaction; a savepoint that is rolled back takes its memory with it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def seen(self, session: Session, key: Hashable) -> bool:
        """Whether the key was given before in this transaction, and from now on it was."""
        memory: dict[Hashable, SessionTransaction] = session.info.setdefault(self._name, {})
        open_now = list(_open(session))
        if memory.get(key) in open_now:
            return True
        if open_now:
            memory[key] = open_now[0]
        return False


def _open(session: Session) -> Iterator[SessionTransaction]:
    """Open transactions, innermost savepoint first."""
    current = session.get_nested_transaction() or session.get_transaction()
    while current is not None:
        yield current
        current = current.parent

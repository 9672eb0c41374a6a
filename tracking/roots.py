"""The daily root: every chain that moved on a day and every file stored, under one signed Merkle root.

A day's leaves are the ends of the chains that got longer since the root before; what did not move stands under an
earlier root. The roots are a chain themselves. Once a root is published, no row it covers can change unseen.
"""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import at_local, aware
from core.errors import NOT_FOUND, fail
from core.scope import Scope
from tracking import store_roots
from tracking.merkle import Tree
from tracking.reading import find_item
from tracking.root_values import DailyRoot, Inclusion

NO_ROOT = "0" * 64
# A transaction that began before midnight has committed by then.
READY_AFTER = time(1, 0)


class Signer(Protocol):
    """Who signs roots."""

    key_id: str
    public_key: str

    def sign(self, statement: bytes) -> str:
        """The signature in base64."""


def make_roots(session: Session, province_code: str, *, signer: Signer, now: datetime) -> list[DailyRoot]:
    """The roots of all past days that have none yet, oldest first; a day on which nothing happened has one too."""
    store_roots.lock_roots(session, province_code)
    newest = store_roots.last_root(session, province_code)
    first = newest.day + timedelta(days=1) if newest else store_roots.first_day(session, province_code)
    made: list[DailyRoot] = []
    day = first
    while day is not None and aware(now) >= at_local(day + timedelta(days=1), READY_AFTER):
        newest = _make(session, province_code, day, newest, signer, aware(now))
        made.append(newest)
        day += timedelta(days=1)
    return made


def _make(
    session: Session, province_code: str, day: date, before: DailyRoot | None, signer: Signer, now: datetime
) -> DailyRoot:
    end = at_local(day + timedelta(days=1), time())
    since = at_local(before.day if before else day, time())
    leaves = store_roots.uncovered(session, province_code, since=since, end=end)
    unsigned = DailyRoot(
        province_code=province_code,
        day=day,
        count=len(leaves),
        root=Tree.over(leaf.content for leaf in leaves).root.hex(),
        previous=before.root if before else NO_ROOT,
        made_at=now,
        key_id=signer.key_id,
        public_key=signer.public_key,
        signature="",
    )
    signed = DailyRoot(**asdict(unsigned) | {"signature": signer.sign(unsigned.statement)})
    store_roots.insert_root(session, signed, leaves)
    return signed


def root_provinces(session: Session) -> list[str]:
    """The provinces whose chains need roots."""
    return store_roots.provinces(session)


def published(
    session: Session, province_code: str, *, until: date | None = None, limit: int | None = 31
) -> list[DailyRoot]:
    """The newest roots, newest first; all of them without a limit."""
    return store_roots.list_roots(session, province_code, until=until, limit=limit)


def inclusion(session: Session, *, scope: Scope, item_id: UUID) -> Inclusion:
    """Proof of the item's newest end that stands under a root.

    Raises:
        CodedError: C1000 when the item is out of reach or stands under no root yet.
    """
    item = find_item(session, scope=scope, item_id=item_id)
    found = inclusion_of(session, item.province_code, item.id)
    if found is None:
        raise fail(NOT_FOUND, what="root")
    return found


def inclusion_of(session: Session, province_code: str, item_id: UUID, *, day: date | None = None) -> Inclusion | None:
    """The same for a caller who has the item already, or of the end that stands under a day's root; None under none."""
    found = store_roots.last_leaf(session, province_code, item_id, day=day)
    if found is None:
        return None
    [root] = store_roots.list_roots(session, province_code, until=found.day, limit=1)
    path = _TREES.of(session, root).path(found.index)
    return Inclusion(leaf=found.leaf, index=found.index, path=tuple(one.hex() for one in path), root=root)


class _Trees:
    """The trees asked for last. What stands under a root never changes, so they are kept by its hash: an agency's day
    or a citizen's page reads a day's leaves once, not once for each item.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[str, Tree] = {}
        self._lock = Lock()

    def of(self, session: Session, root: DailyRoot) -> Tree:
        """The tree under a root."""
        with self._lock:
            tree = self._kept.pop(root.root, None)
            if tree is None:
                leaves = store_roots.leaves_of(session, root.province_code, root.day)
                tree = Tree.over(leaf.content for leaf in leaves)
            self._kept[root.root] = tree
            for oldest in list(self._kept)[: -self._most]:
                del self._kept[oldest]
        return tree


# A day of 75,000 leaves is 5 MB.
_TREES = _Trees(most=8)

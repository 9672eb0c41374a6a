"""Values of the daily roots: leaves, signed roots, proofs of inclusion."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from tracking.canonical import canonical, plain
from tracking.merkle import is_included


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The end of an item's chain (`kind` chain, `subject` the item), or a file (`subject` its proof, `seq` 0)."""

    kind: str
    subject: UUID
    seq: int
    hash: str

    @property
    def content(self) -> bytes:
        """What is hashed: canonical JSON."""
        return canonical({"kind": self.kind, "subject": str(self.subject), "seq": self.seq, "hash": self.hash})


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyRoot:
    """A signed root. Hashes are 64 hex digits, key and signature base64."""

    province_code: str
    day: date
    count: int
    root: str
    previous: str
    made_at: datetime
    key_id: str
    public_key: str
    signature: str

    @property
    def statement(self) -> bytes:
        """What is signed: everything but key and signature themselves, as canonical JSON."""
        content = {name: plain(value) for name, value in asdict(self).items() if name not in _NOT_SIGNED}
        return canonical(content)


_NOT_SIGNED = frozenset({"public_key", "signature"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRoots:
    """What the log outside the database says of a province: each root ever signed, in order, and how many lines cannot
    be read.
    """

    roots: tuple[DailyRoot, ...] = ()
    unreadable: int = 0

    @property
    def days(self) -> frozenset[date]:
        """The days it has a root of."""
        return frozenset(root.day for root in self.roots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Proof that an item's chain had this end under a root: the sibling hashes from the leaf up, hex."""

    leaf: Leaf
    index: int
    path: tuple[str, ...]
    root: DailyRoot

    @property
    def holds(self) -> bool:
        """Whether leaf and path give the root (RFC 9162, 2.1.3.2)."""
        return is_included(
            self.leaf.content,
            index=self.index,
            count=self.root.count,
            path=[bytes.fromhex(one) for one in self.path],
            root=bytes.fromhex(self.root.root),
        )

    def covers(self, hashes: Sequence[str]) -> bool:
        """Whether a chain, by its hashes in order, still has the end that stands under the root."""
        return self.holds and 0 < self.leaf.seq <= len(hashes) and hashes[self.leaf.seq - 1] == self.leaf.hash

"""Values of the audit: a fault with its place, and how much was looked at."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What does not hold, and where: item and event, or proof and file, or the day of a root."""

    fault: str
    item_id: UUID | None = None
    seq: int | None = None
    proof_id: UUID | None = None
    sha256: str | None = None
    day: str | None = None


@dataclass(slots=True)
class Audited:
    """How much was looked at; `unlogged` roots stand in no log outside the database yet, `erased` items were emptied
    when their time was over.
    """

    items: int = 0
    erased: int = 0
    events: int = 0
    proofs: int = 0
    files: int = 0
    roots: int = 0
    unlogged: int = 0

"""What a dispatcher may do to a plan by hand: one command for each edit, plain data that history keeps as JSON."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStops:
    """Put planned stops into a courier's round, together from `position` on (0 is first) or each where it costs least.

    `round` None: the round of that courier where it costs least.
    """

    visit_ids: tuple[str, ...]
    courier_id: UUID
    round: int | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderRound:
    """The stops of one round in another order: all of them, each once."""

    courier_id: UUID
    round: int
    visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockStops:
    """The stops stay with the couriers that have them, through every new plan of the rest; `in_round`: in the round."""

    visit_ids: tuple[str, ...]
    in_round: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockStops:
    """Let go of locks."""

    visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRoutes:
    """Two couriers change routes: all that neither has visited, carries or rides to."""

    courier_id: UUID
    other_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRound:
    """The stops of a round from `position` on go over to another courier's round, in their order, behind his own."""

    courier_id: UUID
    round: int
    position: int
    to_courier_id: UUID
    to_round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DropStops:
    """Take stops off the plan of the day; no new plan of the rest brings them back."""

    visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertStops:
    """Plan visits that are left out, and items that came in since: where told, else where it costs least of all."""

    visit_ids: tuple[str, ...] = ()
    item_ids: tuple[UUID, ...] = ()
    courier_id: UUID | None = None
    round: int | None = None
    position: int | None = None


Command = MoveStops | ReorderRound | LockStops | UnlockStops | SwapRoutes | SplitRound | DropStops | InsertStops

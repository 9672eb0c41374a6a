"""What looks odd in a proof beside others: of the same courier on the same day, and with the same photo. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.clock import local_date
from geodata.model import LonLat
from tracking.model import Fix, Item, ProofInput
from tracking.position_filters import IMPOSSIBLE_SPEED, is_too_fast

PHOTO_REUSED = "photo_reused"
CLOCK_JUMP = "clock_jump"

# Measuring the offset over a bad line errs by seconds; a clock that was set by hand is off by minutes.
_JUMP_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When and where a courier's proof happened, by the server's clock, and what the phone said of its own."""

    courier_id: UUID
    at: datetime
    clock_offset_s: float | None
    point: LonLat | None
    accuracy_m: float | None
    position_age_s: float | None

    @property
    def fix(self) -> Fix | None:
        """The position, at the instant it was measured."""
        if self.point is None:
            return None
        age = timedelta(seconds=self.position_age_s or 0.0)
        return Fix(occurred_at=self.at - age, point=self.point, accuracy_m=self.accuracy_m)


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo in a proof and whose paper it speaks of; a household nobody knows is its own."""

    sha256: str
    item_id: UUID
    household_key: str | None

    def is_of_another(self, other: "Shown") -> bool:
        """Whether the same photo is shown for two households."""
        is_same_home = self.household_key is not None and self.household_key == other.household_key
        return self.sha256 == other.sha256 and self.item_id != other.item_id and not is_same_home


def moment_of(proof: ProofInput, courier_id: UUID, at: datetime) -> Moment:
    """`at`: when it happened by the server's clock."""
    return Moment(
        courier_id=courier_id,
        at=at,
        clock_offset_s=proof.clock_offset_s,
        point=proof.point,
        accuracy_m=proof.accuracy_m,
        position_age_s=proof.position_age_s,
    )


def photos_of(proof: ProofInput, item: Item) -> list[Shown]:
    """The photos a proof names; signatures are drawn anew each time."""
    return [Shown(claim.sha256, item.id, item.household_key) for claim in proof.files if claim.kind == "photo"]


def flags_beside(moment: Moment, others: Iterable[Moment]) -> list[str]:
    """`others` hold at least the courier's nearest proofs of the local day, before and after, with a position and with
    a clock.
    """
    day = local_date(moment.at)
    near = [one for one in others if one.courier_id == moment.courier_id and local_date(one.at) == day]
    places = [one for one in near if one.point is not None]
    clocks = [one for one in near if one.clock_offset_s is not None]
    checks = {
        IMPOSSIBLE_SPEED: any(_is_out_of_reach(moment, one) for one in _nearest(moment, places)),
        CLOCK_JUMP: any(_has_jumped(moment, one) for one in _nearest(moment, clocks)),
    }
    return [name for name, is_odd in checks.items() if is_odd]


def _nearest(moment: Moment, others: Sequence[Moment]) -> Iterator[Moment]:
    """The last ones at or before it and the first ones after it: several at one door share an instant."""
    before = max((one.at for one in others if one.at <= moment.at), default=None)
    after = min((one.at for one in others if one.at > moment.at), default=None)
    return (one for one in others if one.at in (before, after))


def _is_out_of_reach(moment: Moment, other: Moment) -> bool:
    mine, theirs = moment.fix, other.fix
    if mine is None or theirs is None:
        return False
    first, second = sorted((mine, theirs), key=lambda fix: fix.occurred_at)
    return is_too_fast(first, second)


def _has_jumped(moment: Moment, other: Moment) -> bool:
    if moment.clock_offset_s is None or other.clock_offset_s is None:
        return False
    return abs(moment.clock_offset_s - other.clock_offset_s) > _JUMP_S

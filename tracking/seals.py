"""Seals of bags: the number a bag was closed under, and what was found when it was opened.

Who opens a bag never sees the number before typing what stands on it: only so is it a check.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracking.handover_values import Tally
from tracking.model import Event, EventKind, Item

_BETWEEN = re.compile(r"[,;\n]")
_LOOSE = re.compile(r"[\s.\-/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCheck:
    """The numbers of the bags that were opened, against what was read on them; several are parted by commas."""

    expected: tuple[str, ...]
    found: str | None
    broken: bool

    @property
    def differs(self) -> bool:
        """Whether a seal is another one, missing or broken; a bag from before seals were asked for has none."""
        return self.broken or (bool(self.expected) and _keys(self.expected) != _keys(numbers(self.found)))


def check_of(tally: Tally, expected: Iterable[str | None]) -> SealCheck:
    """What the tally of an opened bag says of its seals."""
    known = tuple(sorted({number for told in expected for number in numbers(told)}))
    return SealCheck(expected=known, found=tally.seal, broken=tally.seal_broken)


def numbers(told: str | None) -> list[str]:
    """The numbers in what was typed or scanned."""
    return [number.strip() for number in _BETWEEN.split(told or "") if number.strip()]


def told_data(event: Event, item: Item) -> Mapping[str, Any]:
    """What an event says, without the seal of the bag in which the item still travels."""
    if event.kind is EventKind.ITEM_BAGGED and item.bagged_at is not None:
        return {name: value for name, value in event.data.items() if name != "seal"}
    return event.data


def _keys(of: Iterable[str]) -> set[str]:
    """As people mean them: without case, spaces, dots and dashes."""
    return {_LOOSE.sub("", number).casefold() for number in of}

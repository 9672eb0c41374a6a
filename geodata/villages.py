"""Villages named in a text, looked up among the populated places of the communes in question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geodata.address_words import AddressWords, Level, read_words
from geodata.gazetteer import COARSE_PLACE_ERROR_M, Gazetteer, Place
from geodata.mentions import Mention
from geodata.model import LonLat

# Numbers written out: Thôn Mười Chín is as nameless as thôn 19.
_COUNTING = frozenset({"mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"})


@dataclass(frozen=True, slots=True)
class VillageMatch:
    """A place of a commune with the name of a village in the text.

    `telling`: its point is not on the coarse grid, and its name is of two words or more and of no unit, so that it may
    tell the parts of a split commune apart; Thôn Tây and Hà Nội may not.
    """

    name: str
    point: LonLat
    error_m: int
    telling: bool


def match_villages(
    text: AddressWords, wards: Iterable[Mention | None], gazetteer: Gazetteer, codes: Sequence[str]
) -> dict[str, VillageMatch]:
    """For each commune that has one, the place named in the text before the commune's own name."""
    keys = _village_keys(text, min((w.start for w in wards if w is not None), default=len(text)))
    found: dict[str, VillageMatch] = {}
    if keys:
        for code in codes:
            places = gazetteer.places.get(code, {})
            hits = [place for key in keys for place in places.get(key, ())]
            if len(hits) == 1:
                found[code] = _match(hits[0], gazetteer)
    return found


def _match(place: Place, gazetteer: Gazetteer) -> VillageMatch:
    exact = place.error_m < COARSE_PLACE_ERROR_M
    return VillageMatch(place.name, place.point, place.error_m, exact and _is_own_name(place.name, gazetteer))


def _is_own_name(name: str, gazetteer: Gazetteer) -> bool:
    text = read_words(name)
    first = text.types[0] if len(text) else None
    own = [w.fold for w in text.words[0 if first is None else first.width :]]
    key = "".join(own)
    unit = key in gazetteer.units or key in gazetteer.districts or key in gazetteer.provinces
    return len(own) > 1 and not unit and not any(w.isdigit() or w in _COUNTING for w in own)


def _village_keys(text: AddressWords, end: int) -> set[str]:
    """Keys a village of the text may have: with and without its type word (`thôn Tân Tô`, `Tân Tô`)."""
    keys: set[str] = set()
    start = 0
    while start < end:
        stop = start + 1
        while stop < end and not (text.hard[stop] or text.soft[stop]):
            stop += 1
        keys.update(_segment_keys(text, start, stop))
        start = stop
    return keys


def _segment_keys(text: AddressWords, start: int, stop: int) -> set[str]:
    folds = [w.fold for w in text.words[start:stop]]
    keys: set[str] = set()
    for i in range(start, stop):
        type_ = text.types[i]
        if type_ is not None and Level.VILLAGE in type_.levels:
            keys.add("".join(folds[i - start :]))
            keys.add("".join(folds[i - start + type_.width :]))
    if text.types[start] is None and not folds[0][0].isdigit():
        keys.add("".join(folds))
    return {key for key in keys if len(key) > 3 and not key.isdigit()}

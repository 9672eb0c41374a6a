"""Mentions: stretches of an address text that name a unit of either list, at one of the three levels."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geodata.address_words import AddressWords, Level, TypeWord, misspelled_type
from geodata.gazetteer import Gazetteer, ProvinceName
from geodata.names import word

_LONGEST_NAME = 7
_CITY = frozenset({"thanhpho"})
_VINTAGE_WORDS = {word("cũ").toned: "old", word("mới").toned: "new"}


class Kind(IntEnum):
    """How a mention stands in the text, surest first.

    TYPED: after its type word (`xã Ia Ake`). SEGMENT: alone between two boundaries (`…, Ia Ake, …`). SUFFIX: at the end
    of a stretch (`… Ia Ake Phú Thiện`). WEAK: inside a stretch, perhaps a street or a village.
    """

    TYPED = 0
    SEGMENT = 1
    SUFFIX = 2
    WEAK = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """Words [start, end) of a text, the type word included; the name begins at `name`.

    `closed`: the name ends where the text has a boundary. `hint`: "old" or "new" when the text says cũ or mới after it.
    """

    kind: Kind
    types: frozenset[str]
    start: int
    name: int
    end: int
    key: str
    toned: str
    marked: bool
    closed: bool
    hint: str | None

    def overlaps(self, other: "Mention") -> bool:
        """Whether both use a word."""
        return self.start < other.end and other.start < self.end


_UNTYPED: frozenset[str] = frozenset()


class MentionFinder:
    """Finds the mentions of one text, from the largest unit to the smallest."""

    def __init__(self, text: AddressWords, gazetteer: Gazetteer) -> None:
        self.text = text
        self.gazetteer = gazetteer
        self.n = len(text)
        # A larger unit found ends the name before it, also where the text has no boundary.
        self.cuts: set[int] = set()
        self.segment_starts = [i for i in range(self.n) if text.hard[i] or text.soft[i]]
        self.typed_starts = list(self._typed_starts())

    def _typed_starts(self) -> Iterator[tuple[int, TypeWord]]:
        text = self.text
        for i, known in enumerate(text.types):
            type_ = known
            if type_ is None and (text.hard[i] or text.soft[i]):
                type_ = misspelled_type(text.words[i].fold)
            if type_ is not None and i + type_.width < self.n:
                yield i, type_

    def _ends_at(self, end: int) -> bool:
        text = self.text
        if text.hard[end] or text.soft[end] or text.types[end] is not None or end in self.cuts:
            return True
        return text.words[end].toned in _VINTAGE_WORDS

    def _spans(self, start: int) -> Iterator[tuple[int, str]]:
        """(end, key) of the names that may begin at a word, shortest first, within hard boundaries."""
        key = ""
        words, hard = self.text.words, self.text.hard
        for end in range(start + 1, min(self.n, start + _LONGEST_NAME) + 1):
            key += words[end - 1].fold
            yield end, key
            if hard[end]:
                return

    def _longest(self, start: int, known: Container[str]) -> int | None:
        best = None
        for end, key in self._spans(start):
            if key in known:
                best = end
        return best

    def mention(self, kind: Kind, types: frozenset[str], start: int, name: int, end: int) -> Mention:
        """The mention of words [start, end), its name from `name` on."""
        words = self.text.words[name:end]
        return Mention(
            kind=kind,
            types=types,
            start=start,
            name=name,
            end=end,
            key="".join([w.fold for w in words]),
            toned="".join([w.toned for w in words]),
            marked=any(w.marked for w in words),
            closed=self._ends_at(end),
            hint=_VINTAGE_WORDS.get(self.text.words[end].toned) if end < self.n else None,
        )

    def closed_end(self, start: int) -> int:
        """Where a name that begins at a word runs into the next boundary."""
        end = start + 1
        while end < self.n and not self._ends_at(end):
            end += 1
        return end

    def provinces(self) -> list[tuple[Mention, ProvinceName]]:
        """Provinces: those with a type word, and the last words of the text."""
        known = self.gazetteer.provinces
        found = [
            self.mention(Kind.TYPED, type_.types, i, i + type_.width, end)
            for i, type_ in self.typed_starts
            if Level.PROVINCE in type_.levels and (end := self._longest(i + type_.width, known)) is not None
        ]
        found = [m for m in found if m.types != _CITY or known[m.key].is_city]
        tail = self._tail(known, self.n)
        if tail is not None and not any(tail.overlaps(m) for m in found) and self._is_province(tail, known[tail.key]):
            found.append(tail)
        found = found or self._inner(known) or self._misspelled_tail(known)
        self.cuts.update(m.start for m in found)
        return [(m, known[m.key]) for m in found if m.key in known]

    def _is_province(self, tail: Mention, name: ProvinceName) -> bool:
        """Whether the last words are a province, not part of a smaller unit's name: xã Quảng Trị, xã Nguyễn Huệ."""
        if tail.marked and tail.toned != name.toned:
            return False
        for i, type_ in self.typed_starts:
            name_start = i + type_.width
            if Level.VILLAGE in type_.levels or Level.STREET in type_.levels or name_start > tail.start:
                continue
            if name_start == tail.start:
                return False
            whole = "".join(w.fold for w in self.text.words[name_start : self.n])
            if tail.kind is Kind.SUFFIX and whole in self.gazetteer.units:
                return False
        return True

    def _tail(self, known: Container[str], end: int) -> Mention | None:
        """The longest known name that ends at a word."""
        key, best = "", None
        for start in range(end - 1, max(-1, end - 1 - _LONGEST_NAME), -1):
            key = self.text.words[start].fold + key
            if not key.isdigit() and key in known:
                best = start
            if self.text.hard[start]:
                break
        if best is None:
            return None
        alone = self.text.hard[best] or self.text.soft[best]
        return self.mention(Kind.SEGMENT if alone else Kind.SUFFIX, _UNTYPED, best, best, end)

    def _inner(self, known: Container[str]) -> list[Mention]:
        """The last whole segment that is a known name, wherever it stands."""
        for start in reversed(self.segment_starts):
            end = self._longest(start, known)
            if end is not None and self._ends_at(end):
                return [self.mention(Kind.SEGMENT, _UNTYPED, start, start, end)]
        return []

    def _misspelled_tail(self, known: Iterable[str]) -> list[Mention]:
        """The last segment, one letter away from a known name."""
        start = self.segment_starts[-1] if self.segment_starts else 0
        type_ = self.text.types[start] or misspelled_type(self.text.words[start].fold)
        name = start + type_.width if type_ is not None and Level.PROVINCE in type_.levels else start
        if name >= self.n:
            return []
        mention = self.mention(Kind.SEGMENT, _UNTYPED, start, name, self.n)
        if mention.key in self.gazetteer.districts or mention.key in self.gazetteer.units:
            # Thành phố Thanh Hóa, a city rightly spelled, is no slip for Khánh Hòa.
            return []
        near = near_keys(mention.key, list(known), most=1)
        return [replace_key(mention, near[0][0])] if len(near) == 1 else []

    def districts(self, known: Container[str], keys: Callable[[], Sequence[str]]) -> list[Mention]:
        """Districts named among `known`: with a type word, alone in a segment, or at the end before a province.

        `keys` gives the names to look among when a typed name is misspelled. A typed name that is not among `known`
        is given as it stands: that it fits nothing is a sign too.
        """
        found = []
        for i, type_ in self.typed_starts:
            if Level.DISTRICT in type_.levels:
                found += self._typed_district(i, type_, known, keys)
        for start in self.segment_starts:
            if start not in self.cuts and self.text.types[start] is None:
                found += self._segment(start, known)
        if not found:
            tails = [self._tail(known, cut) for cut in sorted(self.cuts) if cut]
            found = [tail for tail in tails if tail is not None]
        self.cuts.update(m.start for m in found if m.kind is not Kind.SEGMENT)
        return found

    def _segment(self, start: int, known: Container[str]) -> list[Mention]:
        """The known name, more than a number, that fills the stretch from a boundary to the next."""
        end = self._longest(start, known)
        if end is None or not self._ends_at(end):
            return []
        mention = self.mention(Kind.SEGMENT, _UNTYPED, start, start, end)
        return [] if mention.key.isdigit() else [mention]

    def _typed_district(
        self, i: int, type_: TypeWord, known: Container[str], keys: Callable[[], Sequence[str]]
    ) -> list[Mention]:
        name = i + type_.width
        end = self._longest(name, known)
        if end is not None:
            return [self.mention(Kind.TYPED, type_.types, i, name, end)]
        if type_.short or (Level.PROVINCE in type_.levels and name in self.cuts):
            return []
        end = self._longest(name, self.gazetteer.districts)
        if end is not None and self._ends_at(end):
            return [self.mention(Kind.TYPED, type_.types, i, name, end)]
        mention = self.mention(Kind.TYPED, type_.types, i, name, self.closed_end(name))
        near = near_keys(mention.key, keys(), most=1)
        return [replace_key(mention, key) for key, _ in near] or [mention]

    def wards(self, known: Container[str]) -> list[Mention]:
        """Commune-level names among `known`: with a type word, alone in a segment; else anywhere, weakly."""
        found = []
        for i, type_ in self.typed_starts:
            if Level.WARD in type_.levels:
                found += self._typed_ward(i, type_, known)
        for start in self.segment_starts:
            if self.text.types[start] is None:
                found += self._segment(start, known)
        return found or self._weak_wards(known)

    def _typed_ward(self, i: int, type_: TypeWord, known: Container[str]) -> list[Mention]:
        name = i + type_.width
        ends = [end for end, key in self._spans(name) if key in known]
        closed = [end for end in ends if self._ends_at(end)]
        kept = closed[-1:] or ends[-1:]
        return [self.mention(Kind.TYPED, type_.types, i, name, end) for end in kept]

    def _weak_wards(self, known: Container[str]) -> list[Mention]:
        found = []
        for start in range(self.n):
            end = self._longest(start, known)
            if end is not None and end - start > 1:
                found.append(self.mention(Kind.WEAK, _UNTYPED, start, start, end))
        return found

    def misspelled_wards(self, keys: Sequence[str]) -> list[tuple[Mention, int]]:
        """Typed names, and names alone in a segment, a letter or two away from one of `keys`, with the distance."""
        found = []
        for i, type_ in self.typed_starts:
            if Level.WARD in type_.levels:
                end = self.closed_end(i + type_.width)
                found += near_mentions(self.mention(Kind.TYPED, type_.types, i, i + type_.width, end), keys)
        if not found:
            for start in self.segment_starts:
                if self.text.types[start] is None and start not in self.cuts:
                    end = self.closed_end(start)
                    found += near_mentions(self.mention(Kind.SEGMENT, _UNTYPED, start, start, end), keys)
                    found += self._after_scrap(start, end, keys)
        return found

    def _after_scrap(self, start: int, end: int, keys: Sequence[str]) -> list[tuple[Mention, int]]:
        """A name after what a slip of the finger left of xã: `ãX Kon Đào`, `Xx Mường Típ`."""
        scrap = self.text.words[start].fold
        if end - start < 2 or not scrap.isalpha() or len(scrap) > 3 or not {"x", "a"} & set(scrap):
            return []
        mention = self.mention(Kind.SEGMENT, _UNTYPED, start, start + 1, end)
        return [(mention, 1)] if mention.key in set(keys) else []


def near_mentions(mention: Mention, keys: Sequence[str]) -> list[tuple[Mention, int]]:
    """The mention as each key near its own, with the distance in letters."""
    return [(replace_key(mention, key), distance) for key, distance in near_keys(mention.key, keys, most=2)]


def replace_key(mention: Mention, key: str) -> Mention:
    """The mention read as another name; how it was toned then says nothing."""
    return Mention(
        mention.kind,
        mention.types,
        mention.start,
        mention.name,
        mention.end,
        key,
        "",
        False,
        mention.closed,
        mention.hint,
    )


def near_keys(key: str, keys: Sequence[str], *, most: int) -> list[tuple[str, int]]:
    """Keys at most `most` letters away (optimal string alignment), nearest first; digits must agree.

    Short names allow one letter from four on, two from nine on.
    """
    allowed = min(most, 0 if len(key) < 4 else 1 if len(key) < 9 else 2)
    if not allowed:
        return []
    near = process.extract(key, keys, scorer=OSA.distance, score_cutoff=allowed, limit=6)
    digits = [c for c in key if c.isdigit()]
    return [(k, int(d)) for k, d, _ in near if d and [c for c in k if c.isdigit()] == digits]

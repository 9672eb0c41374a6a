"""An address text as words with boundaries and type words: what mentions of units are found in."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from unicodedata import combining

from rapidfuzz.distance import OSA

from geodata.names import Word, clean, word

# Brackets and commas part for good; a hyphen or slash may also stand inside a name (Phan Rang - Tháp Chàm).
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[/.\-]\d+)*(?:[a-z](?![^\W\d_]))?|[,;:\n\r|()\[\]]|[-–—/]")
_HARD = frozenset(",;:\n\r|()[]")
_SOFT = frozenset("-–—/")
_DOTTED = re.compile(r"\bt\s*\.\s*([pxt])\b")
# Units stand at the end of an address: of a longer text only the last words are read.
_MOST_WORDS = 80
_COUNTRY = frozenset({("viet", "nam"), ("vietnam",), ("vn",)})


class Level(IntEnum):
    """Of what a type word speaks."""

    WARD = 1
    DISTRICT = 2
    PROVINCE = 3
    VILLAGE = 4
    STREET = 5


@dataclass(frozen=True, slots=True)
class TypeWord:
    """A type word at some place: levels it may speak of, unit types it may mean, how many words it takes.

    `short`: one letter, which may just as well be part of a name.
    """

    levels: tuple[Level, ...]
    types: frozenset[str]
    width: int
    short: bool


@dataclass(frozen=True, slots=True)
class AddressWords:
    """Words of a text. `hard[i]` and `soft[i]`: a boundary stands before word i (index n is the end of the text);
    `types[i]`: the type word that starts at i."""

    words: tuple[Word, ...]
    hard: tuple[bool, ...]
    soft: tuple[bool, ...]
    types: tuple[TypeWord | None, ...]
    marked: bool

    def __len__(self) -> int:
        return len(self.words)


def _types(levels: tuple[Level, ...], *types: str, width: int = 1, short: bool = False) -> TypeWord:
    return TypeWord(levels, frozenset(types), width, short)


_W, _D, _P, _V, _S = (Level.WARD,), (Level.DISTRICT,), (Level.PROVINCE,), (Level.VILLAGE,), (Level.STREET,)
_CITY = (Level.DISTRICT, Level.PROVINCE)
_VILLAGE_WORDS = (
    "thôn",
    "làng",
    "plei",
    "buôn",
    "bon",
    "bản",
    "ấp",
    "xóm",
    "khóm",
    "kp",
    "tdp",
    "kv",
    "tổ",
    "khu",
    "đội",
)
_STREET_WORDS = ("đường", "phố", "ngõ", "ngách", "hẻm", "kiệt", "số")
# Each word's spelling with marks, or as it is abbreviated, and its meaning.
_WORDS = (
    ("xã", _types(_W, "xa")),
    ("x", _types(_W, "xa", short=True)),
    ("phường", _types(_W, "phuong")),
    ("p", _types(_W, "phuong", short=True)),
    ("f", _types(_W, "phuong", short=True)),
    ("ph", _types(_W, "phuong", short=True)),
    ("ward", _types(_W, "phuong")),
    ("tt", _types(_W, "thitran")),
    ("ttr", _types(_W, "thitran")),
    ("đk", _types(_W, "dackhu")),
    ("huyện", _types(_D, "huyen")),
    ("h", _types(_D, "huyen", short=True)),
    ("quận", _types(_D, "quan")),
    ("q", _types(_D, "quan", short=True)),
    ("district", _types(_D, "quan", "huyen")),
    ("tx", _types(_D, "thixa")),
    ("tp", _types(_CITY, "thanhpho")),
    ("city", _types(_CITY, "thanhpho")),
    ("tỉnh", _types(_P, "tinh")),
    ("t", _types(_P, "tinh", short=True)),
    ("province", _types(_P, "tinh")),
    *((village, _types(_V)) for village in _VILLAGE_WORDS),
    *((street, _types(_S)) for street in _STREET_WORDS),
)
# Fold form → (how it is toned when it is marked at all, meaning).
_ONE = {word(spelled).fold: (word(spelled).toned, meaning) for spelled, meaning in _WORDS}
_TWO: dict[tuple[str, str], TypeWord] = {
    ("thi", "tran"): _types(_W, "thitran", width=2),
    ("dac", "khu"): _types(_W, "dackhu", width=2),
    ("dak", "khu"): _types(_W, "dackhu", width=2),
    ("thi", "xa"): _types(_D, "thixa", width=2),
    ("huyen", "dao"): _types(_D, "huyen", width=2),
    ("thanh", "pho"): _types(_CITY, "thanhpho", width=2),
    ("khu", "pho"): _types(_V, width=2),
    ("khu", "vuc"): _types(_V, width=2),
    ("to", "dan"): _types(_V, width=3),
    ("dan", "pho"): _types(_V, width=2),
    ("quoc", "lo"): _types(_S, width=2),
    ("dai", "lo"): _types(_S, width=2),
    ("so", "nha"): _types(_S, width=2),
}
_LONG_PAIRS = {
    first + second: _TWO[first, second] for first, second in (("thi", "tran"), ("thi", "xa"), ("thanh", "pho"))
}
_LONG_TYPE_WORDS = ("phuong", "huyen", "quan", "tinh")


@lru_cache(maxsize=1024)
def read_words(text: str) -> AddressWords:
    """The words of an address text. Kept a while: finding a door and knowing it again read the same text."""
    cleaned = _DOTTED.sub(r"t\1 ", clean(text)) if "t" in text or "T" in text else clean(text)
    words: list[Word] = []
    hard, soft = [True], [False]
    for match in _TOKEN.finditer(cleaned):
        token = match[0]
        if token in _HARD:
            hard[-1] = True
        elif token in _SOFT:
            soft[-1] = True
        else:
            words.append(word(token))
            hard.append(False)
            soft.append(False)
    return _without_tail(words, hard, soft)


def _without_tail(words: list[Word], hard: list[bool], soft: list[bool]) -> AddressWords:
    """Country, postcode and an empty end say nothing."""
    n = len(words)
    while n:
        folds = tuple(w.fold for w in words[max(0, n - 2) : n])
        if folds in _COUNTRY and n > 2:
            n -= 2
        elif folds[-1:] in _COUNTRY or (folds[-1].isdigit() and len(folds[-1]) in (5, 6) and n > 1):
            n -= 1
        else:
            break
    begin = max(0, n - _MOST_WORDS)
    hard, soft = [True, *hard[begin + 1 : n]], [False, *soft[begin + 1 : n]]
    kept = tuple(words[begin:n])
    return AddressWords(
        words=kept,
        hard=(*hard, True)[-len(kept) - 1 :],
        soft=(*soft, True)[-len(kept) - 1 :],
        types=_type_words(kept, hard, soft),
        marked=any(w.marked for w in kept),
    )


def _type_words(words: tuple[Word, ...], hard: list[bool], soft: list[bool]) -> tuple[TypeWord | None, ...]:
    found: list[TypeWord | None] = []
    for i in range(len(words)):
        if i < len(found):
            continue
        type_ = _type_at(words, hard, soft, i)
        # The second word of thị xã is not a commune's xã.
        found += [type_] + [None] * (min(type_.width, len(words) - i) - 1 if type_ is not None else 0)
    return tuple(found)


def _type_at(words: tuple[Word, ...], hard: list[bool], soft: list[bool], i: int) -> TypeWord | None:
    here = words[i]
    if i + 1 < len(words) and not hard[i + 1]:
        after = words[i + 1].fold
        pair = _TWO.get((here.fold, after))
        if pair is None and (hard[i] or soft[i]):
            pair = _misspelled_pair(here.fold + after)
        if pair is not None:
            return pair
    one = _ONE.get(here.fold)
    if one is None or (here.marked and not _same_marks(here.toned, one[0])):
        return None
    return one[1]


def _same_marks(written: str, right: str) -> bool:
    """Whether a type word is marked as it should be, the mark perhaps over the wrong letter (`phuờng`)."""
    return written == right or (len(right) > 5 and combining(right[-1]) > 0 and written[-1] == right[-1])


@lru_cache(maxsize=8192)
def _misspelled_pair(joined: str) -> TypeWord | None:
    """Thị trấn, thị xã or thành phố with one letter wrong, at the start of a stretch."""
    if not 4 <= len(joined) <= 9:
        return None
    near = [type_ for known, type_ in _LONG_PAIRS.items() if OSA.distance(known, joined, score_cutoff=1) == 1]
    return near[0] if len(near) == 1 else None


@lru_cache(maxsize=8192)
def misspelled_type(fold: str) -> TypeWord | None:
    """The long type word a word is one letter away from (`phuog` → phường), if it is one."""
    if len(fold) < 4:
        return None
    near = [known for known in _LONG_TYPE_WORDS if OSA.distance(known, fold, score_cutoff=1) == 1]
    return _ONE[near[0]][1] if len(near) == 1 else None

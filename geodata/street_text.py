"""The street part of an address text: house number, the alleys it lies in, the street, and the hamlet.

Numbers are one path from the street inwards: `145/17/24 Lê Lợi`, `số 24 hẻm 145/17 Lê Lợi` and `ngõ 145 ngách 17 số 24
phố Lê Lợi` are all (145, 17, 24). Street names have one key however they are written: `Đường số 5`, `đ. 5` → `5`;
`Quốc lộ 22`, `QL22` → `ql22`; `Ba Tháng Hai`, `đường 3/2` → `3/2`; no diacritics anywhere.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from geodata.address_words import AddressWords, Level, read_words
from geodata.names import Word

_ALLEY = frozenset({"hem", "ngo", "ngach", "kiet"})
_HOUSE = frozenset({"so", "nha", "sn", "can"})
_UNITS = frozenset({Level.WARD, Level.DISTRICT, Level.PROVINCE})
_HOUSE_SUFFIX = frozenset({"bis", "ter"})
_NUMBER_WORDS = {
    "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5", "sau": "6", "bai": "7", "tam": "8", "chin": "9",
}  # fmt: skip
_SHORT_NAMES = {"cmt": ("cach", "mang", "thang"), "cm": ("cach", "mang"), "cmtt": ("cach", "mang", "thang", "8")}
_ROADS = {
    ("quoc", "lo"): "ql",
    ("tinh", "lo"): "tl",
    ("huong", "lo"): "hl",
    ("duong", "tinh"): "tl",
    ("lien", "lo"): "ll",
}
_ROAD_WORDS = {"dt": "tl", "ltl": "tl"}
# How places are abbreviated, at the start of their name.
_PLACE_WORDS = {
    "kp": "khupho",
    "tdp": "todanpho",
    "kdc": "khudancu",
    "kdt": "khudothi",
    "cc": "chungcu",
    "bv": "benhvien",
    "kcn": "khucongnghiep",
    "ubnd": "uybannhandan",
}
_PART = re.compile(r"\d+[a-z]{0,3}")
_DATE = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})$")
_LONGEST_NAME = 7
_SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class DoorWords:
    """One way to read a text: `path` from the street inwards, whether its last part is a house, words of the name.

    The name may run on into the ward where no comma stands; `own` ends before the ward's type word.
    """

    path: tuple[str, ...]
    has_house: bool
    name: tuple[str, ...]
    own: str = ""

    @property
    def alley(self) -> tuple[str, ...]:
        """The alleys the door lies in, outermost first."""
        return self.path[:-1] if self.has_house else self.path

    def keys(self) -> Iterator[str]:
        """Keys the street may have, from all words of the name to the first alone; `d 5` is D5, else đường 5."""
        names = [self.name]
        if len(self.name) > 1 and self.name[0] == "d" and self.name[1][0].isdigit():
            names.append(self.name[1:])
        return ("".join(name[:n]) for name in names for n in range(min(len(name), _LONGEST_NAME), 0, -1))


@dataclass(frozen=True, slots=True)
class StreetName:
    """The name of a mapped way: the street's key, and the alley off it that the way is (empty: the street itself)."""

    key: str
    alley: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoorText:
    """What an address says below the commune: readings of the street in order of trust, keys of hamlets and places."""

    streets: tuple[DoorWords, ...]
    hamlets: tuple[str, ...]
    places: tuple[str, ...]


def street_name(text: str) -> StreetName | None:
    """The name of a mapped way; None for one without letters or digits. What stands in brackets is left out."""
    words = read_words(text)
    first = _segment(words, 0)
    folds = [w.fold for w in first]
    if len(first) > 1 and folds[0] in _ALLEY and folds[1][0].isdigit():
        rest = _canonical(first[2:])
        if rest:
            return StreetName("".join(rest), _parts(folds[1]))
        return StreetName("hem" + "/".join(_parts(folds[1])), ())
    key = "".join(_canonical(first))
    return StreetName(key, ()) if key else None


def house_path(text: str) -> tuple[str, ...] | None:
    """A house number as mapped (`145/17/24A`) as a path; None for what is no number."""
    cleaned = re.sub(r"\s+", "", text.lower())
    cleaned = re.split(r"[-,;+]", cleaned)[0]
    if not re.fullmatch(r"[a-z]{0,2}\d+[a-z]{0,3}(/[a-z]{0,2}\d+[a-z]{0,3})*", cleaned):
        return None
    return tuple(part.lstrip("0") or "0" for part in cleaned.split("/"))


@lru_cache(maxsize=4096)
def read_door(text: str) -> DoorText:
    """What an address text says below the commune."""
    words = read_words(text)
    streets: list[DoorWords] = []
    hamlets: list[str] = []
    places: list[str] = []
    pending: DoorWords | None = None
    for number, start in enumerate(_starts(words)):
        segment = _segment(words, start)
        type_ = words.types[start]
        if type_ is not None and _UNITS & set(type_.levels) and not _is_road(segment):
            break
        if number >= _SEGMENTS + 2:
            break
        if type_ is not None and Level.VILLAGE in type_.levels:
            hamlets.append(_joined(segment))
            places += [_joined(segment), _joined(segment[type_.width :])]
            continue
        is_street = type_ is not None or segment[0].fold[0].isdigit() or _is_road(segment)
        if number and not is_street and pending is None:
            places.append(_joined(segment))
            continue
        cut = _cut(words, start, len(segment))
        found = list(_readings(segment, cut, pending))
        pending = next((door for door in found if door.path and not door.name), None)
        streets += [door for door in found if door.name]
        places.append(_joined(segment))
        hamlets += _inner_hamlet(words, start)
    return DoorText(tuple(streets), tuple(hamlets), tuple(dict.fromkeys(key for key in places if len(key) > 3)))


def area_key(address_text: str, commune_code: str) -> str | None:
    """What the doors of one alley, or without an alley of one hamlet, have in common; 32 hex digits, no name in it.

    None when the text names neither: a long street is no place to look for a door.
    """
    area = _area(read_door(address_text))
    if area is None:
        return None
    return hashlib.blake2b(f"area|{commune_code}|{area}".encode(), digest_size=16).hexdigest()


def is_alley(address_text: str) -> bool:
    """Whether `area_key` of the text is an alley's, not a hamlet's."""
    area = _area(read_door(address_text))
    return area is not None and area.startswith("alley")


def _area(door: DoorText) -> str | None:
    for reading in door.streets[:1]:
        if reading.alley:
            return f"alley|{'/'.join(reading.alley)}|{reading.own}"
    return "hamlet|" + "|".join(door.hamlets) if door.hamlets else None


def _starts(words: AddressWords) -> Iterator[int]:
    return (i for i in range(len(words)) if words.hard[i])


def _segment(words: AddressWords, start: int) -> tuple[Word, ...]:
    stop = next((i for i in range(start + 1, len(words)) if words.hard[i]), len(words))
    return words.words[start:stop]


def _cut(words: AddressWords, start: int, length: int) -> int:
    """Where, counted from the segment's start, a commune or district begins inside it."""
    for i in range(start + 1, start + length):
        type_ = words.types[i]
        if type_ is None or not _UNITS & set(type_.levels) or _is_road(words.words[i : i + 2]):
            continue
        if not type_.short or (i + 1 < start + length and words.words[i + 1].fold.isdigit()):
            return i - start
    return length


def _inner_hamlet(words: AddressWords, start: int) -> list[str]:
    """A hamlet inside a segment: `12 Lê Lợi khu phố 3`, told by the number after it."""
    segment = _segment(words, start)
    for i in range(1, len(segment) - 1):
        type_ = words.types[start + i]
        if type_ is None or Level.VILLAGE not in type_.levels:
            continue
        if segment[min(i + type_.width, len(segment) - 1)].fold.isdigit():
            return [_joined(segment[i : i + type_.width + 1])]
    return []


def _readings(segment: Sequence[Word], cut: int, pending: DoorWords | None) -> Iterator[DoorWords]:
    def named(path: tuple[str, ...], start: int, *, has_house: bool) -> DoorWords:
        whole = _canonical(segment[start:])
        own = whole if cut >= len(segment) else _canonical(segment[start : max(cut, start)])
        return DoorWords(path, has_house, whole[:_LONGEST_NAME], "".join(own))

    path, has_house, used = _path(segment)
    if pending is not None and not path:
        yield named(pending.path, 0, has_house=pending.has_house)
    elif pending is not None and segment[0].fold in _ALLEY:
        yield named((*path, *pending.path), used, has_house=pending.has_house)
    elif path:
        yield named(path, used, has_house=has_house)
    if pending is None and (not path or _may_be_name(segment)):
        yield named((), 0, has_house=False)


def _may_be_name(segment: Sequence[Word]) -> bool:
    """`3 tháng 2` is a street without a number; `D5` is a street or a house."""
    first, second = segment[0].fold, segment[1].fold if len(segment) > 1 else ""
    if first[0].isdigit():
        return second == "thang"
    return len(first) <= 2 and first not in _HOUSE


def _path(segment: Sequence[Word]) -> tuple[tuple[str, ...], bool, int]:
    """Path, whether it ends in a house, and how many words it takes. House first: the alleys follow from inside out."""
    house: tuple[str, ...] = ()
    alleys: list[tuple[str, ...]] = []
    house_first = False
    i = 0
    while i < len(segment):
        fold = segment[i].fold
        following = segment[i + 1].fold if i + 1 < len(segment) else ""
        if fold in _ALLEY and (following[:1].isdigit() or (following == "so" and i + 2 < len(segment))):
            i += 2 if following[:1].isdigit() else 3
            alleys.append(_parts(segment[i - 1].fold))
        elif fold in _HOUSE and (following[:1].isdigit() or following in _HOUSE) and not house:
            i += 1
        elif fold[0].isdigit() and not house and (i == 0 or segment[i - 1].fold in _HOUSE):
            house, i = _parts(fold), i + 1
            house_first = not alleys
            if i < len(segment) and segment[i].fold in _HOUSE_SUFFIX:
                house, i = (*house[:-1], house[-1] + segment[i].fold), i + 1
        elif i == 0 and len(fold) <= 2 and fold.isalpha() and following[:1].isdigit() and fold not in _ROAD_WORDS:
            house, i, house_first = (fold + following.split("/")[0], *_parts(following)[1:]), 2, True
        else:
            break
    ordered = reversed(alleys) if house_first else alleys
    return (*(part for alley in ordered for part in alley), *house), bool(house), i


def _parts(number: str) -> tuple[str, ...]:
    """`145/17/24a` → its parts; of a range the first number."""
    return tuple(part.lstrip("0") or "0" for part in _PART.findall(number.split("-", maxsplit=1)[0]))


def _is_road(segment: Sequence[Word]) -> bool:
    """`Xa lộ`, `Tỉnh lộ` and `TL 8` begin like a commune or a province and are roads."""
    folds = [w.fold for w in segment[:2]]
    return folds[1:] == ["lo"] or (len(folds) > 1 and folds[0] in ("tl", "ql", "hl", "dt") and folds[1][0].isdigit())


def place_key(text: str) -> str:
    """Key of a hamlet's or place's name: no diacritics, no spaces, abbreviations written out."""
    words = read_words(text)
    return _joined(_segment(words, 0)) if len(words) else ""


def _joined(segment: Sequence[Word]) -> str:
    folds = [w.fold for w in segment]
    return "".join([_PLACE_WORDS.get(folds[0], folds[0]), *folds[1:]]) if folds else ""


def _canonical(segment: Sequence[Word]) -> tuple[str, ...]:
    """Words of a street's name in their one form, without what only says that it is a street."""
    words = list(segment)
    while words and (words[0].fold in ("duong", "pho", "ds") or words[0].toned == "đ"):
        if [w.fold for w in words[:2]] == ["duong", "tinh"] and [w.fold for w in words[2:3]] != ["lo"]:
            break
        words = words[1:]
    if [w.fold for w in words[:2]] == ["dai", "lo"] or [w.fold for w in words[:1]] == ["dl"]:
        words = words[2 if words[0].fold == "dai" else 1 :]
    if len(words) > 1 and words[0].fold == "so" and words[1].fold[0].isalnum():
        words = words[1:]
    return tuple(_dates(list(_expanded([w.fold for w in words]))))


def _expanded(folds: Sequence[str]) -> Iterator[str]:
    i = 0
    while i < len(folds):
        fold, pair = folds[i], tuple(folds[i : i + 2])
        if pair in _ROADS:
            yield _ROADS[pair[0], pair[1]]
            i += 2
            continue
        if fold in _SHORT_NAMES and len(folds) > 1:
            yield from _SHORT_NAMES[fold]
        elif fold == "ng" and i + 1 < len(folds):
            yield "nguyen"
        elif fold == "so" and i + 1 < len(folds) and folds[i + 1][0].isdigit():
            pass
        elif i == 0 and fold in _ROAD_WORDS and len(folds) > 1:
            yield _ROAD_WORDS[fold]
        else:
            yield fold
        i += 1


def _dates(folds: list[str]) -> Iterator[str]:
    """`3 tháng 2`, `ba tháng hai` and `3-2` as `3/2`; `tháng tám` as `tháng 8`."""
    i = 0
    while i < len(folds):
        after = folds[i + 2] if i + 2 < len(folds) else ""
        month = after if after.isdigit() else _NUMBER_WORDS.get(after)
        day = folds[i] if folds[i].isdigit() else _NUMBER_WORDS.get(folds[i])
        date = _DATE.match(folds[i])
        if i + 2 < len(folds) and folds[i + 1] == "thang" and month and day:
            yield f"{day}/{month}"
            i += 3
        elif folds[i] == "thang" and i + 1 < len(folds) and folds[i + 1] in _NUMBER_WORDS:
            yield from ("thang", _NUMBER_WORDS[folds[i + 1]])
            i += 2
        else:
            yield f"{date[1]}/{date[2]}" if date else folds[i]
            i += 1

"""The labelled address set: texts made from the official tables, each with the only answers that are true for it.

A row's `truth` is the set of communes of today that took the people of the unit the text was made from. One commune: a
decision must be that one. Several (a split old unit): there is no single truth, so any decision is counted wrong and
the queue is right. Some texts can be made from two units with different truths (a name used twice, a typo that spells
a neighbour): each row keeps its own label, so deciding such a text is counted wrong for the other row.

Forms (how each is written stands in docs/addresses.md): `old_*` from the three-level list, `new_*` from today's,
`mixed_*` from both, `missing_district`, `village`. Made with a fixed seed; the same rows on every machine.
"""

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from geodata.bundled import change_records, commune_records, place_records
from geodata.gazetteer import Gazetteer, NewCommune, Unit, UnitKind
from geodata.gazetteer_build import bundled_gazetteer
from geodata.names import plain_key

_T = TypeVar("_T")
_STREETS = (
    "Lê Lợi",
    "Trần Hưng Đạo",
    "Nguyễn Trãi",
    "Hùng Vương",
    "Quang Trung",
    "Nguyễn Huệ",
    "Lý Thường Kiệt",
    "Phan Bội Châu",
    "Hai Bà Trưng",
    "30/4",
    "Cách Mạng Tháng 8",
    "Quốc lộ 14",
    "Tỉnh lộ 8",
)
_QUARTERS = ("Thôn {n}", "Tổ {n}", "Ấp {n}", "Xóm {n}", "Khu phố {n}", "Tổ dân phố {n}", "Bản {n}", "TDP {n}", "KP{n}")
_SHORT_TYPES = {"xa": "X. ", "phuong": "P. ", "thitran": "TT. ", "huyen": "H. ", "quan": "Q. ", "thixa": "TX. "}
CLEAN_FORMS = frozenset({"old_full", "new_full"})
# Forms held to the bar of 97 %: mixed and abbreviated.
LOOSE_FORMS = frozenset(
    {
        "old_abbreviated",
        "new_abbreviated",
        "mixed_new_commune_old_district",
        "mixed_new_commune_old_province",
        "mixed_old_commune_new_province",
        "mixed_both_names",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled address. `source` says which table row, or document, it was made from."""

    form: str
    text: str
    truth: frozenset[str]
    source: str


def labelled_rows(*, quick: bool = False, seed: int = 20250701) -> list[Row]:
    """All rows: every unit in the clean forms, samples of 1,200 in the others (a tenth of that when quick)."""
    return list(_Maker(bundled_gazetteer(), seed, 120 if quick else 1200, quick=quick).rows())


class _Maker:
    def __init__(self, gazetteer: Gazetteer, seed: int, sample: int, *, quick: bool) -> None:
        self.rng = random.Random(seed)
        self.gazetteer = gazetteer
        self.sample = sample
        self.old = sorted(
            {u for units in gazetteer.units.values() for u in units if u.kind is UnitKind.OLD and _is_address(u)},
            key=lambda u: (u.district or "", u.full_name, u.targets),
        )
        self.new = sorted(gazetteer.communes.values(), key=lambda c: c.commune.code)
        if quick:
            self.old, self.new = self.rng.sample(self.old, 1000), self.rng.sample(self.new, 400)
        self.province_full: dict[str, str] = {
            r["province_code"]: r["province_full"] for r in commune_records("province_code", "province_full")
        }
        self.old_province_full: dict[str, str] = {
            r["old_province_code"]: r["old_province"]
            for r in change_records()
            if r["old_province"].startswith(("Tỉnh ", "Thành phố "))
        }

    def rows(self) -> Iterator[Row]:
        yield from (self._old_row("old_full", u, self._old_text(u)) for u in self.old)
        yield from (self._new_row("new_full", c, self._new_text(c)) for c in self.new)
        yield from self._spelled()
        yield from self._mixed()
        yield from (
            self._old_row("missing_district", u, self._text(u.full_name, self._old_province(u)))
            for u in self._some(self.old)
        )
        yield from self._villages()
        yield from self._contradictions()

    def _spelled(self) -> Iterator[Row]:
        spellings: dict[str, Callable[[str], str]] = {
            "unmarked": without_marks,
            "nfd": lambda text: unicodedata.normalize("NFD", text),
            "upper": str.upper,
        }
        for name, spell in spellings.items():
            yield from (self._old_row(f"old_{name}", u, spell(self._old_text(u))) for u in self._some(self.old))
            yield from (self._new_row(f"new_{name}", c, spell(self._new_text(c))) for c in self._some(self.new))
        yield from (self._old_row("old_abbreviated", u, self._old_short(u)) for u in self._some(self.old))
        yield from (self._new_row("new_abbreviated", c, self._new_short(c)) for c in self._some(self.new))
        yield from (self._old_row("old_typo", u, self._old_typo(u)) for u in self._some(self.old))
        yield from (self._new_row("new_typo", c, self._new_typo(c)) for c in self._some(self.new))

    def _mixed(self) -> Iterator[Row]:
        for c in self._some([c for c in self.new if c.districts]):
            district = self.gazetteer.whole_districts[self.rng.choice(sorted(c.districts))]
            text = self._text(c.commune.full_name, district.full_name, self._new_province(c))
            yield self._new_row("mixed_new_commune_old_district", c, text)
        for c in self._some([c for c in self.new if c.old_provinces]):
            old = self.old_province_full[self.rng.choice(sorted(c.old_provinces))]
            yield self._new_row("mixed_new_commune_old_province", c, self._text(c.commune.full_name, old))
        moved = [u for u in self.old if self._old_province(u) != self.province_full[u.new_province]]
        for u in self._some(moved):
            text = self._text(u.full_name, self._district(u), self.province_full[u.new_province])
            yield self._old_row("mixed_old_commune_new_province", u, text)
        for u in self._some(moved):
            text = self._text(u.full_name, self.province_full[u.new_province])
            yield self._old_row("mixed_old_commune_new_province_no_district", u, text)
        for u in self._some(self.old):
            code = self.rng.choice(u.targets)
            now = self.gazetteer.communes[code].commune.full_name
            text = self._text(f"{u.full_name} (nay là {now})", self.province_full[u.new_province])
            yield Row("mixed_both_names", text, frozenset({code}), f"{u.district} {u.full_name}")

    def _villages(self) -> Iterator[Row]:
        places = [r for r in place_records("name", "name_vi", "commune_code") if r["name_vi"]]
        for record in self.rng.sample(places, min(self.sample, len(places))):
            c = self.gazetteer.communes[record["commune_code"]]
            text = f"{record['name_vi']}, {c.commune.full_name}, {self._new_province(c)}"
            yield self._new_row("village", c, text)

    def _contradictions(self) -> Iterator[Row]:
        """A former commune with a district it was not in, of its province or of another."""
        for u in self._some(self.old):
            other = self.rng.choice(self.old)
            if self.rng.random() < 0.5:
                other = self.rng.choice([o for o in self.old if o.province == u.province])
            district = self.gazetteer.whole_districts[other.district or ""]
            held = self.gazetteer.units_by_district[district.code]
            near = {self.gazetteer.communes[code].unit.key for code in district.targets} | set(held)
            if u.key not in near and other.district != u.district:
                text = self._text(u.full_name, district.full_name, self._old_province(u))
                yield Row(
                    "contradiction",
                    text,
                    frozenset(u.targets) | frozenset(other.targets),
                    f"{u.district} {u.full_name}",
                )

    # -- texts --------------------------------------------------------------------------------------------------------

    def _some(self, everything: list[_T]) -> list[_T]:
        return self.rng.sample(everything, min(self.sample, len(everything)))

    def _door(self) -> str:
        kind = self.rng.random()
        if kind < 0.3:
            return ""
        if kind < 0.65:
            return f"{self.rng.choice(('', 'Số '))}{self.rng.randint(1, 400)} {self.rng.choice(_STREETS)}, "
        return self.rng.choice(_QUARTERS).format(n=self.rng.randint(1, 12)) + ", "

    def _text(self, *parts: str) -> str:
        return self._door() + ", ".join(part for part in parts if part)

    def _district(self, u: Unit) -> str:
        district = self.gazetteer.whole_districts[u.district or ""]
        return "" if district.full_name == u.full_name else district.full_name

    def _old_province(self, u: Unit) -> str:
        return self.old_province_full[u.province]

    def _new_province(self, c: NewCommune) -> str:
        return self.province_full[c.commune.province_code]

    def _old_text(self, u: Unit) -> str:
        return self._text(u.full_name, self._district(u), self._old_province(u))

    def _new_text(self, c: NewCommune) -> str:
        return self._text(c.commune.full_name, self._new_province(c))

    def _old_short(self, u: Unit) -> str:
        district = self.gazetteer.whole_districts[u.district or ""]
        parts = [self._short(u.type, u.name), self._short(district.type, district.name)]
        return self._text(*parts[u.type == "huyen" :], self._short_province(self._old_province(u)))

    def _new_short(self, c: NewCommune) -> str:
        return self._text(self._short(c.unit.type, c.unit.name), self._short_province(self._new_province(c)))

    def _short(self, type_: str, name: str) -> str:
        if name.isdigit():
            number = name if self.rng.random() < 0.6 else f"{int(name):02d}"
            letter = "Q" if type_ == "quan" else self.rng.choice("PPF")
            return f"{letter}{self.rng.choice(('', '.', '. '))}{number}"
        spelled = _SHORT_TYPES.get(type_, self.rng.choice(("TP. ", "TP ")) if type_ == "thanhpho" else "")
        return (spelled if self.rng.random() < 0.7 else spelled.replace(" ", "")) + name

    def _short_province(self, full_name: str) -> str:
        bare = full_name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
        if bare == "Hồ Chí Minh":
            return self.rng.choice(("TP.HCM", "TPHCM", "TP HCM", "Tp. Hồ Chí Minh"))
        if full_name.startswith("Thành phố"):
            return self.rng.choice(("TP. ", "TP ", "")) + bare
        return self.rng.choice(("", "T. ")) + bare

    def _old_typo(self, u: Unit) -> str:
        parts = [p for p in (u.full_name, self._district(u), self._old_province(u)) if p]
        return self._text(*self._with_typo(parts))

    def _new_typo(self, c: NewCommune) -> str:
        return self._text(*self._with_typo([c.commune.full_name, self._new_province(c)]))

    def _with_typo(self, parts: list[str]) -> list[str]:
        """One letter of one part changed, dropped, doubled or swapped with the next; type words included."""
        which = self.rng.randrange(len(parts))
        return [one_typo(p, self.rng) if i == which else p for i, p in enumerate(parts)]

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _old_row(self, form: str, u: Unit, text: str) -> Row:
        return Row(form, text, frozenset(u.targets), f"{u.district} {u.full_name}")

    def _new_row(self, form: str, c: NewCommune, text: str) -> Row:
        return Row(form, text, frozenset({c.commune.code}), c.commune.code)


def _is_address(unit: Unit) -> bool:
    # One row of the table is a stretch of mud flats without people.
    return bool(unit.type)


def without_marks(text: str) -> str:
    """The text as typed without Vietnamese input: `Xã Đắk Sơn` → `Xa Dak Son`."""
    decomposed = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def one_typo(text: str, rng: random.Random) -> str:
    """One letter changed, dropped, doubled or swapped with the next one."""
    text = unicodedata.normalize("NFC", text)
    places = [i for i, c in enumerate(text) if c.isalpha()]
    i = rng.choice(places)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:i] + rng.choice([c for c in "abcdeghiklmnopqrstuvxy" if c != plain_key(text[i])]) + text[i + 1 :]
    if kind == 1:
        return text[:i] + text[i + 1 :]
    if kind == 2 or i + 1 == len(text):
        return text[:i] + text[i] + text[i:]
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]

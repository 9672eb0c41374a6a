"""Right, queued and silently wrong addresses per form; speed, memory, point lookup; the peer in the same run.

`python -m bench.addresses [--quick] [--json]`. What the rows are and what counts as right stands in docs/addresses.md.
"""

import csv
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.address_peer import Peer
from bench.address_set import CLEAN_FORMS, LOOSE_FORMS, Row, labelled_rows
from bench.report import Bar, Report, arguments, show
from geodata.communes import CommuneIndex
from geodata.gazetteer_build import bundled_gazetteer
from geodata.model import LonLat
from geodata.resolver import AddressResolver

HARD_ROWS = Path(__file__).parent / "address_hard.csv"
_PEER_ROWS_PER_FORM, _PEER_ROWS_QUICK = 150, 10
# Loads what a server holds for addresses, reads some, and prints its peak resident set in MB. VmHWM and not
# getrusage: a child's ru_maxrss begins at the size its parent had.
_MEMORY_PROBE = """
import csv, re, sys
from geodata.communes import CommuneIndex
from geodata.resolver import AddressResolver
resolver, index = AddressResolver.bundled(), CommuneIndex.bundled()
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    found = resolver.resolve(row["text"])
    for candidate in found.candidates:
        index.at(candidate.point)
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


class Tally:
    """Counts of one form. Every row is right, queued or wrong."""

    def __init__(self) -> None:
        self.right = self.queued = self.wrong = self.split = self.offered = 0

    @property
    def rows(self) -> int:
        return self.right + self.queued + self.wrong

    def count(self, answer: str | None, truth: frozenset[str], offered: Iterable[str] = ()) -> None:
        """`answer` None is the queue. A row with several true communes has no right decision."""
        self.split += len(truth) > 1
        if answer is None:
            self.queued += 1
            self.offered += truth <= set(offered)
        elif truth == {answer}:
            self.right += 1
        else:
            self.wrong += 1

    def percent(self, count: int, of: int | None = None) -> float:
        """A share in percent, of all rows unless told."""
        return round(100 * count / max(1, self.rows if of is None else of), 3)

    @property
    def right_pct(self) -> float:
        """Right among the decided."""
        return self.percent(self.right, self.right + self.wrong)


def tally(resolver: AddressResolver, rows: Iterable[Row]) -> dict[str, Tally]:
    """Every row resolved and counted by form."""
    found: dict[str, Tally] = {}
    for row in rows:
        resolution = resolver.resolve(row.text)
        answer = resolution.decided.commune_code if resolution.decided else None
        offered = (c.commune_code for c in resolution.candidates)
        found.setdefault(row.form, Tally()).count(answer, row.truth, offered)
    return found


def tally_peer(peer: Peer, rows: Iterable[Row], per_form: int) -> tuple[dict[str, Tally], float]:
    """The peer on a sample of each form, and its addresses a second."""
    taken: Counter[str] = Counter()
    found: dict[str, Tally] = {}
    begun = time.process_time()
    for row in rows:
        if taken[row.form] < per_form:
            taken[row.form] += 1
            found.setdefault(row.form, Tally()).count(peer.resolve(row.text, row.form), row.truth)
    return found, sum(taken.values()) / (time.process_time() - begun)


def tally_hard(resolver: AddressResolver) -> Tally:
    """The hand-written rows; where a person is expected, sending it to the queue is right."""
    found = Tally()
    with HARD_ROWS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            decided = resolver.resolve(row["text"], province_code=row["hint"] or None).decided
            answer = decided.commune_code if decided else None
            if answer is None and row["expected"] == "queue":
                found.right += 1
            else:
                found.count(answer, frozenset({row["expected"]}))
    return found


def point_lookup_us(count: int) -> float:
    """Microseconds for the commune of a point, over points near communes all over the country."""
    index, rng = CommuneIndex.bundled(), random.Random(1)
    centres = [c.commune.point for c in bundled_gazetteer().communes.values()]
    points = [
        LonLat(lon=c.lon + rng.gauss(0, 0.02), lat=c.lat + rng.gauss(0, 0.02)) for c in rng.choices(centres, k=count)
    ]
    begun = time.process_time()
    for point in points:
        index.at(point)
    return (time.process_time() - begun) / count * 1e6


def memory_mb() -> float:
    """Peak resident memory of a fresh process that holds the resolver and the polygons and has used them."""
    command = [sys.executable, "-c", _MEMORY_PROBE, str(HARD_ROWS)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def report(*, quick: bool) -> Report:
    """The whole bench."""
    rows = labelled_rows(quick=quick)
    resolver = AddressResolver.bundled()
    begun = time.process_time()
    forms = tally(resolver, rows)
    per_s = len(rows) / (time.process_time() - begun)
    hard = tally_hard(resolver)
    shuffled = random.Random(2).sample(rows, len(rows))
    peer = Peer.guarded(bundled_gazetteer())
    peers, peer_per_s = tally_peer(peer, shuffled, _PEER_ROWS_QUICK if quick else _PEER_ROWS_PER_FORM)
    figures: dict[str, float | int | str] = {"rows": len(rows), "hand_written_rows": hard.rows}
    figures |= _by_form(forms, peers)
    figures |= {"hand_written": _shares(hard)}
    figures |= {"peer_addresses_per_s": round(peer_per_s, 1), "peer_calls_to_geocoder": peer.asked_outside}
    bars = (*_bars_of_forms(forms, hard), *_bars_of_machine(per_s))
    return Report(name="addresses", figures=figures, bars=bars)


def _by_form(forms: Mapping[str, Tally], peers: Mapping[str, Tally]) -> dict[str, float | int | str]:
    figures: dict[str, float | int | str] = {}
    for form, counts in forms.items():
        figures[form] = _shares(counts)
        figures[f"{form} (vietnamadminunits)"] = _shares(peers[form])
    return figures


def _shares(counts: Tally) -> str:
    return (
        f"{counts.rows} rows: right {counts.right_pct:.2f} % of decided, queued {counts.percent(counts.queued):.2f} % "
        f"(split {counts.percent(counts.split):.2f} %), wrong {counts.percent(counts.wrong):.2f} %"
    )


def _sum(forms: Mapping[str, Tally], names: Iterable[str] | None = None) -> Tally:
    total = Tally()
    for form, counts in forms.items():
        if names is None or form in names:
            total.right += counts.right
            total.queued += counts.queued
            total.wrong += counts.wrong
    return total


def _bars_of_forms(forms: Mapping[str, Tally], hard: Tally) -> tuple[Bar, ...]:
    clean, loose, every = _sum(forms, CLEAN_FORMS), _sum(forms, LOOSE_FORMS), _sum(forms)
    return (
        Bar("right of decided, clean old and new, %", clean.right_pct, 99.5, ">="),
        Bar("queued, clean old and new, %", clean.percent(clean.queued), 5.0),
        Bar("right of decided, mixed and abbreviated, %", loose.right_pct, 97.0, ">="),
        Bar("silently wrong, all forms, %", every.percent(every.wrong), 0.3),
        Bar("silently wrong, hand-written, %", hard.percent(hard.wrong), 0.3),
    )


def _bars_of_machine(per_s: float) -> tuple[Bar, ...]:
    return (
        Bar("addresses a second, one core", round(per_s), 2000, ">="),
        Bar("memory, MB", round(memory_mb()), 300),
        Bar("commune of a point, µs", round(point_lookup_us(20_000), 1), 50),
    )


def main() -> int:
    """Run and print."""
    asked = arguments(__doc__ or "")
    return show(report(quick=asked.quick), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

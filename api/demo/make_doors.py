"""Make `data/doors.csv` from a road file: doors beside small roads in the communes of the demo's offices.

Run once by a developer: `python -m api.demo.make_doors <file.osm.pbf>`. The points come from OpenStreetMap (ODbL 1.0).
"""

import csv
import random
import sys
from collections import defaultdict
from pathlib import Path

import osmium

from api.demo.places import OFFICES
from geodata.communes import CommuneIndex
from geodata.model import LonLat

DOORS = Path(__file__).parent / "data" / "doors.csv"
_LIVED_ON = {"residential", "living_street", "unclassified", "tertiary", "service", "track", "secondary"}
_PER_COMMUNE = 90


def main(pbf: str) -> None:
    """Read every lived-on road, keep some of its points per commune, write the table."""
    wanted = {code for office in OFFICES for code in office.commune_codes}
    index = CommuneIndex.bundled()
    found: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for way in osmium.FileProcessor(pbf).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
        if not isinstance(way, osmium.osm.Way) or way.tags["highway"] not in _LIVED_ON or len(way.nodes) < 2:
            continue
        node = way.nodes[len(way.nodes) // 2]
        code = index.at(LonLat(lon=node.lon, lat=node.lat))
        if code in wanted:
            found[code].append((way.tags.get("name") or "", round(float(node.lon), 6), round(float(node.lat), 6)))
    _write(found)


def _write(found: dict[str, list[tuple[str, float, float]]]) -> None:
    chance = random.Random(45)
    with DOORS.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["commune_code", "street", "lon", "lat"])
        for code, doors in sorted(found.items()):
            for door in sorted(_chosen(doors, chance)):
                writer.writerow([code, *door])


def _chosen(doors: list[tuple[str, float, float]], chance: random.Random) -> list[tuple[str, float, float]]:
    # Streets with a name first: most people write one.
    chance.shuffle(doors)
    doors.sort(key=lambda door: not door[0])
    named = min(sum(bool(name) for name, _, _ in doors), _PER_COMMUNE * 3 // 4)
    return doors[:named] + [door for door in doors[named:] if not door[0]][: _PER_COMMUNE - named]


if __name__ == "__main__":
    main(sys.argv[1])

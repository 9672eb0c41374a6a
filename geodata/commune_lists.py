"""The bundled lists as rows of the tables: what `load_communes` writes."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from geodata import bundled, store_load
from geodata.bundled import OLD_FROM, OLD_TO, REFORM_ON
from geodata.gazetteer import COARSE_PLACE_ERROR_M, PLACE_ERROR_M, UnitKind
from geodata.gazetteer_build import bundled_gazetteer
from geodata.names import fold_key
from geodata.store_load import Values, hex_areas, hex_point


def insert_lists(session: Session) -> int:
    """Write every list; returns the number of communes of today."""
    store_load.insert_provinces(session, _provinces())
    communes = store_load.insert_communes(session, _communes())
    store_load.insert_old_units(session, _old_units())
    store_load.insert_changes(session, _changes())
    store_load.replace_aliases(session, _aliases())
    store_load.replace_places(session, _places())
    store_load.analyze(session)
    return communes


def _provinces() -> Iterator[Values]:
    for row in bundled.province_records():
        (area,) = hex_areas([row["geometry"]])
        yield row["province_code"], REFORM_ON, row["province"], row["province_full"], area


def _communes() -> Iterator[Values]:
    for row in bundled.commune_records():
        (area,) = hex_areas([row["geometry"]])
        yield (
            row["code"],
            REFORM_ON,
            row["province_code"],
            REFORM_ON,
            row["name"],
            row["full_name"],
            row["unit_type"],
            fold_key(row["name"]),
            row["hq_address"],
            area,
            hex_point(row["rep_lon"], row["rep_lat"]),
        )


def _old_units() -> Iterator[Values]:
    gazetteer = bundled_gazetteer()
    provinces = {r["old_province_code"]: r["old_province"] for r in bundled.change_records()}
    for unit in (u for units in gazetteer.units.values() for u in units if u.kind is UnitKind.OLD):
        district = gazetteer.whole_districts[unit.district or ""]
        point = None if unit.point is None else hex_point(unit.point.lon, unit.point.lat)
        yield (
            unit.code,
            OLD_FROM,
            OLD_TO,
            unit.full_name,
            unit.key,
            district.code,
            district.full_name,
            unit.province,
            provinces[unit.province],
            point,
        )


def _changes() -> Iterator[Values]:
    for row in bundled.change_records():
        old = row["old_code"] or f"D{row['old_district_code']}"
        kind, n_targets, note = row["kind"], int(row["n_targets"]), row["note"] or None
        yield REFORM_ON, old, OLD_FROM, row["new_code"], REFORM_ON, kind, None, n_targets, note


def _aliases() -> Iterator[Values]:
    seen = set()
    for row in bundled.alias_records():
        keys = (row["province_key"], row["district_key"], row["ward_key"], row["alias_keyword"])
        if keys not in seen:
            seen.add(keys)
            year = int(float(row["year"])) if row["year"] else None
            yield (*keys, year, row["source"] or None)


def _places() -> Iterator[Values]:
    for row in bundled.place_records():
        name = row["name_vi"] or row["name"]
        yield (
            "wof",
            str(row["wof_id"]),
            name,
            fold_key(name),
            row["commune_code"],
            COARSE_PLACE_ERROR_M if row["coarse_arcmin"] else PLACE_ERROR_M,
            hex_point(row["lon"], row["lat"]),
        )

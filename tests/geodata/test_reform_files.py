"""Reading a reform: every kind of file says the same, and everything wrong is told at once."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import shapely
from sqlalchemy.exc import InternalError

from core.db import Database
from core.errors import CodedError, Problem
from geodata.communes import load_communes
from geodata.model import ChangeKind
from geodata.reform import stage
from geodata.reform_errors import COLUMN_MISSING
from geodata.reform_parse import parse_reform
from geodata.reform_read import read_tables
from geodata.reform_values import Reform
from tests.cluster import create_database, drop_database
from tests.geodata.made_reform import (
    BEN_THANH,
    BINH_CHANH,
    BINH_THANH,
    SAI_GON,
    XUAN_HOA,
    Tables,
    areas,
    as_folder,
    as_geopackage,
    as_workbook,
    first_reform,
    halves,
)
from tests.tracking.office_scene import NOW


@pytest.fixture(scope="module")
def loaded(cluster_url: str, template: str) -> Iterator[Database]:
    """A database with the bundled list; every test here only tries."""
    name = f"t_{uuid4().hex[:16]}"
    db = Database(create_database(cluster_url, name, template), pool_size=2)
    with db.transaction() as session:
        load_communes(session)
    yield db
    db.close()
    drop_database(cluster_url, name)


def problems_of(database: Database, tables: Tables, folder: Path) -> list[Problem]:
    """Every problem of a reform; nothing is kept."""
    read = read_tables(as_folder(tables, folder / uuid4().hex))
    with database.reading() as session, pytest.raises(CodedError) as refused:
        stage(session, read, actor="test", now=NOW)
    return refused.value.problems


def test_a_table_without_a_column_it_needs_says_which(tmp_path: Path) -> None:
    tables = first_reform()
    without = {**tables, "changes": [{k: v for k, v in row.items() if k != "new_code"} for row in tables["changes"]]}
    _, problems = parse_reform(read_tables(as_folder(without, tmp_path / "reform")))
    found = [one for one in problems if one.code == COLUMN_MISSING.code]
    assert [one.pointer for one in found] == ["changes"]
    assert "new_code" in found[0].text("en")


def test_every_kind_of_file_says_the_same(tmp_path: Path) -> None:
    makers: dict[str, Callable[[Tables, Path], Path]] = {
        "folder": as_folder,
        "book.xlsx": as_workbook,
        "layers.gpkg": as_geopackage,
    }
    reforms: dict[str, Reform] = {}
    for name, make in makers.items():
        reforms[name], problems = parse_reform(read_tables(make(first_reform(), tmp_path / name)))
        assert problems == []
    plain = reforms["folder"]
    assert plain.valid_from == date(2026, 11, 1)
    assert plain.title == "Sắp xếp thử"
    assert [unit.full_name for unit in plain.units][:2] == ["Phường Bến Nghé", "Phường Bình Thạnh Đông"]
    assert plain.changes[2].kind is ChangeKind.PARTIAL
    assert reforms["book.xlsx"].digest == plain.digest
    assert Reform.decoded(plain.encoded()).digest == plain.digest
    # Through VN-2000 and back a corner moves by less than a millimetre.
    drawn = {unit.code: unit.area for unit in reforms["layers.gpkg"].units}
    assert shapely.hausdorff_distance(drawn[SAI_GON], halves()[0]) < 1e-8


def test_a_zip_and_vietnamese_headings_are_read_too(tmp_path: Path) -> None:
    folder = as_folder(first_reform(), tmp_path / "x")
    units = folder / "units.csv"
    heads = {"code": "Mã", "name": "Tên", "type": "Loại", "province_code": "Mã tỉnh", "valid_from": "Hiệu lực từ"}
    first, _, rest = units.read_text().partition("\n")
    units.write_text(",".join(heads.get(head, head) for head in first.split(",")) + "\n" + rest)
    digest = parse_reform(read_tables(folder))[0].digest
    archive = Path(shutil.make_archive(str(tmp_path / "reform"), "zip", folder))
    assert parse_reform(read_tables(archive))[0].digest == digest
    assert digest == parse_reform(read_tables(as_folder(first_reform(), tmp_path / "y")))[0].digest


def test_a_number_of_a_spreadsheet_keeps_its_leading_zeros(tmp_path: Path) -> None:
    tables = first_reform()
    tables["changes"][0]["old_code"] = 4
    tables["units"][0]["province_code"] = 1
    reform, problems = parse_reform(read_tables(as_workbook(tables, tmp_path / "b.xlsx")))
    assert problems == []
    assert reform.changes[0].old.code == "00004"
    assert reform.units[0].province_code == "01"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a workbook", b"code,name\n"])
def test_what_is_no_reform_is_refused_with_a_code(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "units.xlsx"
    path.write_bytes(content)
    with pytest.raises(CodedError) as refused:
        read_tables(path)
    assert refused.value.code == "G3001"


def test_coordinates_without_a_reference_system_are_refused(loaded: Database, tmp_path: Path) -> None:
    tables = first_reform()
    tables["about"].pop()
    read = read_tables(as_folder(tables, tmp_path / "x"))
    assert [problem.code for problem in read.problems] == ["G3027"]
    assert read_tables(tmp_path / "x", crs="EPSG:4326").problems == []


def test_single_cells_are_named_all_at_once(loaded: Database, tmp_path: Path) -> None:
    tables = first_reform()
    tables["units"][0]["type"] = "Huyện"
    tables["units"][1]["valid_from"] = "mai"
    tables["changes"][2]["share"] = "nhiều"
    tables["changes"][3]["kind"] = "?"
    found = {(p.code, p.pointer) for p in problems_of(loaded, tables, tmp_path)}
    assert found >= {("G3004", "units!2"), ("G3004", "units!3"), ("G3004", "changes!4"), ("G3004", "changes!5")}


def _edit(table: str, number: int, **values: Any) -> Callable[[Tables], None]:
    def edit(tables: Tables) -> None:
        tables[table][number] |= values

    return edit


def _add(table: str, **values: Any) -> Callable[[Tables], None]:
    def add(tables: Tables) -> None:
        tables[table].append(values)

    return add


def _drop(table: str, number: int) -> Callable[[Tables], None]:
    def drop(tables: Tables) -> None:
        del tables[table][number]

    return drop


SOUTH = shapely.intersection(halves()[0], shapely.box(0, 0, 180, 10.81))
_BOW_TIE = shapely.Polygon([(106.7, 10.8), (106.72, 10.82), (106.72, 10.8), (106.7, 10.82)])
_CHANGE = {"old_valid_from": "2025-07-01", "kind": "full", "share": None}


@pytest.mark.parametrize(
    ("break_it", "code", "pointer"),
    [
        (_edit("changes", 0, old_code="99999"), "G3006", "changes!2"),
        (_edit("changes", 0, old_valid_from="2020-01-01"), "G3006", "changes!2"),
        (_edit("changes", 0, new_code="31999"), "G3007", "changes!2"),
        (_edit("changes", 0, new_code=None), "G3008", "changes!2"),
        (_drop("changes", 4), "G3009", "units!5"),
        (_add("units", **first_reform()["units"][0]), "G3010", "units!6"),
        (_edit("units", 0, code="26737"), "G3011", "units!2"),
        (_edit("units", 2, name="Bình Thạnh Đông"), "G3012", "units!4"),
        (_edit("units", 3, name="Tân Định"), "G3012", "units!5"),
        (_edit("units", 0, province_code="99"), "G3013", "units!2"),
        (_edit("units", 1, geometry=_BOW_TIE), "G3014", "units!3"),
        (_edit("units", 1, geometry=None), "G3015", "units!3"),
        (_edit("units", 1, geometry=halves()[1]), "G3016", "units!4"),
        (_edit("units", 1, geometry=SOUTH), "G3017", "changes!4"),
        (_edit("units", 0, geometry=shapely.union(areas()[SAI_GON], areas()[XUAN_HOA])), "G3018", "units!2"),
        (_edit("changes", 2, share=0.9), "G3019", "changes!4"),
        (_edit("changes", 2, kind="full"), "G3020", "changes!4"),
        (_edit("changes", 0, kind="partial"), "G3020", "changes!2"),
        (_add("changes", old_code=SAI_GON, new_code=BEN_THANH, **_CHANGE), "G3021", "changes!7"),
        (_edit("units", 0, valid_from="2026-12-01"), "G3005", None),
        (_add("provinces", code="01", name="Hà Nội", type="Tỉnh", valid_from="2026-11-01"), "G3026", "provinces!3"),
        (_edit("province_changes", 1, old_code="13"), "G3006", "province_changes!3"),
    ],
)  # fmt: skip
def test_each_fault_is_seen_where_it_is(
    loaded: Database, tmp_path: Path, break_it: Callable[[Tables], None], code: str, pointer: str | None
) -> None:
    tables = first_reform()
    break_it(tables)
    found = {(p.code, p.pointer) for p in problems_of(loaded, tables, tmp_path)}
    assert (code, pointer) in found


def test_a_province_that_goes_to_several_asks_for_each_commune(loaded: Database, tmp_path: Path) -> None:
    tables = first_reform()
    tables["provinces"].append({"code": "12", "name": "Lai Châu Mới", "type": "Tỉnh", "valid_from": "2026-11-01"})
    tables["province_changes"].append({"old_code": "12", "old_valid_from": "2025-07-01", "new_code": "12"})
    found = problems_of(loaded, tables, tmp_path)
    assert sum(p.code == "G3025" for p in found) == 38


def test_a_day_before_the_list_in_force_is_refused(loaded: Database, tmp_path: Path) -> None:
    tables = first_reform()
    for table in ("units", "provinces"):
        for row in tables[table]:
            row["valid_from"] = "2025-06-01"
    assert "G3022" in {p.code for p in problems_of(loaded, tables, tmp_path)}


def test_slivers_between_two_hands_do_not_count(loaded: Database, tmp_path: Path) -> None:
    """A border moved by 50 m everywhere is the same border drawn by another hand."""
    tables = first_reform()
    east, west = (shapely.transform(half, lambda xy: xy + 0.00045) for half in halves())
    tables["units"][1]["geometry"], tables["units"][2]["geometry"] = east, west
    read = read_tables(as_folder(tables, tmp_path / "x"))
    # Nothing is wrong with it: it gets as far as being written.
    with loaded.reading() as session, pytest.raises(InternalError, match="read-only"):
        stage(session, read, actor="test", now=NOW)


def test_the_file_without_units_says_so(loaded: Database, tmp_path: Path) -> None:
    found = problems_of(loaded, {"about": [{"key": "title", "value": "trống"}]}, tmp_path)
    assert "G3029" in {p.code for p in found}


def test_codes_of_test_data_are_real() -> None:
    assert {SAI_GON, BEN_THANH, BINH_THANH, BINH_CHANH} <= set(areas())

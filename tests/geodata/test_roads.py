"""The import: phases, resuming, errors, clipping, what is in force."""

import fcntl
import tempfile
from pathlib import Path

import osmium
import pytest
from shapely import box
from shapely.geometry.base import BaseGeometry

from core.errors import CodedError
from geodata.model import LonLat
from geodata.osrm import OsrmServer
from geodata.osrm_programs import NAMES, Programs, find_programs
from geodata.road_dataset import RoadDataset, current_dataset, roads_dir, sha256_of
from geodata.roads import Progress, import_roads
from geodata.street_archive import archive_of
from geodata.travel import RoadTravel
from tests.geodata.made_roads import MadeMap, at
from tests.roads_fixture import HCM_CENTRE, HCM_PBF

pytestmark = pytest.mark.osrm

PHASES = ["clip", "extract", "segments", "partition", "customize"]


@pytest.fixture
def small_pbf(tmp_path: Path) -> Path:
    made = MadeMap()
    made.way([(0, 0), (1_000, 0), (1_000, 800)], {"highway": "residential", "name": "Đường Lê Lợi"})
    return made.write(tmp_path / "small.osm.pbf")


def _code(error: pytest.ExceptionInfo[CodedError]) -> str:
    return error.value.code


def test_an_import_reports_its_phases_in_order_and_puts_the_data_in_force(
    small_pbf: Path, tmp_path: Path, road_programs: Programs
) -> None:
    seen: list[Progress] = []
    dataset = import_roads(small_pbf, tmp_path, basemap=False, programs=road_programs, progress=seen.append)
    assert list(dict.fromkeys(step.phase for step in seen)) == PHASES
    for phase in PHASES:
        percents = [step.percent for step in seen if step.phase == phase]
        assert percents == sorted(set(percents))
        assert percents[-1] == 100
    assert [step.seconds for step in seen] == sorted(step.seconds for step in seen)
    assert current_dataset(tmp_path) == dataset
    assert dict(dataset.counts) == {"nodes": 3, "ways": 1, "relations": 0, "roads": 1, "ferries": 0}
    assert dataset.source_sha256 == sha256_of(small_pbf)
    assert dataset.files["roads.osrm.mldgr"] == sha256_of(dataset.folder / "roads.osrm.mldgr")


def test_the_bounds_are_those_of_the_nodes(road_dataset: RoadDataset) -> None:
    everything = osmium.FileProcessor(str(HCM_PBF))
    locations = [item.location for item in everything if isinstance(item, osmium.osm.Node)]
    bounds = road_dataset.bounds
    assert (bounds.west, bounds.east) == (min(p.lon for p in locations), max(p.lon for p in locations))
    assert (bounds.south, bounds.north) == (min(p.lat for p in locations), max(p.lat for p in locations))
    assert road_dataset.counts["nodes"] == len(locations)


def test_the_same_import_again_is_no_work(small_pbf: Path, tmp_path: Path, road_programs: Programs) -> None:
    first = import_roads(small_pbf, tmp_path, basemap=False, programs=road_programs)
    seen: list[Progress] = []
    nothing = Programs(bin_dir=tmp_path / "no-programs", lua_dir=tmp_path)
    again = import_roads(small_pbf, tmp_path, basemap=False, programs=nothing, progress=seen.append)
    assert (again, seen) == (first, [])


def test_an_import_goes_on_after_the_phase_that_ended(small_pbf: Path, tmp_path: Path, road_programs: Programs) -> None:
    broken = _programs_with_broken(road_programs, "osrm-partition", tmp_path / "bin")
    with pytest.raises(CodedError) as error:
        import_roads(small_pbf, tmp_path, basemap=False, programs=broken)
    assert _code(error) == "G2006"
    assert "out of memory" in str(error.value)
    assert current_dataset(tmp_path) is None
    graph = next(roads_dir(tmp_path).glob("*/roads.osrm.geometry"))
    written = graph.stat().st_mtime_ns

    dataset = import_roads(small_pbf, tmp_path, basemap=False, programs=road_programs)
    assert dataset.folder == graph.parent
    assert graph.stat().st_mtime_ns == written


def test_the_systems_temporary_folder_is_not_needed(
    tmp_path: Path, road_programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In compose it is memory, too small for a country's nodes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError):
        tempfile.mkdtemp()
    dataset = import_roads(HCM_PBF, tmp_path, area=box(106.69, 10.77, 106.70, 10.78), programs=road_programs)
    assert dataset.basemap is not None
    assert archive_of(dataset.folder).is_file()
    assert [path for path in (*dataset.folder.iterdir(), *dataset.folder.parent.glob(".*-*")) if path.is_dir()] == []


def test_what_a_killed_import_left_is_cleared_away(small_pbf: Path, tmp_path: Path, road_programs: Programs) -> None:
    broken = _programs_with_broken(road_programs, "osrm-partition", tmp_path / "bin")
    with pytest.raises(CodedError):
        import_roads(small_pbf, tmp_path, basemap=False, programs=broken)
    folder = next(roads_dir(tmp_path).glob("*/roads.osrm.geometry")).parent
    for left in (folder / "nodes-x7", folder.parent / ".making-streets-x7"):
        left.mkdir()
        (left / "nodes").write_bytes(b"half")
    assert import_roads(small_pbf, tmp_path, basemap=False, programs=road_programs).folder == folder
    assert not (folder / "nodes-x7").exists()
    assert not (folder.parent / ".making-streets-x7").exists()


def _programs_with_broken(programs: Programs, name: str, folder: Path) -> Programs:
    folder.mkdir()
    for each in NAMES:
        (folder / each).symlink_to(programs.path(each))
    (folder / name).unlink()
    (folder / name).write_text("#!/bin/sh\necho 'out of memory'\nexit 3\n")
    (folder / name).chmod(0o755)
    return Programs(bin_dir=folder, lua_dir=programs.lua_dir)


def test_a_file_that_is_not_there_or_empty_is_refused(tmp_path: Path, road_programs: Programs) -> None:
    with pytest.raises(CodedError) as error:
        import_roads(tmp_path / "missing.osm.pbf", tmp_path, programs=road_programs)
    assert _code(error) == "G2001"
    (tmp_path / "empty.osm.pbf").touch()
    with pytest.raises(CodedError) as error:
        import_roads(tmp_path / "empty.osm.pbf", tmp_path, programs=road_programs)
    assert _code(error) == "G2002"


@pytest.mark.parametrize("area", [None, HCM_CENTRE], ids=["whole", "clipped"])
@pytest.mark.parametrize("content", ["rubbish", "cut short"])
def test_a_damaged_file_is_refused_and_what_was_in_force_stays(
    small_pbf: Path, tmp_path: Path, road_programs: Programs, content: str, area: BaseGeometry | None
) -> None:
    before = import_roads(small_pbf, tmp_path, basemap=False, programs=road_programs)
    bad = tmp_path / "bad.osm.pbf"
    whole = HCM_PBF.read_bytes()
    bad.write_bytes(b"not a map at all" * 100 if content == "rubbish" else whole[: len(whole) // 2])
    with pytest.raises(CodedError) as error:
        import_roads(bad, tmp_path, area=area, basemap=False, programs=road_programs)
    assert _code(error) == "G2003"
    assert current_dataset(tmp_path) == before


def test_a_file_without_roads_is_refused(tmp_path: Path, road_programs: Programs) -> None:
    made = MadeMap()
    made.way([(0, 0), (500, 0), (500, 500), (0, 0)], {"natural": "water"})
    with pytest.raises(CodedError) as error:
        import_roads(made.write(tmp_path / "lake.osm.pbf"), tmp_path, basemap=False, programs=road_programs)
    assert _code(error) == "G2004"


def test_an_area_outside_the_file_is_refused_with_the_bounds_of_the_file(
    small_pbf: Path, tmp_path: Path, road_programs: Programs
) -> None:
    with pytest.raises(CodedError) as error:
        import_roads(small_pbf, tmp_path, area=box(105.0, 20.0, 106.0, 21.0), basemap=False, programs=road_programs)
    assert _code(error) == "G2005"
    assert "108.000, 13.980 to 108.009, 13.987" in str(error.value)


def test_two_imports_at_once_are_refused(small_pbf: Path, tmp_path: Path, road_programs: Programs) -> None:
    import_roads(small_pbf, tmp_path, basemap=False, programs=road_programs)
    with (roads_dir(tmp_path) / ".import.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(CodedError) as error:
            import_roads(small_pbf, tmp_path, basemap=False, programs=road_programs)
    assert _code(error) == "G2008"


def test_missing_programs_are_named_with_the_command_that_brings_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("geodata.osrm_programs._PROJECT", tmp_path)
    with pytest.raises(CodedError) as error:
        find_programs(tmp_path)
    assert _code(error) == "G2007"
    assert f"--target {tmp_path}/tools/osrm" in str(error.value)


def test_the_dataset_before_is_kept_and_older_ones_go(tmp_path: Path, road_programs: Programs) -> None:
    made = []
    for length in (500, 600, 700):
        plan = MadeMap()
        plan.way([(0, 0), (length, 0)], {"highway": "residential"})
        pbf = plan.write(tmp_path / f"{length}.osm.pbf")
        made.append(import_roads(pbf, tmp_path, basemap=False, programs=road_programs).id)
    folders = {path.name for path in roads_dir(tmp_path).iterdir() if path.is_dir() and not path.is_symlink()}
    assert folders == {made[1], made[2]}


def test_a_clip_keeps_touching_ways_whole_with_their_turn_rules(tmp_path: Path, road_programs: Programs) -> None:
    made = MadeMap()
    made.way([(-5_000, 0), (0, 0)], {"highway": "primary"})
    made.way([(0, 0), (0, 9_000)], {"highway": "primary"})
    made.way([(0, 9_000), (4_000, 9_000)], {"highway": "primary"})
    made.forbid_turn(1, (0, 0), 2)
    corner, end = at(-100, -100), at(100, 100)
    area = box(corner.lon, corner.lat, end.lon, end.lat)
    dataset = import_roads(
        made.write(tmp_path / "made.osm.pbf"), tmp_path, area=area, margin_m=0, basemap=False, programs=road_programs
    )
    kept = {(type(item).__name__, item.id) for item in osmium.FileProcessor(str(dataset.pbf))}
    assert kept == {("Node", 1), ("Node", 2), ("Node", 3), ("Way", 1), ("Way", 2), ("Relation", 1)}


def test_a_clip_serves_the_same_routes_inside_its_area(
    clipped_dataset: RoadDataset, road_programs: Programs, road_travel: RoadTravel
) -> None:
    assert 0 < clipped_dataset.counts["roads"] < 33_044
    points = [LonLat(lon=106.68 + 0.004 * step, lat=10.765 + 0.003 * step) for step in range(8)]
    with OsrmServer(clipped_dataset.folder, programs=road_programs) as server:
        clipped = RoadTravel(server.url)
        assert clipped.route(points).leg_seconds == road_travel.route(points).leg_seconds
        clipped.close()

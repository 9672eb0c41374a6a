"""Files: the built web apps, the basemap, fonts. Hashed assets are kept for ever, pages are asked for each time."""

import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, RedirectResponse

from api.deps import RuntimeDep
from api.encoding import json_bytes
from api.errors import NO_ROUTE
from api.runtime import Runtime
from core.errors import fail
from geodata.basemap_style import style_json
from geodata.road_dataset import current_dataset
from routing import sheets

router = APIRouter(include_in_schema=False)
FONTS = Path(sheets.__file__).parent / "fonts"
_FOREVER = "public, max-age=31536000, immutable"
_EACH_TIME = "no-cache"
_DAY = "public, max-age=86400"
_HASHED = re.compile(r"^assets/.*-[\w-]{8,}\.\w+(\.map)?$")
_TYPES = {
    ".webmanifest": "application/manifest+json",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".pmtiles": "application/vnd.pmtiles",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}
_APPS = ("console", "courier", "reports", "agency")


@router.get("/")
def get_root() -> Response:
    """The console is the front page."""
    return RedirectResponse("/console")


@router.get("/basemap/basemap.pmtiles")
def get_basemap(runtime: RuntimeDep) -> Response:
    """The map tiles of the roads in force; the browser asks for byte ranges of them."""
    tiles = _tiles(runtime)
    # A new import is a new file behind the same name: the entity tag tells them apart.
    return _answer(tiles, _EACH_TIME)


@router.get("/basemap/style.json")
def get_style(
    runtime: RuntimeDep,
    theme: Annotated[str, Query(pattern="^(light|dark)$")] = "light",
    language: Annotated[str, Query(pattern="^(vi|en)$")] = "vi",
) -> Response:
    """The map's look, light or dark."""
    _tiles(runtime)
    style = style_json("", language=language, dark=theme == "dark")
    return Response(json_bytes(style), media_type="application/json", headers={"Cache-Control": _EACH_TIME})


@router.get("/fonts/{name}")
def get_font(name: str) -> Response:
    """A font file of the papers and the map."""
    return _file(FONTS, name, _DAY)


@router.get("/{path:path}")
def get_file(path: str, runtime: RuntimeDep) -> Response:
    """A file of the web build; a path inside an app that is no file is the app's own to route."""
    dist = runtime.options.web_dist
    found = _inside(dist, path)
    if found is not None:
        return _answer(found, _FOREVER if _HASHED.match(path) else _EACH_TIME)
    app = path.split("/", maxsplit=1)[0]
    if app not in _APPS:
        raise fail(NO_ROUTE)
    return _file(dist, _page(dist, app), _EACH_TIME)


def _page(dist: Path, app: str) -> str:
    """The build may put an app's page at `console/index.html` or `console.html`."""
    nested = f"{app}/index.html"
    return nested if (dist / nested).is_file() else f"{app}.html"


def _tiles(runtime: Runtime) -> Path:
    dataset = current_dataset(runtime.options.data_dir)
    if dataset is None or dataset.basemap is None:
        raise fail(NO_ROUTE)
    return dataset.basemap


def _file(folder: Path, name: str, cache: str) -> Response:
    found = _inside(folder, name)
    if found is None:
        raise fail(NO_ROUTE)
    return _answer(found, cache)


def _inside(folder: Path, name: str) -> Path | None:
    """The file of that name, only when it truly lies inside the folder."""
    root = folder.resolve()
    found = (root / name).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None


def _answer(path: Path, cache: str) -> Response:
    return FileResponse(path, media_type=_TYPES.get(path.suffix), headers={"Cache-Control": cache})

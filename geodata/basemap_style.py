"""The map's look as a MapLibre style: quiet ground on which routes and stops stand out, light and dark."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ATTRIBUTION = "© OpenStreetMap contributors"
REGULAR = "Be Vietnam Pro Regular"
MEDIUM = "Be Vietnam Pro Medium"
_FONT_FILES = {REGULAR: "BeVietnamPro_400Regular.ttf", MEDIUM: "BeVietnamPro_500Medium.ttf"}

Layer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours by what they paint. `casing` edges the roads, `halo` stands behind text."""

    ground: str
    water: str
    water_text: str
    park: str
    wood: str
    farm: str
    wetland: str
    built: str
    industry: str
    cemetery: str
    sand: str
    building: str
    casing: str
    main_road: str
    mid_road: str
    minor_road: str
    path: str
    ferry: str
    text: str
    quiet_text: str
    halo: str


LIGHT = Palette(
    ground="#f4f5f3",
    water="#d3e4f1",
    water_text="#5b7f9e",
    park="#e6f0e0",
    wood="#dfebd9",
    farm="#eef2e6",
    wetland="#e3eee8",
    built="#efeeeb",
    industry="#ebecef",
    cemetery="#e9ede6",
    sand="#f4efe2",
    building="#e5e4e1",
    casing="#d2d8de",
    main_road="#cfd6dd",
    mid_road="#dde2e7",
    minor_road="#ffffff",
    path="#cfd4da",
    ferry="#8fb0cb",
    text="#3a424c",
    quiet_text="#6b7480",
    halo="#f9faf9",
)
DARK = Palette(
    ground="#12171e",
    water="#0e2536",
    water_text="#5d86a6",
    park="#15231c",
    wood="#14211b",
    farm="#151c1c",
    wetland="#13231f",
    built="#161c24",
    industry="#181d26",
    cemetery="#17201f",
    sand="#1d1f1e",
    building="#1b222b",
    casing="#0c1015",
    main_road="#3a4450",
    mid_road="#313a45",
    minor_road="#28303a",
    path="#2f3843",
    ferry="#33566f",
    text="#c5ccd5",
    quiet_text="#8a94a0",
    halo="#12171e",
)

_MAIN = ["motorway", "trunk", "primary"]
_MID = ["secondary", "tertiary"]
_SMALL = ["minor", "service", "alley", "track"]
# width in pixels at a zoom, by class of road
_WIDTHS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "motorway": ((6, 0.8), (10, 2.2), (14, 6), (18, 22)),
    "trunk": ((6, 0.8), (10, 2.2), (14, 6), (18, 22)),
    "primary": ((8, 0.8), (11, 2.2), (14, 5.5), (18, 20)),
    "secondary": ((10, 0.8), (12, 2), (14, 4.5), (18, 18)),
    "tertiary": ((11, 0.8), (13, 2.2), (15, 5), (18, 16)),
    "minor": ((12, 0.5), (14, 1.8), (16, 6), (18, 13)),
    "service": ((13, 0.4), (15, 1.6), (16, 3), (18, 8)),
    "alley": ((13, 0.4), (15, 1.6), (16, 3), (18, 8)),
    "track": ((12, 0.4), (15, 1.4), (18, 6)),
}


def style_json(
    base_url: str,
    *,
    language: str = "vi",
    dark: bool = False,
    tiles: str = "/basemap/basemap.pmtiles",
    fonts: str = "/fonts",
) -> dict[str, Any]:
    """A style for MapLibre GL 6 with the `pmtiles` protocol.

    `base_url` (such as `https://post.example`, or empty for the page's own host) goes before `tiles`, the path of the
    archive, and `fonts`, the folder of the TrueType files. `language` "en" prefers English names where there are any.
    """
    palette = DARK if dark else LIGHT
    return {
        "version": 8,
        "name": "Bưu Tá (tối)" if dark else "Bưu Tá",
        "sources": {
            "basemap": {"type": "vector", "url": f"pmtiles://{base_url}{tiles}", "attribution": ATTRIBUTION},
        },
        "font-faces": {name: [{"url": f"{base_url}{fonts}/{file}"}] for name, file in _FONT_FILES.items()},
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": palette.ground}},
            *_grounds(palette),
            *_waters(palette),
            *_roads(palette),
            *_texts(palette, _name(language)),
        ],
    }


def _layer(kind: str, name: str, source: str, **rest: Any) -> Layer:
    return {"id": name, "type": kind, "source": "basemap", "source-layer": source, **rest}


def _grounds(p: Palette) -> list[Layer]:
    colours = ["built", "industry", "farm", "wood", "wetland", "park", "cemetery", "sand"]
    colour = ["match", ["get", "class"], *[part for kind in colours for part in (kind, getattr(p, kind))], p.ground]
    building = {"fill-color": p.building, "fill-opacity": _by_zoom((14, 0), (15, 1))}
    return [
        _layer("fill", "land", "land", paint={"fill-color": colour}),
        _layer("fill", "building", "building", minzoom=14, paint=building),
    ]


def _waters(p: Palette) -> list[Layer]:
    width = _by_zoom((8, 0.6), (12, 1.4), (16, 4))
    return [
        _layer("line", "waterway", "waterway", paint={"line-color": p.water, "line-width": width}),
        _layer("fill", "water", "water", paint={"fill-color": p.water}),
        _layer(
            "line",
            "ferry",
            "road",
            filter=["==", ["get", "class"], "ferry"],
            paint={"line-color": p.ferry, "line-width": 1.2, "line-dasharray": [4, 3]},
        ),
    ]


def _roads(p: Palette) -> list[Layer]:
    path = {"line-color": p.path, "line-width": _by_zoom((13, 0.5), (16, 1.4)), "line-dasharray": [2, 1.5]}
    small = [_road(kind, p.minor_road, p) for kind in reversed(_SMALL)]
    mid = [_road(kind, p.mid_road, p) for kind in reversed(_MID)]
    main = [_road(kind, p.main_road, p) for kind in reversed(_MAIN)]
    # all edges below all surfaces: crossings look joined
    edges, surfaces = zip(*[*small, *mid, *main], strict=True)
    paths = _layer("line", "path", "road", minzoom=13, filter=["==", ["get", "class"], "path"], paint=path)
    return [paths, *edges, *surfaces]


def _road(kind: str, colour: str, p: Palette) -> tuple[Layer, Layer]:
    """The edge and the surface of one class of road."""
    narrow = ["case", ["==", ["get", "link"], True], 0.6, 1.0]
    shared: dict[str, Any] = {
        "filter": ["==", ["get", "class"], kind],
        "layout": {"line-cap": "round", "line-join": "round"},
    }
    stops = _WIDTHS[kind]
    surface = {"line-color": colour, "line-width": _scaled(stops, narrow, 0)}
    edge = {"line-color": p.casing, "line-width": _scaled(stops, narrow, 1.2)}
    first = max(stops[0][0], 13)
    return (
        _layer("line", f"{kind}-edge", "road", minzoom=first, paint=edge, **shared),
        _layer("line", kind, "road", paint=surface, **shared),
    )


def _texts(p: Palette, name: Any) -> list[Layer]:
    return [
        _line_text("waterway-name", "waterway", name, p.water_text, p, size=_by_zoom((12, 10), (16, 13))),
        _line_text(
            "road-name-small",
            "road",
            name,
            p.quiet_text,
            p,
            size=_by_zoom((14, 9.5), (18, 13)),
            kinds=_SMALL,
            first=14.5,
        ),
        _line_text(
            "road-name", "road", name, p.text, p, size=_by_zoom((12, 10), (18, 14)), kinds=[*_MAIN, *_MID], first=12
        ),
        _point_text("landmark-name", "landmark", name, p.quiet_text, p, size=_by_zoom((14, 10), (18, 12)), first=15),
        _point_text(
            "hamlet-name",
            "place",
            name,
            p.quiet_text,
            p,
            size=_by_zoom((13, 10.5), (16, 13)),
            kinds=["hamlet", "neighbourhood", "locality", "quarter"],
            first=13,
        ),
        _point_text(
            "village-name",
            "place",
            name,
            p.text,
            p,
            size=_by_zoom((10, 10.5), (15, 14)),
            kinds=["village", "suburb", "island"],
            first=10,
        ),
        _point_text(
            "city-name",
            "place",
            name,
            p.text,
            p,
            size=_by_zoom((5, 12), (8, 14), (12, 19)),
            kinds=["city", "town"],
            font=MEDIUM,
            last=14,
        ),
    ]


def _line_text(
    layer_id: str,
    source: str,
    name: Any,
    colour: str,
    p: Palette,
    *,
    size: Any,
    kinds: list[str] | None = None,
    first: float = 12,
) -> Layer:
    layout = {
        "symbol-placement": "line",
        "symbol-spacing": 320,
        "text-field": name,
        "text-font": [REGULAR],
        "text-size": size,
        "text-max-angle": 35,
        "text-padding": 4,
    }
    return _text(layer_id, source, layout, colour, p, kinds, minzoom=first)


def _point_text(
    layer_id: str,
    source: str,
    name: Any,
    colour: str,
    p: Palette,
    *,
    size: Any,
    kinds: list[str] | None = None,
    first: float = 5,
    last: float = 24,
    font: str = REGULAR,
) -> Layer:
    layout = {
        "text-field": name,
        "text-font": [font],
        "text-size": size,
        "text-max-width": 8,
        "text-padding": 6,
    }
    return _text(layer_id, source, layout, colour, p, kinds, minzoom=first, maxzoom=last)


def _text(
    layer_id: str,
    source: str,
    layout: dict[str, Any],
    colour: str,
    p: Palette,
    kinds: list[str] | None,
    **rest: Any,
) -> Layer:
    wanted: dict[str, Any] = {"filter": ["in", ["get", "class"], ["literal", kinds]]} if kinds else {}
    paint = {"text-color": colour, "text-halo-color": p.halo, "text-halo-width": 1.4}
    return _layer("symbol", layer_id, source, layout=layout, paint=paint, **wanted, **rest)


def _name(language: str) -> Any:
    return ["coalesce", ["get", "name_en"], ["get", "name"]] if language == "en" else ["get", "name"]


def _by_zoom(*stops: tuple[float, float]) -> list[Any]:
    return ["interpolate", ["linear"], ["zoom"], *[part for stop in stops for part in stop]]


def _scaled(stops: tuple[tuple[float, float], ...], factor: list[Any], extra: float) -> list[Any]:
    """Width by zoom, times a factor of the feature, plus `extra` pixels."""
    parts: list[Any] = []
    for zoom, width in stops:
        parts += [zoom, ["+", ["*", factor, width], extra]]
    return ["interpolate", ["exponential", 1.4], ["zoom"], *parts]

"""The quiet ground of a printed map: the basemap's roads and water in greys and pale blue."""

from collections.abc import Iterator

from geodata.paper_map import Box, PaperMap, PaperShape
from routing.sheets.map_svg import Line

_WATER = "#D3E4F0"
_ROAD_STYLE = {
    "motorway": ("#C9CDD2", 2.4),
    "trunk": ("#C9CDD2", 2.2),
    "primary": ("#CFD3D8", 1.8),
    "secondary": ("#D8DBDF", 1.3),
    "tertiary": ("#E0E2E5", 0.9),
    "ferry": (_WATER, 0.8),
}


def background_of(paper: PaperMap, box: Box) -> Iterator[Line]:
    """Shapes to draw under a route, water first, then small roads, then large ones."""
    shapes = paper.shapes(box)
    for shape in sorted(shapes, key=_depth):
        colour, width = _style(shape)
        yield Line(points=shape.points, colour=colour, width=width)


def _style(shape: PaperShape) -> tuple[str, float]:
    if shape.layer == "road":
        return _ROAD_STYLE[shape.kind]
    return _WATER, 0.0 if shape.area else 1.2


def _depth(shape: PaperShape) -> tuple[bool, float]:
    return shape.layer == "road", _style(shape)[1]

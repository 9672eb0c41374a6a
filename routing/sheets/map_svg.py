"""The small map of a route sheet: an SVG of the road lines, the numbered stops and the office.

Drawn in Web Mercator (EPSG:3857, spherical, scaled to the box) so that it looks like the screen's map.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from geodata.model import LonLat

_PAD = 14.0
_ROUND_COLOURS = ("#0072B2", "#D55E00")  # Okabe-Ito blue and vermillion
_BLUE = "#0B3D91"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A shape of the background: a line of `width` points, or a ring filled with `colour` when `width` is 0."""

    points: tuple[LonLat, ...]
    colour: str
    width: float


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    scale: float
    left: float
    top: float

    def xy(self, point: LonLat) -> tuple[float, float]:
        x, y = _mercator(point)
        return self.left + (x - self.west) * self.scale, self.top + (self.north - y) * self.scale


def _mercator(point: LonLat) -> tuple[float, float]:
    """Radians east, and the isometric latitude (Snyder, USGS PP 1395, eq. 7-2)."""
    return math.radians(point.lon), math.asinh(math.tan(math.radians(point.lat)))


def _frame(points: Sequence[LonLat], width: float, height: float) -> _Frame:
    xs, ys = zip(*(_mercator(p) for p in points), strict=True)
    span_x, span_y = max(max(xs) - min(xs), 1e-5), max(max(ys) - min(ys), 1e-5)
    scale = min((width - 2 * _PAD) / span_x, (height - 2 * _PAD) / span_y)
    left = (width - span_x * scale) / 2
    top = (height - span_y * scale) / 2
    return _Frame(min(xs), max(ys), scale, left, top)


def visible_box(points: Sequence[LonLat], width: float, height: float) -> tuple[float, float, float, float]:
    """West, south, east, north (degrees) that the map of these points shows."""
    frame = _frame(points, width, height)
    west, north = frame.west - frame.left / frame.scale, frame.north + frame.top / frame.scale
    east, south = west + width / frame.scale, north - height / frame.scale
    return (math.degrees(west), _latitude(south), math.degrees(east), _latitude(north))


def _latitude(isometric: float) -> float:
    return math.degrees(math.atan(math.sinh(isometric)))


def route_map(
    *,
    office: LonLat,
    lines: Sequence[Sequence[LonLat]],
    stops: Sequence[tuple[int, int, LonLat]],
    background: Iterable[Line] = (),
    width: float = 530.0,
    height: float = 210.0,
) -> str:
    """SVG text, `width` × `height` points. `lines` one per round; `stops` are (number, round, point)."""
    frame = _frame([office, *(p for line in lines for p in line), *(p for _, _, p in stops)], width, height)
    parts = [
        _path(frame, shape.points, shape.colour, shape.width) if shape.width else _ring(frame, shape)
        for shape in background
    ]
    for number, line in enumerate(lines):
        colour = _ROUND_COLOURS[number % 2]
        parts.append(_path(frame, line, "#FFFFFF", 4.2))
        parts.append(_path(frame, line, colour, 2.2, "6 3" if number % 2 else ""))
    parts += [_stop(frame, *stop) for stop in reversed(stops)]
    parts.append(_office(frame, office))
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="#F7F8F5"/>{body}</svg>'
    )


def _path(frame: _Frame, points: Sequence[LonLat], colour: str, width: float, dash: str = "") -> str:
    if len(points) < 2:
        return ""
    steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(frame.xy, points))
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{steps}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
    )


def _ring(frame: _Frame, shape: Line) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(frame.xy, shape.points))
    return f'<polygon points="{corners}" fill="{shape.colour}"/>'


def _stop(frame: _Frame, number: int, round_no: int, point: LonLat) -> str:
    x, y = frame.xy(point)
    colour = _ROUND_COLOURS[round_no % 2]
    radius = 6.2 if number < 100 else 7.4
    # A square for the afternoon: the two rounds differ in shape, not in colour alone.
    if round_no % 2:
        shape = f'<rect x="{x - 5.6:.1f}" y="{y - 5.6:.1f}" width="11.2" height="11.2" rx="1.5"'
    else:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"'
    label = escape(str(number))
    return (
        f'{shape} fill="{colour}" stroke="#FFFFFF" stroke-width="1"/><text x="{x:.1f}" y="{y + 2.5:.1f}" '
        f'font-family="Be Vietnam Pro" font-weight="600" font-size="7" fill="#FFFFFF" '
        f'text-anchor="middle">{label}</text>'
    )


def _office(frame: _Frame, point: LonLat) -> str:
    x, y = frame.xy(point)
    return (
        f'<path d="M{x:.1f},{y - 9:.1f} l9,7 v9 h-18 v-9 z" fill="{_BLUE}" stroke="#FFFFFF" stroke-width="1.2"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-family="Be Vietnam Pro" font-weight="700" font-size="7" '
        f'fill="#FFFFFF" text-anchor="middle">BC</text>'
    )

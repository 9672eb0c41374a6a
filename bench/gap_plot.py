"""A small SVG: mean gap over time, one line for each planner."""

import math
from collections.abc import Mapping, Sequence

Course = Sequence[tuple[float, float]]
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 640, 360, 50, 40
_COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e6c1f")
_HIGHEST = 20.0


def plot(courses: Mapping[str, Sequence[Course]], seconds: float) -> str:
    """Time in seconds to the right (logarithmic from 0.1 s), mean gap in % upwards; from where all have a plan."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
            'font-size="12">'
        ),
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for gap in (0, 5, 10, 15, 20):
        y = _y(gap)
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - 10}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{gap} %</text>')
    parts += [
        f'<text x="{_x(at, seconds):.1f}" y="{_HEIGHT - 15}" text-anchor="middle">{at:g} s</text>'
        for at in (0.1, 1, 10, 60)
        if at <= seconds
    ]
    for n, (name, own) in enumerate(courses.items()):
        colour = _COLOURS[n % len(_COLOURS)]
        points = " ".join(f"{_x(at, seconds):.1f},{_y(gap):.1f}" for at, gap in _means(own, seconds))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{_WIDTH - 110}" y="{20 + 16 * n}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _means(courses: Sequence[Course], seconds: float) -> list[tuple[float, float]]:
    """Mean of the gaps at a hundred moments at which every course has one."""
    moments = [0.1 * (seconds / 0.1) ** (n / 100) for n in range(101)]
    points = []
    for moment in moments:
        gaps = [min((gap for at, gap in course if at <= moment), default=None) for course in courses]
        known = [gap for gap in gaps if gap is not None]
        if known and len(known) == len(gaps):
            points.append((moment, sum(known) / len(known)))
    return points


def _x(at: float, seconds: float) -> float:
    share = math.log(max(at, 0.1) / 0.1) / math.log(max(seconds, 1.0) / 0.1)
    return _LEFT + share * (_WIDTH - _LEFT - 20)


def _y(gap: float) -> float:
    return _HEIGHT - _BOTTOM - min(gap, _HIGHEST) / _HIGHEST * (_HEIGHT - _BOTTOM - 20)

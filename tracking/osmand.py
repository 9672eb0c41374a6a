"""The OsmAnd protocol of positions, as https://www.traccar.org/osmand/ and the Traccar Client have it. Pure.

Two forms: parameters (`id`, `lat`, `lon`, `timestamp` …, in the query or as a form) of OsmAnd and older clients, and
the JSON of newer ones (`{"device_id", "location": {"timestamp", "coords", "battery"}}`). Clients say -1 for what they
do not know.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from geodata.model import LonLat
from tracking.model import Fix

# Whole seconds beyond this (year 2038) are milliseconds: the protocol does not say which it sends.
_LAST_SECOND = 2**31 - 1
_KNOT_MPS = 1852 / 3600
_FASTEST_MPS = 500.0
_LEAST_EXACT_M = 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Who sends, and the fix; None where place or time cannot be read."""

    key: str
    fix: Fix | None


def read_parameters(values: Mapping[str, str], *, now: datetime) -> Message:
    """A message of parameters: speed in knots, battery in percent, time in s, ms or ISO 8601, `now` without one."""
    lat, lon = values.get("lat"), values.get("lon")
    if "location" in values:
        lat, _, lon = values["location"].partition(",")
    speed = _between(values.get("speed"), 0, _FASTEST_MPS / _KNOT_MPS)
    fix = _fix(
        at=_instant(values.get("timestamp", now.isoformat())),
        lat=_number(lat),
        lon=_number(lon),
        accuracy_m=_between(values.get("accuracy"), 0, _LEAST_EXACT_M),
        speed_mps=None if speed is None else speed * _KNOT_MPS,
        heading_deg=_between(values.get("bearing", values.get("heading")), 0, 360),
        battery=_between(values.get("batt"), 0, 100),
    )
    is_valid = values.get("valid", "true").lower() in {"true", "1"}
    return Message(key=values.get("id", values.get("deviceid", "")), fix=fix if is_valid else None)


def read_json(content: object) -> Message:
    """A message of JSON: speed in m/s, battery level from 0 to 1."""
    whole = _mapping(content)
    location = _mapping(whole.get("location"))
    coords, battery = _mapping(location.get("coords")), _mapping(location.get("battery"))
    level = _between(battery.get("level"), 0, 1)
    fix = _fix(
        at=_instant(location.get("timestamp")),
        lat=_number(coords.get("latitude")),
        lon=_number(coords.get("longitude")),
        accuracy_m=_between(coords.get("accuracy"), 0, _LEAST_EXACT_M),
        speed_mps=_between(coords.get("speed"), 0, _FASTEST_MPS),
        heading_deg=_between(coords.get("heading"), 0, 360),
        battery=None if level is None else level * 100,
    )
    key = whole.get("device_id")
    return Message(key=key if isinstance(key, str) else "", fix=fix)


def _fix(
    *,
    at: datetime | None,
    lat: float | None,
    lon: float | None,
    accuracy_m: float | None,
    speed_mps: float | None,
    heading_deg: float | None,
    battery: float | None,
) -> Fix | None:
    if at is None or lat is None or lon is None:
        return None
    return Fix(
        occurred_at=at,
        point=LonLat(lon=lon, lat=lat),
        accuracy_m=accuracy_m,
        speed_mps=speed_mps,
        heading_deg=heading_deg,
        battery_pct=None if battery is None else round(battery),
    )


def _instant(value: object) -> datetime | None:
    """An instant of seconds, milliseconds or ISO 8601; UTC where the text has no offset."""
    number = _number(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(number if number <= _LAST_SECOND else number / 1000, UTC)
        # A bare plus sign of an offset comes out of a query as a space.
        text = value.strip().replace(" ", "+") if isinstance(value, str) and "T" in value else value
        said = datetime.fromisoformat(text) if isinstance(text, str) else None
        return None if said is None else said.replace(tzinfo=said.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _between(value: object, least: float, most: float) -> float | None:
    number = _number(value)
    return number if number is not None and least <= number <= most else None


def _number(value: object) -> float | None:
    """A finite number, also as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}

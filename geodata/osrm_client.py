"""Questions to osrm-routed over HTTP, answers as arrays. Knows OSRM's dialect and nothing of planning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
import orjson
from numpy.typing import NDArray

from geodata.model import LonLat

# a block of a matrix may take long on a loaded machine; a dead server is noticed by the connection, not by this
_TIMEOUT = httpx.Timeout(300.0, connect=2.0)
_IDLE_S = 2.0


class OsrmDown(Exception):
    """The server did not answer, or broke off."""


class OsrmRefused(Exception):
    """The server answered with an error code of its own, such as `NoRoute`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Table:
    """A block of a matrix: seconds and metres as float64 with NaN where there is no way, shape (sources, destinations).

    The `*_snap_m` arrays say how far each point lies from the road it was put on.
    """

    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]
    source_snap_m: NDArray[np.float64]
    destination_snap_m: NDArray[np.float64]
    dataset: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Way:
    """A route: its line as longitude and latitude in degrees, shape (k, 2); a figure for each leg; snaps of points."""

    line: NDArray[np.float64]
    leg_seconds: NDArray[np.float64]
    leg_metres: NDArray[np.float64]
    snap_m: NDArray[np.float64]
    dataset: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class MatchedLeg:
    """The way between two fixes of a track, given by their indices.

    `nodes` are OSM ids, shape (k + 1,); `metres` on each piece between them, shape (k,), the first and last in part.
    `turn_s` is what the profile gives its turns and lights; `confidence` of the match is in [0, 1].
    """

    first: int
    last: int
    nodes: NDArray[np.int64]
    metres: NDArray[np.float64]
    turn_s: float
    confidence: float


class OsrmClient:
    """A thread-safe client of one osrm-routed."""

    def __init__(self, url: str) -> None:
        # osrm-routed closes what is idle for 5 s: letting go sooner, a question never meets a closed connection.
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=_IDLE_S)
        # trust_env off: a proxy of the environment must never see where citizens live
        self._http = httpx.Client(base_url=url, timeout=_TIMEOUT, limits=limits, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def dataset(self) -> str:
        """Id of the road data the server answers from; the cheapest question there is."""
        return str(self._ask("GET", "/nearest/v1/driving/106.7,10.8?generate_hints=false").get("data_version", ""))

    def table(self, points: Sequence[LonLat], sources: range, destinations: range) -> Table:
        """Travel from `sources` to `destinations`, both index ranges into `points`. Only their points are sent."""
        wanted = sorted({*sources, *destinations})
        place = {index: position for position, index in enumerate(wanted)}
        body = {
            "coordinates": _coordinates([points[index] for index in wanted]),
            "sources": [place[index] for index in sources],
            "destinations": [place[index] for index in destinations],
            "annotations": ["duration", "distance"],
            "generate_hints": False,
        }
        answer = self._ask("POST", "/table/v1/driving", body)
        return Table(
            seconds=np.array(answer.pop("durations"), dtype=np.float64),
            metres=np.array(answer.pop("distances"), dtype=np.float64),
            source_snap_m=_snaps(answer["sources"]),
            destination_snap_m=_snaps(answer["destinations"]),
            dataset=answer.get("data_version", ""),
        )

    def route(self, points: Sequence[LonLat]) -> Way:
        """The quickest way through the points in order; the vehicle may turn round at each of them."""
        body = {
            "coordinates": _coordinates(points),
            "overview": "full",
            "geometries": "polyline6",
            "continue_straight": False,
            "generate_hints": False,
        }
        answer = self._ask("POST", "/route/v1/driving", body)
        best = answer["routes"][0]
        return Way(
            line=decode_polyline6(best["geometry"]),
            leg_seconds=np.array([leg["duration"] for leg in best["legs"]]),
            leg_metres=np.array([leg["distance"] for leg in best["legs"]]),
            snap_m=_snaps(answer["waypoints"]),
            dataset=answer.get("data_version", ""),
        )

    def match(self, points: Sequence[LonLat], at_s: Sequence[int], radius_m: Sequence[float]) -> list[MatchedLeg]:
        """The ways between fixes of a track, those put on no road left out; empty when none can be."""
        body = {
            "coordinates": _coordinates(points),
            "timestamps": list(at_s),
            "radiuses": list(radius_m),
            "annotations": ["nodes", "duration", "distance"],
            "overview": "false",
            "gaps": "ignore",
            "generate_hints": False,
        }
        try:
            answer = self._ask("POST", "/match/v1/driving", body)
        except OsrmRefused as refused:
            if refused.code in {"NoMatch", "NoSegment"}:
                return []
            raise
        places: dict[tuple[int, int], int] = {}
        for index, point in enumerate(answer["tracepoints"]):
            if point is not None:
                places[point["matchings_index"], point["waypoint_index"]] = index
        return [
            _matched(leg, places[number, step], places[number, step + 1], matching["confidence"])
            for number, matching in enumerate(answer["matchings"])
            for step, leg in enumerate(matching["legs"])
        ]

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        content = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"content-type": "application/json"}
        try:
            response = self._http.request(method, path, content=content, headers=headers)
            answer: dict[str, Any] = orjson.loads(response.content)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise OsrmDown(f"{type(error).__name__}: {error}") from error
        if answer.get("code") != "Ok":
            raise OsrmRefused(str(answer.get("code")), str(answer.get("message")))
        return answer


def decode_polyline6(text: str) -> NDArray[np.float64]:
    """Longitude and latitude in degrees, shape (k, 2), of a polyline with six decimals (Google's algorithm, 1e6)."""
    chunks = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64) - 63
    if not len(chunks):
        return np.empty((0, 2))
    starts = np.flatnonzero(np.r_[True, chunks[:-1] < 0x20])
    position = np.arange(len(chunks)) - np.repeat(starts, np.diff(np.r_[starts, len(chunks)]))
    raw = np.add.reduceat((chunks & 0x1F) << (5 * position), starts)
    steps = np.where(raw & 1, ~(raw >> 1), raw >> 1)
    return np.cumsum(steps.reshape(-1, 2), axis=0)[:, ::-1] / 1e6


def _matched(leg: Mapping[str, Any], first: int, last: int, confidence: float) -> MatchedLeg:
    notes = leg["annotation"]
    return MatchedLeg(
        first=first,
        last=last,
        nodes=np.array(notes["nodes"], dtype=np.int64),
        metres=np.array(notes["distance"], dtype=np.float64),
        turn_s=max(0.0, leg["duration"] - sum(notes["duration"])),
        confidence=confidence,
    )


def _coordinates(points: Sequence[LonLat]) -> list[tuple[float, float]]:
    return [(round(point.lon, 6), round(point.lat, 6)) for point in points]


def _snaps(waypoints: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    return np.array([waypoint["distance"] for waypoint in waypoints], dtype=np.float64)

"""What OsmAnd and the Traccar Client send, old and new, becomes the same fix; nonsense becomes none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.office_scene import NOW
from tracking.osmand import read_json, read_parameters

AT = datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC)
SECONDS = int(AT.timestamp())
# As the client's own template makes it.
JSON = {
    "location": {
        "timestamp": "2026-11-20T02:03:04.000Z",
        "coords": {
            "latitude": 10.77,
            "longitude": 106.7,
            "accuracy": 12.5,
            "speed": 5.144444,
            "heading": 90.5,
            "altitude": 8.1,
        },
        "is_moving": True,
        "odometer": 120.1,
        "event": "motionchange",
        "battery": {"level": 0.83, "is_charging": False},
        "activity": {"type": "in_vehicle"},
        "extras": {},
        "_": "&id=abc&lat=10.77&lon=106.7&timestamp=2026-11-20T02:03:04.000Z&",
    },
    "device_id": "abc",
}


@pytest.mark.parametrize(
    "said",
    [
        str(SECONDS),
        str(SECONDS * 1000),
        "2026-11-20T02:03:04Z",
        "2026-11-20T09:03:04+07:00",
        "2026-11-20T09:03:04 07:00",
        "2026-11-20 02:03:04",
    ],
)
def test_every_form_of_time_is_the_same_instant(said: str) -> None:
    fix = read_parameters({"id": "abc", "lat": "10.77", "lon": "106.7", "timestamp": said}, now=NOW).fix
    assert fix is not None
    assert fix.occurred_at == AT


def test_parameters_and_json_are_the_same_fix() -> None:
    old = {"lat": "10.77", "lon": "106.7", "timestamp": str(SECONDS), "accuracy": "12.5"}
    old |= {"id": "abc", "speed": "10.0", "bearing": "90.5", "batt": "83.0"}
    by_parameters, by_json = read_parameters(old, now=NOW), read_json(JSON)
    assert by_parameters.key == by_json.key == "abc"
    first, second = by_parameters.fix, by_json.fix
    assert first is not None
    assert second is not None
    assert first.speed_mps == pytest.approx(second.speed_mps, abs=1e-5) == pytest.approx(5.144444, abs=1e-5)
    assert (first.occurred_at, first.point, first.accuracy_m) == (second.occurred_at, second.point, second.accuracy_m)
    assert (first.heading_deg, first.battery_pct) == (second.heading_deg, second.battery_pct) == (90.5, 83)


def test_what_a_client_does_not_know_is_none() -> None:
    """The library under the Traccar Client says -1."""
    coords = {"latitude": 10.77, "longitude": 106.7, "accuracy": -1, "speed": -1, "heading": -1}
    location = {"timestamp": "2026-11-20T02:03:04Z", "coords": coords, "battery": {"level": -1}}
    fix = read_json({"device_id": "abc", "location": location}).fix
    assert fix is not None
    assert (fix.accuracy_m, fix.speed_mps, fix.heading_deg, fix.battery_pct) == (None, None, None, None)


def test_without_a_time_it_is_now() -> None:
    fix = read_parameters({"deviceid": "abc", "location": "10.77,106.7"}, now=NOW).fix
    assert fix is not None
    assert (fix.occurred_at, fix.point.lat, fix.point.lon) == (NOW, 10.77, 106.7)


@pytest.mark.parametrize(
    "changed",
    [{"lat": "ten"}, {"lat": "nan"}, {"lon": ""}, {"timestamp": "tomorrow"}, {"timestamp": "9" * 40}, {"valid": "0"}],
)
def test_an_unreadable_fix_is_none_and_keeps_its_sender(changed: dict[str, str]) -> None:
    message = read_parameters({"id": "abc", "lat": "10.77", "lon": "106.7", "timestamp": "1"} | changed, now=NOW)
    assert message.fix is None
    assert message.key == "abc"


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
_NAMES = st.sampled_from(["id", "lat", "lon", "timestamp", "speed", "batt", "valid", "location", "accuracy"])


@given(_ANY, st.dictionaries(_NAMES, st.text(max_size=30)))
def test_nothing_that_is_sent_breaks_the_reader(content: object, values: dict[str, str]) -> None:
    read_json(content)
    read_json({"device_id": content, "location": {"timestamp": content, "coords": {"latitude": content}}})
    read_json({"location": {"timestamp": content, "coords": {"latitude": 1, "longitude": 1}, "battery": content}})
    read_parameters(values, now=NOW)

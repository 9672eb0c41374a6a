"""Files: the web build, its pages, the basemap by ranges, fonts."""

from pathlib import Path

import pytest

from tests.api.house import House


@pytest.fixture
def dist(house: House) -> Path:
    """A web build with a page, a hashed asset and a secret beside it."""
    folder = house.runtime.options.web_dist
    (folder / "assets").mkdir(parents=True)
    (folder / "console.html").write_text("<title>console</title>")
    (folder / "courier.html").write_text("<title>courier</title>")
    (folder / "courier-worker.js").write_text("self")
    (folder / "assets" / "console-D3adB33f.js").write_text("export {}")
    (folder.parent / "secret.key").write_text("secret")
    return folder


@pytest.mark.parametrize("path", ["/console", "/console/plans/2026-11-20", "/courier", "/courier/stop/7"])
@pytest.mark.usefixtures("dist")
def test_pages_of_an_app_are_the_apps_own_to_route(house: House, path: str) -> None:
    answer = house.stranger().get(path)
    assert answer.status_code == 200
    assert path.split("/")[1] in answer.text
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.usefixtures("dist")
def test_hashed_assets_are_kept_for_ever(house: House) -> None:
    asset = house.stranger().get("/assets/console-D3adB33f.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-type"].startswith("text/javascript")
    worker = house.stranger().get("/courier-worker.js")
    assert worker.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/../secret.key", "/%2e%2e/secret.key", "/assets/%2e%2e/%2e%2e/secret.key"])
@pytest.mark.usefixtures("dist")
def test_nothing_outside_the_build_is_served(house: House, path: str) -> None:
    answer = house.stranger().get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_without_a_build_a_page_is_a_problem(house: House) -> None:
    answer = house.stranger().get("/reports")
    assert (answer.status_code, answer.json()["code"]) == (404, "A1111")


def test_the_front_page_is_the_console(house: House) -> None:
    assert house.stranger().get("/", follow_redirects=False).headers["location"] == "/console"


def test_fonts_come_from_the_house(house: House) -> None:
    font = house.stranger().get("/fonts/BeVietnamPro_400Regular.ttf")
    assert font.headers["content-type"] == "font/ttf"
    assert house.stranger().get("/fonts/none.ttf").status_code == 404


def test_tiles_are_read_by_ranges(house: House) -> None:
    folder = house.runtime.options.data_dir / "roads" / "one"
    folder.mkdir(parents=True)
    (folder / "basemap.pmtiles").write_bytes(bytes(range(256)) * 4)
    (folder / "manifest.json").write_text(_MANIFEST)
    (folder.parent / "current").symlink_to("one", target_is_directory=True)
    client = house.stranger()
    part = client.get("/basemap/basemap.pmtiles", headers={"Range": "bytes=250-259"})
    assert part.status_code == 206
    assert part.content == bytes([250, 251, 252, 253, 254, 255, 0, 1, 2, 3])
    assert part.headers["content-range"] == "bytes 250-259/1024"
    style = client.get("/basemap/style.json", params={"theme": "dark", "language": "en"})
    assert style.json()["version"] == 8
    assert "http" not in style.text.replace("https://www.openstreetmap.org", "")


def test_without_roads_there_is_no_map(house: House) -> None:
    assert house.stranger().get("/basemap/style.json").json()["code"] == "A1111"


_MANIFEST = """{"id": "one", "source_name": "x", "source_sha256": "0", "profile_sha256": "0",
"bounds": {"west": 0, "south": 0, "east": 1, "north": 1}, "counts": {}, "seconds": {}, "files": {}}"""

"""`buuta tariff` takes tables in by day, shows them and quotes; a wrong file is refused with every place."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import cli
from core.db import Database
from tests.tracking.office_scene import BINH_THANH, PROVINCE, SAI_GON
from tracking.tariff import SHIPPED

pytestmark = pytest.mark.db

Tariff = Callable[..., Result]


@pytest.fixture
def tariff(database: Database, tmp_path: Path) -> Tariff:
    """Runs `buuta tariff …` on the test's database."""
    environment = {
        "BUUTA_DATABASE_URL": database.url,
        "BUUTA_DATA_DIR": str(tmp_path),
        "BUUTA_PROVINCE_CODE": PROVINCE,
    }
    return lambda *words: CliRunner().invoke(cli, ["tariff", *words], env=environment)


def test_a_table_holds_from_its_day_on(tariff: Tariff, tmp_path: Path) -> None:
    file = tmp_path / "cuoc.toml"
    text = SHIPPED.read_text("utf-8").replace("2017-09-29", "2027-01-01")
    file.write_text(text.replace("in_province = 30_000", "in_province = 33_000"), "utf-8")
    taken = tariff("import", str(file), "--json")
    assert taken.exit_code == 0, taken.output
    assert json.loads(taken.stdout)["valid_from"] == "2027-01-01"
    for day, postage in (("2026-12-31", 30_000), ("2027-01-01", 33_000)):
        quote = tariff("quote", SAI_GON, BINH_THANH, "50", "--on", day, "--json")
        assert json.loads(quote.stdout) == {"zone": "in_province", "full_vnd": postage, "postage_vnd": postage}
    shown = tariff("show", "--on", "2027-06-01")
    assert "33000" in shown.stdout
    assert "heroic_mother: −100 %" in shown.stdout


def test_a_wrong_table_is_refused_whole(tariff: Tariff, tmp_path: Path) -> None:
    file = tmp_path / "cuoc.toml"
    file.write_text(SHIPPED.read_text("utf-8").replace("percent = 100", "percent = 0"), "utf-8")
    refused = tariff("import", str(file), "--json")
    assert refused.exit_code == 3
    problems = json.loads(refused.stderr)["errors"]
    assert [(one["code"], one["pointer"]) for one in problems] == [
        ("T7101", "/reductions/0/percent"),
        ("T7101", "/reductions/1/percent"),
    ]
    file.write_bytes(b"\xff\xfe\xfa")
    assert "T7101" in tariff("import", str(file)).stderr

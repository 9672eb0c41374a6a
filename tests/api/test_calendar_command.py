"""`buuta calendar` writes what plans and reports read."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import cli
from core.db import Database
from tests.tracking.office_scene import PROVINCE
from tracking.standard import ServiceStandard, load_standard

pytestmark = pytest.mark.db

Calendar = Callable[..., Result]


@pytest.fixture
def calendar(database: Database, tmp_path: Path) -> Calendar:
    """Runs `buuta calendar …` on the test's database."""
    environment = {
        "BUUTA_DATABASE_URL": database.url,
        "BUUTA_DATA_DIR": str(tmp_path),
        "BUUTA_PROVINCE_CODE": PROVINCE,
    }
    return lambda *words: CliRunner().invoke(cli, ["calendar", *words], env=environment)


def test_days_and_standard_are_kept_for_plans_and_reports(calendar: Calendar, database: Database) -> None:
    assert calendar("set", "2026-11-20", "--closed", "--reason", "hoán đổi").exit_code == 0
    assert calendar("set", "2026-11-21", "--closed", "--reason", "nhầm").exit_code == 0
    assert calendar("set", "2026-11-21", "--works", "--reason", "hoán đổi").exit_code == 0
    made = calendar(
        "standard", "--centre-days", "1", "--outlying-days", "3", "--beyond-days", "5", "--centre", "26740", "--json"
    )
    assert made.exit_code == 0, made.output
    with database.reading() as session:
        standard = load_standard(session, PROVINCE)
    assert standard.calendar.overrides == {date(2026, 11, 20): False, date(2026, 11, 21): True}
    assert (standard.centre_days, standard.outlying_days, standard.beyond_days) == (1, 3, 5)
    assert standard.centre_commune_codes == {"26740"}
    listed = json.loads(calendar("list", "--json").stdout)
    assert listed == json.loads(made.stdout)
    assert listed["days"] == [{"day": "2026-11-20", "works": False}, {"day": "2026-11-21", "works": True}]


def test_what_is_not_given_stays(calendar: Calendar, database: Database) -> None:
    assert calendar("standard", "--outlying-days", "4", "--centre", "26740", "--saturday").exit_code == 0
    assert calendar("standard", "--centre-days", "2").exit_code == 0
    with database.reading() as session:
        standard = load_standard(session, PROVINCE)
    assert (standard.centre_days, standard.outlying_days, standard.beyond_days) == (2, 4, 6)
    assert standard.centre_commune_codes == {"26740"}
    assert standard.calendar.saturday_works


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("standard", "--centre-days", "3", "--outlying-days", "2"), 2),
        (("standard", "--outlying-days", "7"), 2),
        (("standard", "--centre", "00001", "--centre", "26740"), 3),
        (("set", "20/11/2026", "--closed", "--reason", "x"), 2),
        (("set", "2026-11-20", "--reason", "x"), 2),
    ],
)
def test_a_mistake_changes_nothing(calendar: Calendar, database: Database, words: tuple[str, ...], code: int) -> None:
    assert calendar(*words).exit_code == code
    with database.reading() as session:
        assert load_standard(session, PROVINCE) == ServiceStandard(province_code=PROVINCE)

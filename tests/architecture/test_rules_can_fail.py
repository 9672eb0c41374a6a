"""Each rule finds what it is there to find, and lets pass what is right."""

import pytest

from api.reference import errors_page, settings_table, with_settings
from core.errors import ErrorSpec
from tests.architecture import rules
from tests.architecture.sources import Source


def _file(path: str, text: str) -> list[Source]:
    return [Source(path=path, text=text)]


def test_the_longest_file_passes_and_one_line_more_does_not() -> None:
    assert rules.too_long(_file("core/a.py", "\n" * 400), 400) == []
    assert rules.too_long(_file("core/a.py", "\n" * 401), 400) == ["core/a.py: 401 lines, at most 400"]


@pytest.mark.parametrize("path", ["core/utils.py", "tracking/helpers/a.py", "api/base.py"])
def test_a_vague_name_is_found(path: str) -> None:
    assert rules.vague_names(_file(path, "")) != []
    assert rules.vague_names(_file("core/database.py", "")) == []


def test_a_commit_elsewhere_is_found() -> None:
    text = "def f(session):\n    session.commit()\n"
    assert rules.stray_commits(_file("tracking/store.py", text)) == ["tracking/store.py:2 commits"]
    assert rules.stray_commits(_file("core/db.py", text)) == []


@pytest.mark.parametrize("text", ["import routing.model", "from routing import model", "from api.x import y"])
def test_an_import_upward_is_found(text: str) -> None:
    assert rules.upward_imports(_file("tracking/a.py", text)) != []
    assert rules.upward_imports(_file("api/a.py", text)) == []


def test_an_import_inside_a_function_is_found() -> None:
    hidden = "def f():\n    from core.db import Base\n    return Base\n"
    assert rules.hidden_imports(_file("tracking/a.py", hidden)) == ["tracking/a.py:2 an import inside a function"]
    assert rules.hidden_imports(_file("tracking/a.py", "from core.db import Base\n")) == []
    assert rules.hidden_imports(_file("tracking/a.py", "def f():\n    import numpy\n")) == []


@pytest.mark.parametrize(
    "text",
    [
        "from sqlalchemy import select",
        "from sqlalchemy.dialects.postgresql import insert",
        'ROWS = "SELECT 1"',
        'MADE = "CREATE TABLE x ()"',
        'CHANGE = """\n  UPDATE items SET status = 1"""',
        'f"DELETE FROM {table}"',
    ],
)
def test_sql_outside_a_store_is_found(text: str) -> None:
    assert rules.stray_sql(_file("tracking/service.py", text)) != []
    assert rules.stray_sql(_file("tracking/feedback/store_outbox.py", text)) == []
    assert rules.stray_sql(_file("api/migrations/versions/0001.py", text)) == []


@pytest.mark.parametrize(
    "text", ["from sqlalchemy.orm import Session", "x = 'Select a day'", "admin.execute(b'x', 'CREATE DATABASE y')"]
)
def test_plain_words_session_types_and_making_databases_are_not_sql(text: str) -> None:
    assert rules.stray_sql(_file("api/a.py", text)) == []


@pytest.mark.parametrize("text", ["os.environ['X']", "os.environ.get('X')", "os.getenv('X')", "f(os.environ)"])
def test_reading_the_environment_is_found(text: str) -> None:
    assert rules.stray_environment(_file("geodata/a.py", f"import os\n{text}\n")) != []
    assert rules.stray_environment(_file("api/settings.py", f"import os\n{text}\n")) == []


@pytest.mark.parametrize("text", ["run(env={**os.environ, 'LUA_PATH': p})", "os.environ['X'] = 'for a child'"])
def test_handing_the_environment_to_a_program_is_allowed(text: str) -> None:
    assert rules.stray_environment(_file("geodata/a.py", text)) == []


@pytest.mark.parametrize(
    "text", ["datetime.now(UTC)", "datetime.datetime.now()", "datetime.utcnow()", "date.today()", "time.time()"]
)
def test_asking_the_clock_is_found(text: str) -> None:
    assert rules.stray_clocks(_file("routing/a.py", text)) == ["routing/a.py:1 asks the clock"]
    assert rules.stray_clocks(_file("core/clock.py", text)) == []
    assert rules.stray_clocks(_file("routing/a.py", "time.monotonic()")) == []


@pytest.mark.parametrize("text", ["drain(should_stop=context.should_abort)", "JOBS.run_worker(wait=True)"])
def test_a_job_that_hears_late_is_found(text: str) -> None:
    assert rules.deaf_jobs(_file("tracking/a.py", text)) == ["tracking/a.py:1 hears of a stop late, or never"]
    assert rules.deaf_jobs(_file("core/jobs.py", text)) == []
    assert rules.deaf_jobs(_file("tracking/a.py", "work(app)\ndrain(should_stop=must_stop(context))")) == []


def test_a_code_defined_twice_or_under_another_letter_is_found() -> None:
    good = Source(path="tracking/errors.py", text='A = define("T1001", 404, vi="", en="")')
    twice = Source(path="tracking/other.py", text='B = define("T1001", 404, vi="", en="")')
    assert rules.wrong_codes([good]) == []
    assert rules.wrong_codes([good, twice]) != []
    assert rules.wrong_codes(_file("api/errors.py", 'A = define("T1002", 404, vi="", en="")')) != []
    assert rules.wrong_codes(_file("api/errors.py", 'A = define("A12", 404, vi="", en="")')) != []


def test_a_code_that_no_test_names_is_found() -> None:
    source = _file("api/errors.py", 'LATE = define("A1002", 404, vi="", en="")')
    assert rules.unasked_codes(source, _file("tests/a.py", "assert codes == [errors.LATE.code]")) == []
    assert rules.unasked_codes(source, _file("tests/a.py", 'assert codes == ["A1002"]')) == []
    assert rules.unasked_codes(source, _file("tests/a.py", 'assert codes == ["A1003"]  # LATER')) != []


@pytest.mark.parametrize(
    "text", ["see /home/someone/x", "in /root/.cache", "from /tmp/area.osm.pbf", "from https://pypi.org/simple"]
)
def test_traces_of_a_machine_are_found(text: str) -> None:
    assert rules.machine_traces(_file("README.md", f"line\n{text}\n"))[0].startswith("README.md:2 ")
    assert rules.machine_traces(_file("README.md", "PyPI, `.buuta/` and `tmpfs: [/tmp]` are fine")) == []


_RECORD = "# 1\n## Context\n## Decision\n## Consequences\n## Rejected\n## Check\n`tests/x.py::test_it`\n"


def test_a_record_without_a_section_or_a_real_check_is_found() -> None:
    def exists(name: str) -> bool:
        return name == "tests/x.py"

    assert rules.poor_records(_file("d.md", _RECORD), exists) == []
    assert rules.poor_records(_file("d.md", _RECORD.replace("## Rejected\n", "")), exists) == [
        "d.md: no section Rejected"
    ]
    assert rules.poor_records(_file("d.md", _RECORD.replace("x.py", "gone.py")), exists) != []
    assert rules.poor_records(_file("d.md", _RECORD + "\n" * 90), exists) == ["d.md: longer than a page"]


def test_the_index_shows_each_code_under_its_package_and_keeps_its_table_whole() -> None:
    page = errors_page([ErrorSpec("T1", 409, "một | hai", "one"), ErrorSpec("C1", 404, "không", "no")])
    assert page.index("`C1`") < page.index("## tracking") < page.index("`T1`")
    assert "một \\| hai" in page


def test_a_page_without_a_place_for_the_settings_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        with_settings("# Operations\n")


def test_the_settings_table_names_every_variable() -> None:
    table = settings_table()
    assert "`BUUTA_DATABASE_URL`" in table
    assert "| `BUUTA_PORT` | `8340` |" in table

"""The house keeps its own rules."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.reference import ROOT, pages
from bench.__main__ import PAGE, load_kept, page
from tests.architecture import rules
from tests.architecture.sources import LAYERS, decision_records, python_sources, web_sources, written_pages


def test_no_python_file_is_too_long() -> None:
    assert rules.too_long(python_sources(), rules.LONGEST_PYTHON) == []


def test_no_web_file_is_too_long() -> None:
    assert rules.too_long(web_sources(), rules.LONGEST_WEB) == []


def test_names_say_what_is_inside() -> None:
    assert rules.vague_names(python_sources()) == []


def test_one_place_commits() -> None:
    assert rules.stray_commits(python_sources(*LAYERS)) == []


def test_no_layer_imports_a_higher_one() -> None:
    assert rules.upward_imports(python_sources(*LAYERS)) == []


def test_no_cycle_is_dodged_by_an_import_in_a_function() -> None:
    assert rules.hidden_imports(python_sources(*LAYERS)) == []


def test_sql_stands_in_stores() -> None:
    assert rules.stray_sql(python_sources(*LAYERS)) == []


def test_the_environment_is_read_by_the_settings() -> None:
    assert rules.stray_environment(python_sources(*LAYERS)) == []


def test_one_place_asks_the_clock() -> None:
    assert rules.stray_clocks(python_sources(*LAYERS)) == []


def test_every_job_hears_of_the_stop_at_once() -> None:
    assert rules.deaf_jobs(python_sources(*LAYERS)) == []


def test_each_error_code_is_defined_once_in_its_package() -> None:
    assert rules.wrong_codes(python_sources(*LAYERS)) == []


def test_each_error_code_is_asked_for_by_a_test() -> None:
    assert rules.unasked_codes(python_sources(*LAYERS), python_sources("tests")) == []


def test_pages_name_no_machine_and_no_registry() -> None:
    assert rules.machine_traces(written_pages()) == []


def test_each_decision_names_its_check() -> None:
    records = decision_records()
    assert records
    assert rules.poor_records(records, lambda name: (ROOT / name).exists()) == []


def test_pages_made_from_the_code_are_up_to_date() -> None:
    stale = [page.name for page, content in pages().items() if not page.exists() or page.read_text() != content]
    assert stale == [], "run `make docs`"


def test_the_page_of_benches_is_made_of_what_was_measured() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(load_kept())


@pytest.mark.slow
def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_what_serves_and_what_works_load_no_data_frames_and_the_web_server_no_solver() -> None:
    """They take a third of a start: map files are read by commands, plans are searched by the worker."""
    assert loaded_by("api.serving") & {"ortools", "pyvrp", "pandas", "geopandas"} == set()
    assert loaded_by("api.worker") & {"pandas", "geopandas"} == set()


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())

"""The set-up on machines that lack things, played by small programs that note how they were called."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.packages import DEBIAN_NAMES, POPPLER, POSTGIS, Apt, find_postgres, private_environment
from api.setup_ground import Ground, Step, StepFailedError
from api.setup_run import run_steps
from api.setup_steps import TEST_PROGRAMS, package_steps, steps_for
from core.errors import CodedError
from tests.architecture.sources import ROOT

OLD = "import sys, runpy; sys.version_info = (3, 10, 12); runpy.run_module('api.bootstrap', run_name='__main__')"
UV = """case "$1 $2" in
  sync*) mkdir -p .venv/bin; touch .venv/bin/python;;
  "pip install") mkdir -p "$4/osrm/bin"; touch "$4/osrm/bin/osrm-routed";;
esac"""
NPM = """case "$1" in ci) mkdir -p node_modules;; run) mkdir -p dist;; esac"""

OF_ANY_MACHINE = ("bash", "cat")


class Machine:
    """A clone in a folder and a machine whose programs are the given scripts; `calls` is what they were asked."""

    def __init__(self, folder: Path, **programs: str) -> None:
        self.root, self._bin, self._calls = folder / "clone", folder / "machine", folder / "calls"
        for name in ("uv.lock", "pyproject.toml", "web/package.json", "web/package-lock.json", "web/src/main.ts"):
            self.write(name, "1")
        for name, script in programs.items():
            self.give(name.replace("_", "-"), script)
        for name in ("sh", "mkdir", "touch", "cat"):
            (self._bin / name).symlink_to(f"/bin/{name}")

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def give(self, name: str, script: str) -> None:
        self._bin.mkdir(exist_ok=True)
        program = self._bin / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {self._calls}\n{script}\n')
        program.chmod(0o755)

    def ground(self, **environment: str) -> Ground:
        given = {"BUUTA_DATABASE_URL": "postgresql://given", "BUUTA_TEST_DATABASE_URL": "postgresql://given"}
        return Ground(root=self.root, environment={**given, "PATH": str(self._bin), **environment})

    def calls(self) -> list[str]:
        """What was called since the last look, without the questions for versions."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        self._calls.unlink(missing_ok=True)
        return [line for line in lines if "--version" not in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path, uv=UV, npm=NPM, node="echo v22.1.0")


def _set_up(machine: Machine, purpose: str = "product") -> list[str]:
    ground = machine.ground()
    run_steps(steps_for(ground, purpose), ground)
    return [" ".join(call.split()[:2]) for call in machine.calls()]


def test_the_first_run_does_every_step_in_order(machine: Machine) -> None:
    assert _set_up(machine) == ["uv sync", "uv pip", "npm ci", "npm run"]


def test_the_second_run_starts_no_program_at_all(machine: Machine) -> None:
    _set_up(machine)
    machine.give("node", "exit 9")
    assert _set_up(machine) == []


@pytest.mark.parametrize(
    ("changed", "done_again"),
    [
        ("uv.lock", ["uv sync"]),
        ("web/src/main.ts", ["npm run"]),
        ("web/src/new.svelte", ["npm run"]),
        ("web/package-lock.json", ["npm ci", "npm run"]),
        ("web/node_modules/x/index.js", []),
        ("README.md", []),
    ],
)
def test_a_change_does_again_what_depends_on_it(machine: Machine, changed: str, done_again: list[str]) -> None:
    _set_up(machine)
    machine.write(changed, "2")
    assert _set_up(machine) == done_again


@pytest.mark.parametrize("lost", [".venv/bin/python", ".buuta/tools/osrm/osrm/bin/osrm-routed"])
def test_what_was_removed_comes_back(machine: Machine, lost: str) -> None:
    _set_up(machine)
    (machine.root / lost).unlink()
    assert len(_set_up(machine)) == 1


def _give_test_programs(machine: Machine) -> None:
    for name in TEST_PROGRAMS:
        machine.give(name, "")


def test_the_product_asks_nothing_more_after_the_tests_were_set_up(machine: Machine) -> None:
    _give_test_programs(machine)
    assert "uv sync" in _set_up(machine, "test")
    assert _set_up(machine, "product") == []


def test_the_tests_need_more_than_the_product(machine: Machine) -> None:
    _give_test_programs(machine)
    _set_up(machine, "product")
    assert _set_up(machine, "test") == ["uv sync"]


def test_a_failing_program_is_quoted_and_its_step_is_not_done(machine: Machine) -> None:
    machine.give("npm", "echo 'ENOSPC: no space left' >&2; exit 7")
    with pytest.raises(StepFailedError, match="no space left") as failed:
        _set_up(machine)
    assert failed.value.code == "A9001"
    machine.calls()
    machine.give("npm", NPM)
    assert _set_up(machine) == ["npm ci", "npm run"]


@pytest.mark.parametrize(("version", "brings"), [("v18.20.1", True), ("v20.18.9", True), ("v20.19.0", False)])
def test_node_is_brought_when_the_machine_has_an_older_one(machine: Machine, version: str, brings: bool) -> None:
    machine.give("node", f"echo {version}")
    steps = {step.en: step for lane in steps_for(machine.ground(), "product") for step in lane}
    assert steps["Node.js to build the pages"].done() is not brings


def test_a_machine_without_apt_is_told_the_other_ways(machine: Machine) -> None:
    with pytest.raises(CodedError, match="docker compose up") as told:
        _do_packages(machine.ground(BUUTA_DATABASE_URL="", BUUTA_PRIVATE_PACKAGES="1"), "product")
    assert told.value.code == "A9002"
    with pytest.raises(CodedError, match="poppler-utils") as told:
        _do_packages(machine.ground(BUUTA_PRIVATE_PACKAGES="1"), "test")
    assert told.value.code == "A9005"


def test_on_ubuntu_the_tests_ask_for_the_snap_and_the_product_for_nothing(machine: Machine, tmp_path: Path) -> None:
    os_release = tmp_path / "os-release"
    os_release.write_text('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')
    for name in ("apt-get", "dpkg"):
        machine.give(name, "")
    ground = replace(machine.ground(), os_release=os_release)
    with pytest.raises(CodedError, match="snap install chromium") as told:
        _do_packages(ground, "test")
    assert told.value.code == "A9007"
    assert machine.calls() == []
    assert package_steps(ground, "product") == []
    machine.give("chromium", "")
    with pytest.raises(CodedError) as told:
        _do_packages(ground, "test")
    assert told.value.code != "A9007"


def test_every_program_that_tests_start_is_brought() -> None:
    started = {
        name for path in (ROOT / "tests").rglob("*.py") for name in _started_programs(ast.parse(path.read_text()))
    }
    assert {"pdftotext", "pdffonts", "pdfimages", "pdftoppm"} <= started
    assert started - {*TEST_PROGRAMS, *OF_ANY_MACHINE} == set()
    assert set(TEST_PROGRAMS) <= set(DEBIAN_NAMES)


def _started_programs(tree: ast.AST) -> Iterator[str]:
    """Names that stand first in a list given to `subprocess`."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"subprocess.run", "subprocess.Popen"}:
            match call.args:
                case [ast.List(elts=[ast.Constant(value=str(name)), *_]), *_]:
                    yield name


@pytest.mark.parametrize("name", POPPLER)
def test_unpacked_poppler_programs_get_starters(tmp_path: Path, name: str) -> None:
    script = f"#!/bin/sh\\necho {name} ran"
    dpkg = (
        f'mkdir -p "$3/usr/bin" "$3/usr/share"; printf "{script}" > "$3/usr/bin/{name}"; chmod +x "$3/usr/bin/{name}"'
    )
    ground = Machine(tmp_path, apt_get=APT_GET, apt_cache=APT_CACHE, dpkg=dpkg).ground()
    (tmp_path / "machine/chmod").symlink_to("/bin/chmod")
    ground.home.mkdir()
    Apt(log=ground.log, private=ground.packages, bin=ground.bin, environment=ground.environment).unpack([name])
    done = subprocess.run([str(ground.bin / name)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{name} ran"


def _do_packages(ground: Ground, purpose: str) -> None:
    ground.home.mkdir(exist_ok=True)
    run_steps([[], _undone(package_steps(ground, purpose))], ground)


def _undone(steps: list[Step]) -> list[Step]:
    assert steps
    assert not any(step.done() for step in steps)
    return steps


def test_a_given_database_needs_no_postgis(machine: Machine) -> None:
    assert package_steps(machine.ground(), "product") == []


APT_CACHE = """case "$*" in
  *pkgnames*) echo postgresql-13-postgis-3; echo postgresql-9-postgis-3-scripts; echo postgresql-15-postgis-3;;
  *show*) printf 'Package: dpkg\\nPriority: required\\n\\nPackage: libgdal32\\nPriority: optional\\n';;
esac"""
APT_GET = """case "$*" in
  *install*) echo 'Inst libgdal32 (3.6.2 Debian:12 [amd64])'; echo 'Inst dpkg (1.21 Debian:12 [amd64])'
             echo 'Inst libc6 (2.36 Debian:12 [amd64])'; echo 'Conf libgdal32 (3.6.2 Debian:12 [amd64])';;
  *download*) touch gdal.deb;;
esac"""
DPKG = """mkdir -p "$3/usr/share/postgresql/15/extension" "$3/usr/lib/x86_64-linux-gnu/blas"
touch "$3/usr/share/postgresql/15/extension/postgis-3.control" """


def test_packages_are_unpacked_with_all_they_stand_on_but_the_base_system(tmp_path: Path) -> None:
    machine = Machine(tmp_path, apt_get=APT_GET, apt_cache=APT_CACHE, dpkg=DPKG)
    ground = machine.ground()
    ground.home.mkdir()
    Apt(log=ground.log, private=ground.packages, bin=ground.bin, environment=ground.environment).unpack([POSTGIS])
    calls = machine.calls()
    assert any(call.endswith("--no-install-recommends postgresql-15-postgis-3") for call in calls), "the newest PostGIS"
    assert [call.partition("download ")[2] for call in calls if "download" in call] == ["libgdal32=3.6.2"]
    assert (ground.packages / "usr/share/postgresql/15/extension/postgis.control").exists()
    assert all(f"Dir::State={ground.home / 'apt'}" in call for call in calls if call.startswith("apt-get"))


def _give_postgres(root: Path, version: int, *, postgis: bool) -> None:
    programs = root / f"usr/lib/postgresql/{version}/bin"
    extension = root / f"usr/share/postgresql/{version}/extension"
    programs.mkdir(parents=True)
    extension.mkdir(parents=True)
    (programs / "initdb").touch()
    if postgis:
        (extension / "postgis.control").touch()


def test_the_newest_postgresql_that_has_postgis_is_used(tmp_path: Path) -> None:
    for version, postgis in ((9, True), (15, True), (17, False)):
        _give_postgres(tmp_path, version, postgis=postgis)
    found = find_postgres(tmp_path, private_only=True)
    assert found is not None
    assert found.folder == tmp_path / "usr/lib/postgresql/15/bin"
    assert find_postgres(tmp_path / "empty", private_only=True) is None


def test_unpacked_programs_find_blas_which_alternatives_would_link(tmp_path: Path) -> None:
    libraries = tmp_path / "usr/lib/x86_64-linux-gnu"
    (libraries / "blas").mkdir(parents=True)
    assert private_environment(tmp_path)["LD_LIBRARY_PATH"].split(":") == [str(libraries), str(libraries / "blas")]


def test_an_older_python_is_told_so_in_both_languages() -> None:
    done = subprocess.run([sys.executable, "-c", OLD], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "A9000 Cần Python 3.11 trở lên; máy này có 3.10." in done.stderr
    assert "A9000 Python 3.11 or newer is needed; this is 3.10." in done.stderr


def test_an_older_python_can_read_the_file_that_tells_it() -> None:
    for name in ("api/__init__.py", "api/bootstrap.py"):
        ast.parse((ROOT / name).read_text(), feature_version=(3, 7))


def test_the_set_up_needs_the_standard_library_alone() -> None:
    # `-S`: no site-packages, so any import of a library fails.
    alone = [sys.executable, "-S", "-c", "import api.bootstrap, sys; print('psycopg' in sys.modules)"]
    done = subprocess.run(alone, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")

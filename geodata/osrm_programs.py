"""The native programs of OSRM: where they are, and how one is started so that it never outlives us."""

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.children import die_with_parent
from core.errors import fail
from geodata.road_errors import PROGRAM_FAILED, PROGRAMS_MISSING

OSRM_VERSION = "26.10.0"
NAMES = ("osrm-extract", "osrm-partition", "osrm-customize", "osrm-routed")
PROFILES = Path(__file__).parent / "profiles"
_LAST_LINES = 6
_PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Folder of the executables and folder that holds OSRM's Lua library as `lib/`."""

    bin_dir: Path
    lua_dir: Path

    def path(self, name: str) -> Path:
        return self.bin_dir / name

    def environment(self) -> dict[str, str]:
        """The process environment in which profiles find OSRM's Lua library."""
        return {**os.environ, "LUA_PATH": f"{self.lua_dir}/?.lua;;"}


def install_command(data_dir: Path) -> str:
    """The command that brings the programs into the data folder."""
    return (
        f"uv pip install --target {data_dir / 'tools' / 'osrm'} --python-version 3.12 --no-deps "
        f"--only-binary :all: osrm-bindings=={OSRM_VERSION}"
    )


def find_programs(data_dir: Path) -> Programs:
    """The programs in `<data_dir>/tools/osrm`, else where the set-up puts them, else on PATH.

    Raises G2007 with the command that installs them.
    """
    for bin_dir in _bin_dirs(data_dir):
        lua_dir = _lua_dir(bin_dir)
        if lua_dir and all(os.access(bin_dir / name, os.X_OK) for name in NAMES):
            return Programs(bin_dir=bin_dir, lua_dir=lua_dir)
    missing = ", ".join(name for name in NAMES if not shutil.which(name)) or "lib/*.lua"
    raise fail(PROGRAMS_MISSING, missing=missing, command=install_command(data_dir))


def _bin_dirs(data_dir: Path) -> list[Path]:
    on_path = shutil.which("osrm-routed")
    # The set-up installs into the project's own folder, also where the data lies elsewhere.
    own = [home / "tools" / "osrm" / "osrm" / "bin" for home in (data_dir.absolute(), _PROJECT / ".buuta")]
    return [*own, *([Path(on_path).resolve().parent] if on_path else [])]


def _lua_dir(bin_dir: Path) -> Path | None:
    places = (bin_dir.parent / "share" / "profiles", bin_dir.parent / "share" / "osrm" / "profiles")
    return next((place for place in places if (place / "lib" / "way_handlers.lua").is_file()), None)


def run_program(
    command: list[str], *, log: Path, on_line: Callable[[str], None], environment: Mapping[str, str] | None = None
) -> None:
    """Run a program to its end, its output line by line into `log` and `on_line`. Raises G2006 when it fails."""
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with log.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it only calls prctl(2), see there
        )
        with process:
            try:
                for line in process.stdout or ():
                    sink.write(line)
                    last.append(line.strip())
                    on_line(line)
            except BaseException:
                process.kill()
                raise
    if process.returncode != 0:
        raise fail(
            PROGRAM_FAILED,
            program=Path(command[0]).name,
            code=process.returncode,
            reason=" | ".join(filter(None, last)),
        )

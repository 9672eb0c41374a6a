"""PostgreSQL with PostGIS and the other Debian packages we start programs of. Standard library only.

A package comes from the system, or, without root, is unpacked into a private folder: `apt-get download` into private
lists and `dpkg -x`, so nothing outside the project's folder changes.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

POSTGIS = "postgis"
# What each need is called in Debian and Ubuntu; PostGIS is resolved to the version the distribution has.
POPPLER = ("pdffonts", "pdfimages", "pdftoppm", "pdftotext")
DEBIAN_NAMES: Mapping[str, str] = {
    "chromium": "chromium",
    "curl": "curl",
    "pip": "python3-pip-whl",
    **dict.fromkeys(POPPLER, "poppler-utils"),
}
# The programs themselves; `/usr/bin/chromium` is a script that looks for its parts in fixed folders.
_UNPACKED_PROGRAMS: Mapping[str, str] = {
    "chromium": "usr/lib/chromium/chromium",
    "curl": "usr/bin/curl",
    **{name: f"usr/bin/{name}" for name in POPPLER},
}
_UBUNTU = re.compile(r"^ID(_LIKE)?=.*\bubuntu\b", re.MULTILINE)

_POSTGIS_PACKAGE = re.compile(r"^postgresql-(\d+)-postgis-3$")
_SIMULATED = re.compile(r"^Inst (\S+) \((\S+) ")
# The machine's own C library must serve every program: another one beside it is a crash.
_FROM_THE_MACHINE = frozenset({"libc6", "libgcc-s1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresPrograms:
    """Folder of `initdb`, `postgres`, `pg_ctl`, and the environment they need (empty for the system's own)."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """Full path of one program."""
        return str(self.folder / name)


def is_ubuntu(os_release: Path) -> bool:
    """Whether the machine takes Ubuntu's packages: there `chromium` is an empty package that asks for a snap."""
    return os_release.is_file() and _UBUNTU.search(os_release.read_text()) is not None


def find_postgres(private: Path, *, private_only: bool = False) -> PostgresPrograms | None:
    """The newest PostgreSQL that has PostGIS: the system's, else the one unpacked into `private`."""
    if not private_only:
        for folder in [*_versions(Path("/usr/lib/postgresql")), *_configured()]:
            if _has_postgis(folder):
                return PostgresPrograms(folder=folder)
    for folder in _versions(private / "usr/lib/postgresql"):
        if _has_postgis(folder):
            return PostgresPrograms(folder=folder, environment=private_environment(private))
    return None


def _versions(root: Path) -> list[Path]:
    found = [path for path in root.glob("*/bin") if path.parent.name.isdigit() and (path / "initdb").exists()]
    return sorted(found, key=lambda path: int(path.parent.name), reverse=True)


def _configured() -> list[Path]:
    program = shutil.which("pg_config")
    if program is None:
        return []
    answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


def _has_postgis(folder: Path) -> bool:
    if folder.parts[-4:-2] == ("lib", "postgresql"):
        share = folder.parents[3] / "share/postgresql" / folder.parent.name
        return (share / "extension/postgis.control").exists()
    answer = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
    return (Path(answer.stdout.strip()) / "extension/postgis.control").exists()


def private_environment(private: Path) -> dict[str, str]:
    """Variables with which programs unpacked into `private` find their libraries and data files."""
    return {
        "LD_LIBRARY_PATH": ":".join(str(path) for path in _library_folders(private)),
        "PROJ_LIB": str(private / "usr/share/proj"),
        "FONTCONFIG_FILE": str(private / "fonts.conf"),
    }


def _library_folders(private: Path) -> list[Path]:
    """Where shared libraries lie; BLAS and LAPACK have folders of their own that alternatives would link."""
    homes = [home for base in ("usr/lib", "lib") for home in sorted((private / base).glob("*-linux-gnu*"))]
    special = [home / name for home in homes for name in ("blas", "lapack", "pulseaudio")]
    return homes + [folder for folder in special if folder.is_dir()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apt:
    """The machine's apt, driven as root or into a private folder. `log` receives the programs' own output.

    `environment` is what the programs see besides apt's own variables; `bin` gets a starter for each unpacked program.
    """

    log: Path
    private: Path
    bin: Path
    environment: Mapping[str, str]

    def available(self) -> bool:
        """Whether the machine has apt and dpkg."""
        path = self.environment.get("PATH")
        return all(shutil.which(program, path=path) for program in ("apt-get", "dpkg"))

    def install(self, needs: Iterable[str]) -> None:
        """Put packages onto the system (root): `needs` are keys of DEBIAN_NAMES, or POSTGIS."""
        self._run(["apt-get", "update"])
        # Our cluster lives in the data folder: the packages must not start one of their own on port 5432.
        config = Path("/etc/postgresql-common/createcluster.d/buuta.conf")
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("create_main_cluster = false\n")
        self._run(["apt-get", "install", "-y", "--no-install-recommends", *self._names(needs, [])])

    def unpack(self, needs: Iterable[str]) -> None:
        """Download packages with everything they stand on and unpack them into the private folder; no root needed."""
        options = self._private_options()
        self._run(["apt-get", *options, "update"])
        chosen = self._closure(self._names(needs, options), options)
        downloads = self.private.parent / "apt/debs"
        downloads.mkdir(parents=True, exist_ok=True)
        self._run(["apt-get", *options, "download", *chosen], folder=downloads)
        for package in sorted(downloads.glob("*.deb")):
            self._run(["dpkg", "-x", str(package), str(self.private)])
        shutil.rmtree(downloads)
        self._link_control_files()
        self._write_fonts_conf()
        self._write_starters()

    def _names(self, needs: Iterable[str], options: list[str]) -> list[str]:
        names = [self._postgis(options) if need == POSTGIS else DEBIAN_NAMES[need] for need in needs]
        return list(dict.fromkeys(names))

    def _postgis(self, options: list[str]) -> str:
        names = self._run(["apt-cache", *options, "pkgnames", "postgresql-"]).split()
        versions = [int(match[1]) for name in names if (match := _POSTGIS_PACKAGE.match(name))]
        return f"postgresql-{max(versions)}-postgis-3" if versions else "postgis"

    def _private_options(self) -> list[str]:
        state = self.private.parent / "apt"
        (state / "lists/partial").mkdir(parents=True, exist_ok=True)
        (state / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
        # No package counts as installed: what the machine happens to have may lie in folders we do not search.
        (state / "status").touch()
        places = {"State": state, "State::lists": state / "lists", "State::status": state / "status"}
        places["Cache"] = state / "cache"
        return [part for key, path in places.items() for part in ("-o", f"Dir::{key}={path}")] + [
            "-o",
            "Debug::NoLocking=1",
        ]

    def _closure(self, names: list[str], options: list[str]) -> list[str]:
        """`name=version` of the packages and all they depend on, but for the base system's own."""
        plan = self._run(["apt-get", *options, "install", "-s", "--no-install-recommends", *names])
        matches = [match for line in plan.splitlines() if (match := _SIMULATED.match(line))]
        found = {match[1]: match[2] for match in matches}
        about = self._run(["apt-cache", *options, "show", "--no-all-versions", *found])
        base = {_value(entry, "Package") for entry in about.split("\n\n") if _value(entry, "Priority") == "required"}
        return [f"{name}={version}" for name, version in found.items() if name not in base | _FROM_THE_MACHINE]

    def _link_control_files(self) -> None:
        """Packages name `postgis-3.control`; the name without the version is made by alternatives, so by us here."""
        for control in self.private.glob("usr/share/postgresql/*/extension/postgis*-3.control"):
            link = control.with_name(control.name.replace("-3.control", ".control"))
            if not link.exists():
                link.symlink_to(control.name)

    def _write_fonts_conf(self) -> None:
        fonts = self.private / "usr/share/fonts"
        cache = self.private / "fontcache"
        (self.private / "fonts.conf").write_text(
            f"<fontconfig><dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>\n"
        )

    def _write_starters(self) -> None:
        self.bin.mkdir(parents=True, exist_ok=True)
        settings = "".join(f"{key}={shlex.quote(value)} " for key, value in private_environment(self.private).items())
        for name, program in _UNPACKED_PROGRAMS.items():
            path = self.private / program
            if path.exists():
                starter = self.bin / name
                starter.write_text(f'#!/bin/sh\n{settings}exec {shlex.quote(str(path))} "$@"\n')
                starter.chmod(0o755)

    def _run(self, command: list[str], folder: Path | None = None) -> str:
        environment = {**self.environment, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        return done.stdout


def _value(entry: str, key: str) -> str:
    match = re.search(rf"^{key}: (.*)$", entry, re.MULTILINE)
    return match[1] if match else ""

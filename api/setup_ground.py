"""What the set-up's steps stand on: the clone's folder, the environment, stamps, programs. Standard library only."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.setup_errors import SETUP_STEP_FAILED
from core.errors import CodedError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what it is called, whether it is done (fast, no network), and the doing."""

    vi: str
    en: str
    done: Callable[[], bool]
    do: Callable[[], None]


class StepFailedError(CodedError):
    """A step's program failed: A9001 with the last lines of what it said."""

    def __init__(self, step: Step, error: Exception, log: Path) -> None:
        output = f"{getattr(error, 'stdout', '') or ''}\n{getattr(error, 'stderr', '') or ''}".strip()
        reason = "\n    ".join([str(error), *output.splitlines()[-8:], f"→ {log}"])
        super().__init__([Problem(spec=SETUP_STEP_FAILED, values={"step": f"{step.vi} · {step.en}", "reason": reason})])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The folder of the clone, what the environment says, and where the set-up keeps its own things."""

    root: Path
    environment: Mapping[str, str]
    os_release: Path = Path("/etc/os-release")

    @property
    def home(self) -> Path:
        return self.root / ".buuta"

    @property
    def log(self) -> Path:
        return self.home / "setup.log"

    @property
    def bin(self) -> Path:
        """Links to the programs brought here, which is done only for those the machine lacks: so it leads PATH."""
        return self.home / "bin"

    @property
    def packages(self) -> Path:
        return self.home / "pkgs"

    @property
    def python(self) -> Path:
        return self.root / ".venv/bin/python"

    @property
    def search_path(self) -> str:
        """PATH with our own folder first."""
        return f"{self.bin}:{self.environment.get('PATH', os.defpath)}"

    @property
    def private_only(self) -> bool:
        """Asked to act as if the machine had no packages and no root (tests of that way, careful people)."""
        return self.environment.get("BUUTA_PRIVATE_PACKAGES") == "1"

    def which(self, name: str) -> str | None:
        """A program brought here, else the machine's."""
        return shutil.which(name, path=self.search_path)

    def run(self, command: Iterable[object], *, folder: Path | None = None) -> str:
        """Run a program, its output into the log; raises CalledProcessError with the output when it fails."""
        words = [str(word) for word in command]
        removed = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}
        environment = {key: value for key, value in self.environment.items() if key not in removed}
        environment["PATH"] = self.search_path
        environment["UV_PYTHON_DOWNLOADS"] = "never"
        done = subprocess.run(
            words,
            cwd=folder or self.root,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(words)}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr)
        return done.stdout

    def link(self, program: Path, name: str | None = None) -> None:
        """Make a program findable, under its own name if none is given."""
        self.bin.mkdir(parents=True, exist_ok=True)
        program.chmod(0o755)
        place = self.bin / (name or program.name)
        place.unlink(missing_ok=True)
        place.symlink_to(os.path.relpath(program, self.bin))

    def stamped(self, name: str, content: str) -> bool:
        """Whether the step wrote this content when it was last done."""
        place = self.home / "stamps" / name
        return place.is_file() and place.read_text() == content

    def stamp(self, name: str, content: str) -> None:
        """Note that the step is done for this content."""
        place = self.home / "stamps" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)

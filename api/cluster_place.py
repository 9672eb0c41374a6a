"""Where the embedded cluster lies and as whom it runs: reachable by that user, with a socket path short enough."""

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.setup_errors import NO_UNPRIVILEGED_USER
from core.errors import fail

PORT = 5432
# sockaddr_un holds 108 bytes with the closing zero; the longest name beside the socket is its lock file.
_LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}.lock")
_ROOT = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The unprivileged user the cluster runs as when we are root."""

    uid: int
    gid: int

    def run_as(self) -> dict[str, Any]:
        """Arguments of `subprocess.run` that make a program this user's."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def cluster_account() -> Account | None:
    """None when we are not root (the cluster is ours); else `postgres`, else `nobody`. Raises A9004."""
    if os.geteuid() != _ROOT:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise fail(NO_UNPRIVILEGED_USER)


def cluster_folder(data_dir: Path, account: Account | None, fallback: Path = Path("/var/lib/buuta")) -> Path:
    """`<data_dir>/pg`, or a folder under `fallback` when the account cannot reach it (a clone in root's home)."""
    data_dir.mkdir(parents=True, exist_ok=True)
    home = data_dir.resolve()
    if account is not None and not _reaches(account, home):
        home = fallback / _digest(home)
        home.mkdir(parents=True, exist_ok=True)
    return _private_folder(home / "pg", account)


def socket_folder(cluster: Path, account: Account | None) -> Path:
    """`<cluster>/socket`, or a private folder with a short path when that one is too long for a socket."""
    inside = cluster / "socket"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_FOLDER and not set(str(inside)) & set(",'\"\\%&? "):
        return _private_folder(inside, account)
    run_time = os.environ.get("XDG_RUNTIME_DIR") if account is None else None
    short = Path(run_time or tempfile.gettempdir()) / f"buuta-{os.geteuid()}-{_digest(cluster)}"
    return _private_folder(short, account)


def _private_folder(folder: Path, account: Account | None) -> Path:
    """Make the folder, open to its owner alone; one that somebody else put there is refused."""
    owner = os.geteuid() if account is None else account.uid
    folder.mkdir(mode=0o700, exist_ok=True)
    # `lstat`, so that a link laid in a shared folder never makes root give away what it points to.
    if account is not None and stat.S_ISDIR(folder.lstat().st_mode) and folder.lstat().st_uid == _ROOT:
        os.chown(folder, account.uid, account.gid)
    if not stat.S_ISDIR(folder.lstat().st_mode) or folder.lstat().st_uid != owner:
        raise PermissionError(f"{folder} belongs to another user")
    folder.chmod(0o700)
    return folder


def _reaches(account: Account, folder: Path) -> bool:
    test = subprocess.run(["test", "-x", str(folder)], check=False, cwd="/", **account.run_as())
    return test.returncode == 0


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]

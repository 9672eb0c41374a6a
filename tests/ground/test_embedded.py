"""The embedded cluster under what happens to it: long paths, two at once, killed programs, reused process numbers."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from api.cluster_place import cluster_account, cluster_folder, socket_folder
from api.embedded import Cluster, embedded_postgis, place_cluster
from api.setup_errors import NO_POSTGIS_HERE, NO_UNPRIVILEGED_USER
from core.errors import CodedError
from tests.cluster import ROOT

pytestmark = pytest.mark.db

QUICK = {"fsync": "off", "shared_buffers": "16MB"}
HOLDER = """
import sys
from pathlib import Path
from api.embedded import embedded_postgis
with embedded_postgis(Path(sys.argv[1]), settings={"fsync": "off", "shared_buffers": "16MB"}) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def test_root_without_another_user_is_told_what_to_make(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_is_known(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", nobody_is_known)
    with pytest.raises(CodedError) as refused:
        cluster_account()
    assert [one.code for one in refused.value.problems] == [NO_UNPRIVILEGED_USER.code]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that the server's user reaches (pytest's own lie under a closed folder)."""
    with tempfile.TemporaryDirectory(prefix="buuta-e-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        _cluster(Path(name)).stop()


def _cluster(data_dir: Path) -> Cluster:
    return place_cluster(data_dir, packages=ROOT / ".buuta/pkgs", settings=QUICK)


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        os.sched_yield()


def _hold(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    """Another program that holds the cluster open until its input closes; and the address it got."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    return program, program.stdout.readline().strip()


def _postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def test_it_keeps_rows_from_one_start_to_the_next(data_dir: Path) -> None:
    with embedded_postgis(data_dir, settings=QUICK) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert not _answers(url)
    with embedded_postgis(data_dir, settings=QUICK) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_it_listens_on_no_network_port(data_dir: Path) -> None:
    with embedded_postgis(data_dir, settings=QUICK):
        server = psutil.Process(_postmaster(_cluster(data_dir)))
        assert server.net_connections(kind="inet") == []


def test_a_refused_row_is_not_quoted_in_the_servers_log(data_dir: Path) -> None:
    with embedded_postgis(data_dir, settings=QUICK) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text PRIMARY KEY, papers int CHECK (papers > 0))")
        connection.execute("INSERT INTO people VALUES ('Nguyễn Văn Tám', 1)")
        for papers in (1, 0):
            with pytest.raises(psycopg.IntegrityError):
                connection.execute("INSERT INTO people VALUES (%s, %s)", ["Nguyễn Văn Tám", papers])
            with pytest.raises(psycopg.IntegrityError):
                connection.execute(f"INSERT INTO people VALUES ('Nguyễn Văn Tám', {papers})")  # noqa: S608
    log = (_cluster(data_dir).folder / "log").read_text()
    assert "people_pkey" in log
    assert "people_papers_check" in log
    assert "Tám" not in log


def test_other_users_cannot_reach_socket_or_data(data_dir: Path) -> None:
    with embedded_postgis(data_dir, settings=QUICK):
        cluster = _cluster(data_dir)
        for folder in (cluster.folder, cluster.socket, cluster.data):
            assert folder.stat().st_mode & 0o077 == 0


def test_the_second_attaches_and_the_first_stops_it(data_dir: Path) -> None:
    first, url = _hold(data_dir)
    with embedded_postgis(data_dir, settings=QUICK) as attached:
        assert attached == url
    assert _answers(url), "the one who attached must not stop it"
    first.communicate("")
    assert not _answers(url)


def test_a_cluster_whose_starter_was_killed_is_taken_over(data_dir: Path) -> None:
    first, url = _hold(data_dir)
    first.kill()
    first.communicate()
    assert _answers(url), "the server outlives a killed program"
    with embedded_postgis(data_dir, settings=QUICK):
        pass
    assert not _answers(url), "who took it over stops it"


def test_committed_rows_survive_a_killed_server(data_dir: Path) -> None:
    with embedded_postgis(data_dir, settings={"shared_buffers": "16MB"}) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        os.kill(_postmaster(_cluster(data_dir)), signal.SIGKILL)
        _wait_until(lambda: not _answers(url))
    with embedded_postgis(data_dir, settings=QUICK) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_lock_file_naming_another_program_does_not_stop_the_start(data_dir: Path) -> None:
    with embedded_postgis(data_dir, settings=QUICK):
        cluster = _cluster(data_dir)
        lock = (cluster.data / "postmaster.pid").read_text().splitlines()
    user = cluster.account.run_as() if cluster.account else {}
    stranger = subprocess.Popen(["cat"], stdin=subprocess.PIPE, **user)
    (cluster.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lock[1:]]) + "\n")
    with embedded_postgis(data_dir, settings=QUICK) as url:
        assert _answers(url)
    stranger.communicate()


def test_a_broken_off_first_start_is_made_again(data_dir: Path) -> None:
    half = cluster_folder(data_dir, cluster_account()) / "data.partial"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    with embedded_postgis(data_dir, settings=QUICK) as url:
        assert _answers(url)


def test_a_start_that_cannot_work_says_why(data_dir: Path) -> None:
    with (
        pytest.raises(CodedError, match="no_such_setting") as refused,
        embedded_postgis(data_dir, settings={"no_such_setting": "1"}),
    ):
        pass
    assert refused.value.code == "A9003"


def test_a_deep_data_folder_gets_a_short_socket_path(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with embedded_postgis(deep, settings=QUICK) as url:
        assert _answers(url)
        socket = _cluster(deep).socket
        assert not socket.is_relative_to(deep)
        assert socket.stat().st_mode & 0o077 == 0
    with suppress(OSError):
        socket.rmdir()


def test_a_folder_closed_to_the_servers_user_is_left_for_one_it_reaches(data_dir: Path) -> None:
    account = cluster_account()
    if account is None:
        pytest.skip("only root hands the cluster to another user")
    closed = data_dir / "home"
    closed.mkdir(mode=0o700)
    folder = cluster_folder(closed / ".buuta", account, fallback=data_dir / "reached")
    assert folder.is_relative_to(data_dir / "reached")
    assert folder.stat().st_uid == account.uid
    assert cluster_folder(closed / ".buuta", account, fallback=data_dir / "reached") == folder


def test_a_socket_folder_of_another_user_is_refused(data_dir: Path) -> None:
    account = cluster_account()
    if account is None:
        pytest.skip("only root can put another user's folder there")
    taken = data_dir / "taken/socket"
    taken.mkdir(parents=True)
    os.chown(taken, account.uid + 1, account.gid)
    with pytest.raises(PermissionError, match="another user"):
        socket_folder(taken.parent, account)


def test_a_link_in_place_of_the_socket_folder_is_refused(data_dir: Path) -> None:
    target, place = data_dir / "target", data_dir / "place"
    target.mkdir()
    place.mkdir()
    (place / "socket").symlink_to(target)
    with pytest.raises(PermissionError):
        socket_folder(place, cluster_account())
    assert target.stat().st_uid == os.geteuid(), "what the link points to keeps its owner"


def test_a_machine_without_postgis_is_told_so(data_dir: Path) -> None:
    with pytest.raises(CodedError) as refused:
        place_cluster(data_dir, packages=data_dir / "nothing", private_only=True)
    assert refused.value.code == NO_POSTGIS_HERE.code

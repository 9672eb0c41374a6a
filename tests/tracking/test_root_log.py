"""The log of signed roots beside the keys: who takes roots and all their leaves out of the database is found by it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from tests.tracking.audit_scene import TOMORROW, Place
from tests.tracking.office_scene import NOW, PROVINCE

NEXT_WEEK = NOW + timedelta(days=7, hours=3)
DAYS = [f"2026-11-{day}" for day in range(20, 27)]


def log_of(place: Place) -> Path:
    return place.folder.parent / "custody.keys.roots"


def named(place: Place) -> list[tuple[str, str | None]]:
    return [(fault.fault, fault.day) for fault in place.faults()]


def test_each_signed_root_is_a_line_that_its_owner_alone_reads(place: Place) -> None:
    place.root(NEXT_WEEK)
    assert [str(root.day) for root in place.keyring.log.of(PROVINCE).roots] == DAYS
    assert log_of(place).stat().st_mode & 0o777 == 0o600
    before = log_of(place).read_bytes()
    assert place.root(NEXT_WEEK) == []
    assert log_of(place).read_bytes() == before
    assert (named(place), place.audited()[1].unlogged) == ([], 0)


@pytest.mark.parametrize("is_signed_anew", [False, True])
@pytest.mark.parametrize("kept", [0, 4, 6])
def test_roots_taken_away_with_their_leaves_are_named_day_by_day(
    place: Place, *, kept: int, is_signed_anew: bool
) -> None:
    """The newest, the last three, all of them."""
    place.root(NEXT_WEEK)
    first = DAYS[kept]
    place.tamper("DELETE FROM daily_roots WHERE day >= :d", "DELETE FROM root_leaves WHERE day >= :d", d=first)
    if kept == 0:
        place.write_anew(place.items[2])
    if is_signed_anew:
        assert len(place.root(NEXT_WEEK + timedelta(minutes=1))) == 7 - kept
    fault = "replaced_root" if is_signed_anew else "removed_root"
    assert named(place) == [(fault, day) for day in DAYS[kept:]]


def test_an_old_installation_has_no_log_and_gets_one(place: Place) -> None:
    log_of(place).unlink()
    assert (named(place), place.audited()[1].unlogged) == ([], 1)
    assert place.root() == []
    assert (named(place), place.audited()[1].unlogged) == ([], 0)
    place.tamper("DELETE FROM daily_roots", "DELETE FROM root_leaves")
    assert named(place) == [("removed_root", DAYS[0])]


def _without_the_newest(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def _half_a_line(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], lines[-1][:40]]


@pytest.mark.parametrize("left", [_without_the_newest, _half_a_line])
def test_what_a_crash_or_an_older_copy_left_out_is_written_by_the_next_run(
    place: Place, left: Callable[[list[bytes]], list[bytes]]
) -> None:
    """The database is right; the log came out of a backup, or power went while a line was written."""
    place.root(NEXT_WEEK)
    whole = log_of(place).read_bytes()
    log_of(place).write_bytes(b"".join(left(whole.splitlines(keepends=True))))
    assert (named(place), place.audited()[1].unlogged) == ([], 1)
    place.root(NEXT_WEEK)
    assert log_of(place).read_bytes() == whole


def test_a_line_cut_out_or_made_up_is_a_fault(place: Place) -> None:
    place.root(NEXT_WEEK)
    lines = log_of(place).read_bytes().splitlines(keepends=True)
    log_of(place).write_bytes(b"".join(lines[:2] + lines[3:]))
    place.root(NEXT_WEEK)
    assert named(place) == [("unlogged_root", DAYS[2])]
    changed = lines[2].replace(b'"count":0', b'"count":1')
    log_of(place).write_bytes(b"".join([*lines[:2], changed, *lines[3:], b"?\n"]))
    assert named(place) == [("root_log", None), ("root_log", DAYS[2])]


def test_two_workers_write_each_root_once(place: Place) -> None:
    log_of(place).unlink()
    together = Barrier(4)

    def work(_: int) -> int:
        together.wait(timeout=30)
        return len(place.root(NEXT_WEEK))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 6
    assert [str(root.day) for root in place.keyring.log.of(PROVINCE).roots] == DAYS
    assert named(place) == []


def test_roots_of_a_key_that_was_changed_stay_right_in_the_log(place: Place) -> None:
    place.keyring.rotate(now=TOMORROW)
    place.root(NEXT_WEEK)
    assert named(place) == []

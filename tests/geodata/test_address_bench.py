"""The labelled set is true to the tables, and the peer cannot reach the network."""

import socket
import unicodedata

import pytest

from bench.address_peer import Peer
from bench.address_set import CLEAN_FORMS, LOOSE_FORMS, labelled_rows
from bench.addresses import tally
from geodata.bundled import change_records
from geodata.gazetteer_build import bundled_gazetteer
from geodata.resolver import AddressResolver


def test_labels_come_from_the_conversion_table() -> None:
    new_of: dict[str, set[str]] = {}
    for change in change_records():
        name = unicodedata.normalize("NFC", change["old_full_name"] or change["old_district"])
        source = f"{change['old_district_code']} {' '.join(name.split())}"
        new_of.setdefault(source, set()).add(change["new_code"])
    rows = [r for r in labelled_rows(quick=True) if r.form == "old_full"]
    checked = 0
    for row in rows:
        if row.source in new_of:
            checked += 1
            assert row.truth <= new_of[row.source]
    assert checked > 0.95 * len(rows)


def test_the_same_seed_gives_the_same_rows() -> None:
    assert labelled_rows(quick=True) == labelled_rows(quick=True)


def test_every_form_of_a_bar_is_in_the_set() -> None:
    assert {row.form for row in labelled_rows(quick=True)} >= CLEAN_FORMS | LOOSE_FORMS


def test_the_bars_of_the_small_set_hold() -> None:
    forms = tally(AddressResolver.bundled(), labelled_rows(quick=True))
    wrong = sum(counts.wrong for counts in forms.values())
    assert wrong <= 0.003 * sum(counts.rows for counts in forms.values())
    assert all(forms[form].right_pct >= 99.5 for form in CLEAN_FORMS)
    assert all(forms[form].right_pct >= 97 for form in LOOSE_FORMS)


def test_the_peer_asks_nobody_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the peer opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    peer = Peer.guarded(bundled_gazetteer())
    assert peer.resolve("12 Nguyễn Đình Chiểu, Phường 4, Quận 3, Thành phố Hồ Chí Minh", "old_full") in (
        "27139",
        "27154",
    )
    assert peer.asked_outside == 1

"""Tampering as somebody with all rights over the database and the files would do it: each kind is found and named."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import text
from sqlalchemy.engine import Row

from api.keyring import Keyring
from tests.tracking.audit_scene import LATER, PHOTO, TOMORROW, Place
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, Scene, delivery
from tracking import service
from tracking.tables import EventRow
from tracking.tables_custody import ProofFileRow, ProofRow
from tracking.tables_roots import DailyRootRow, RootLeafRow

# The end of the courier's round writes it later; nothing else may.
UNBOUND = {("proofs", "round_id")}
COLUMNS = [
    (row.__tablename__, column.name)
    for row in (EventRow, ProofRow, ProofFileRow, RootLeafRow, DailyRootRow)
    for column in row.__table__.columns
    if (row.__tablename__, column.name) not in UNBOUND
]


def test_what_nobody_touched_has_no_fault(place: Place) -> None:
    assert place.faults() == []


_CHANGED = {
    "TEXT": "coalesce({0}, '') || 'x'",
    "INTEGER": "coalesce({0}, 0) + 1000",
    "BIGINT": "coalesce({0}, 0) + 1",
    "FLOAT": "coalesce({0}, 0) + 0.001",
    "DOUBLE": "coalesce({0}, 0) + 0.001",
    "DOUBLE_PRECISION": "coalesce({0}, 0) + 0.001",
    "UUID": "gen_random_uuid()",
    "CHAR(32)": "gen_random_uuid()",
    "TIMESTAMP": "{0} + interval '1 microsecond'",
    "DATE": "coalesce({0}, '2026-01-01') + 1",
    "BOOLEAN": "NOT coalesce({0}, false)",
    "JSONB": "coalesce({0}, '{{}}'::jsonb) || '{{\"x\": 1}}'::jsonb",
    "ARRAY": "{0} || 'x'::text",
}


# One row of each table stands for the others of its kind only by chance: which one is changed is drawn.
_ROWS = {
    "events": "SELECT t.ctid::text, t.tableoid, t.item_id, t.seq, NULL::uuid AS proof_id FROM events t",
    "proofs": "SELECT t.ctid::text, t.tableoid, t.item_id, e.seq, t.id AS proof_id FROM proofs t "
    "JOIN events e ON e.data ->> 'proof_id' = t.id::text AND jsonb_exists(e.data, 'proof_record')",
    "proof_files": "SELECT t.ctid::text, t.tableoid, NULL::uuid AS item_id, NULL::int AS seq, t.proof_id "
    "FROM proof_files t",
    "root_leaves": "SELECT t.ctid::text, t.tableoid, NULL::uuid AS item_id, t.position AS seq, NULL::uuid AS proof_id "
    "FROM root_leaves t",
    "daily_roots": "SELECT t.ctid::text, t.tableoid, NULL::uuid AS item_id, NULL::int AS seq, NULL::uuid AS proof_id "
    "FROM daily_roots t",
}
# With these another value takes the row away from where it stood; its gap is named.
_PLACED_BY = {"province_code", "item_id"}


def _drawn(place: Place, table: str, column: str) -> Row[Any]:
    """A row by chance, the same one in every run."""
    order = "ORDER BY array_position(CAST(:items AS uuid[]), item_id), seq, proof_id"
    query = f"SELECT * FROM ({_ROWS[table]}) r {order}"  # noqa: S608  our own names
    with place.scene.database.reading() as session:
        rows = session.execute(text(query), {"items": list(place.items)}).all()
    return Random(f"{table}.{column}").choice(rows)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_changed_column_is_found_where_it_was_changed(place: Place, table: str, column: str) -> None:
    """One row's column gets another value of its type; nothing else changes. Item, event, proof or day are named."""
    kinds = {row.__tablename__: row.__table__ for row in (EventRow, ProofRow, ProofFileRow, RootLeafRow, DailyRootRow)}
    kind = str(kinds[table].c[column].type).split(" ", 1)[0]
    change = "'{}'::jsonb" if (table, column) == ("proofs", "files") else _CHANGED[kind].format(column)
    place.tamper(
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_outcome",
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_kind",
    )
    row = _drawn(place, table, column)
    place.tamper(
        f"UPDATE {table} SET {column} = {change} WHERE ctid = CAST(:ctid AS tid) AND tableoid = :oid",  # noqa: S608  ours
        ctid=row.ctid,
        oid=row.tableoid,
    )
    found = place.faults()
    if table == "events":
        _names_the_event(place, found, row, column)
    elif table == "proofs":
        assert (row.item_id, row.seq, row.proof_id) in {(one.item_id, one.seq, one.proof_id) for one in found}, found
        _blames_no_other_item(place, found, row)
    elif table == "proof_files":
        assert row.proof_id in {one.proof_id for one in found}, found
    else:
        assert "2026-11-20" in {one.day for one in found}, found


def _names_the_event(place: Place, found: list[service.Fault], row: Row[Any], column: str) -> None:
    seqs = {one.seq for one in found if one.item_id == row.item_id}
    if column in _PLACED_BY:
        assert seqs & {row.seq, row.seq + 1}, found
    else:
        assert row.seq + (1000 if column == "seq" else 0) in seqs, found
    _blames_no_other_item(place, found, row)


def _blames_no_other_item(place: Place, found: list[service.Fault], row: Row[Any]) -> None:
    assert {one.item_id for one in found} & set(place.items) == {row.item_id}, found


def _swap_order(place: Place) -> set[str]:
    place.tamper("UPDATE events SET seq = 3 - seq WHERE item_id = :item AND seq IN (1, 2)", item=place.items[2])
    return {"sequence", "link", "hash"}


def _remove_middle(place: Place) -> set[str]:
    place.tamper("DELETE FROM events WHERE item_id = :item AND seq = 2", item=place.items[0])
    return {"link", "sequence"}


def _cut_end(place: Place) -> set[str]:
    place.tamper(
        "DELETE FROM events WHERE item_id = :item AND seq = 2",
        "UPDATE items SET event_seq = 1, status = 'accepted', "
        "last_hash = (SELECT hash FROM events WHERE item_id = :item AND seq = 1) WHERE id = :item",
        item=place.items[2],
    )
    return {"not_as_rooted"}


def _double(place: Place) -> set[str]:
    place.tamper(
        "INSERT INTO events SELECT province_code, gen_random_uuid(), item_id, seq, kind, status, occurred_at, "
        "recorded_at, actor, office_id, data, prev_hash, hash FROM events WHERE item_id = :item AND seq = 1",
        item=place.items[0],
    )
    return {"sequence", "hash"}


def _remove_item(place: Place) -> set[str]:
    place.tamper(
        "DELETE FROM item_dossiers WHERE item_id = :item",
        "DELETE FROM events WHERE item_id = :item",
        "DELETE FROM items WHERE id = :item",
        item=place.items[2],
    )
    return {"removed_item"}


def _remove_item_row(place: Place) -> set[str]:
    place.tamper("DELETE FROM items WHERE id = :item", item=place.items[0])
    return {"orphan_event", "orphan_proof", "removed_item"}


def _remove_proof(place: Place) -> set[str]:
    place.tamper("DELETE FROM proofs WHERE item_id = :item", item=place.items[0])
    return {"removed_proof"}


def _remove_file_row(place: Place) -> set[str]:
    place.tamper("DELETE FROM proof_files")
    return {"removed_file"}


def _remove_bytes(place: Place) -> set[str]:
    next(path for path in place.folder.rglob("*") if path.is_file()).unlink()
    return {"missing_bytes"}


def _change_bytes(place: Place) -> set[str]:
    path = next(path for path in place.folder.rglob("*") if path.is_file())
    path.write_bytes(PHOTO[:-1] + b"!")
    return {"changed_bytes"}


def _erase_half(place: Place) -> set[str]:
    place.tamper(
        "UPDATE proofs SET personal_salt = NULL, recipient_name = 'Người khác' WHERE item_id = :item",
        item=place.items[0],
    )
    return {"proof"}


def _remove_root(place: Place) -> set[str]:
    place.tamper("DELETE FROM daily_roots")
    return {"removed_root"}


def _newest_root_signed_anew(place: Place) -> set[str]:
    """The root goes with its leaves, the day is written anew, and the worker signs what it finds."""
    place.tamper("DELETE FROM daily_roots", "DELETE FROM root_leaves")
    place.write_anew(place.items[2])
    assert [root.day for root in place.root(LATER + timedelta(days=1))] == [date(2026, 11, 20)]
    return {"replaced_root"}


def _newest_root_and_leaves(place: Place) -> set[str]:
    """The same before the worker has come by."""
    place.tamper("DELETE FROM daily_roots", "DELETE FROM root_leaves")
    place.write_anew(place.items[2])
    return {"removed_root"}


def _remove_leaf(place: Place) -> set[str]:
    place.tamper("DELETE FROM root_leaves WHERE subject = :item", item=place.items[2])
    return {"root"}


def _own_key(place: Place) -> set[str]:
    """Somebody signs a root of his own with a key of his own and puts its public half into the row."""
    other = Keyring(place.folder / "other.keys")
    with place.scene.database.reading() as session:
        [root] = service.published(session, PROVINCE)
    signer = other.signer(now=NOW)
    place.tamper(
        "UPDATE daily_roots SET key_id = :k, public_key = :p, signature = :s",
        k=signer.key_id,
        p=signer.public_key,
        s=signer.sign(root.statement),
    )
    return {"root_signature"}


@pytest.mark.parametrize(
    "deed",
    [
        _swap_order,
        _remove_middle,
        _cut_end,
        _double,
        _remove_item,
        _remove_item_row,
        _remove_proof,
        _remove_file_row,
        _remove_bytes,
        _change_bytes,
        _erase_half,
        _remove_root,
        _newest_root_and_leaves,
        _newest_root_signed_anew,
        _remove_leaf,
        _own_key,
    ],
)
def test_each_deed_is_found_and_named(place: Place, deed: Callable[[Place], set[str]]) -> None:
    expected = deed(place)
    found = {fault.fault for fault in place.faults()}
    assert found & expected == expected & found != set(), (expected, found)


@pytest.mark.parametrize(
    "moved",
    [
        "due_on = due_on + 1",
        "handed_over_at = handed_over_at + interval '1 second'",
        "handed_over_at = NULL",
        """pauses = '[["addressee", "2026-11-19", null]]'""",
        "commune_code = '26734'",
        "leg = 'collect'",
    ],
)
def test_a_clock_that_was_put_forward_beside_the_chain_is_found(place: Place, moved: str) -> None:
    """Nothing was changed of what happened, only what the report of lateness goes by."""
    place.tamper(f"UPDATE items SET {moved} WHERE id = :item", item=place.items[0])  # noqa: S608  our own words
    assert [(fault.fault, fault.item_id) for fault in place.faults()] == [("clocks", place.items[0])]


def test_a_past_written_anew_with_right_hashes_is_found_by_the_root(place: Place) -> None:
    """Somebody who recomputes every hash after his change is caught by what was published before."""
    item = place.items[2]
    place.write_anew(item)
    assert {(fault.fault, fault.item_id) for fault in place.faults()} == {("not_as_rooted", item)}


def test_roots_are_a_chain_of_days_and_name_each_end_once(place: Place) -> None:
    scene = place.scene
    with scene.database.transaction() as session:
        service.record_proof(
            session, scope=scene.courier_scope(), proof=delivery(place.items[1]), now=NOW + timedelta(days=1)
        )
    assert place.root() == []
    made = place.root(now=NOW + timedelta(days=3))
    assert [(root.day.day, root.count) for root in made] == [(21, 1), (22, 0)]
    assert made[1].previous == made[0].root
    assert place.faults() == []


def test_an_item_is_proved_under_its_root_and_a_rotated_key_still_counts(place: Place) -> None:
    place.keyring.rotate(now=TOMORROW)
    assert [key.retired_at is None for key in place.keyring.keys] == [False, True]
    assert (place.folder.parent / "custody.keys").stat().st_mode & 0o777 == 0o600
    with place.scene.database.reading() as session:
        proved = service.inclusion(session, scope=SYSTEM, item_id=place.items[0])
        chain = service.item_history(session, scope=SYSTEM, item_id=place.items[0])
    hashes = [event.hash for event in chain]
    assert proved.covers(hashes)
    assert not proved.covers(hashes[:-1])
    assert not proved.covers([*hashes[:-1], "0" * 64])
    assert place.keyring.is_signed(proved.root)
    assert place.faults() == []


def test_the_leaves_of_a_day_are_read_once_for_all_its_items(place: Place) -> None:
    place.root()
    asked: list[str] = []
    sql_event.listen(place.scene.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    with place.scene.database.reading() as session:
        found = [service.inclusion_of(session, PROVINCE, item) for item in place.items]
    assert [one.holds for one in found if one is not None] == [True] * 3
    assert sum("ORDER BY root_leaves.position" in one for one in asked) == 1


def test_what_happens_during_the_audit_is_no_fault(scene: Scene) -> None:
    """Between reading an item and reading its chain a proof comes in."""
    (key,) = scene.out()
    happened: list[str] = []

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM items" in statement and "LIMIT" in statement and not happened:
            happened.append(statement)
            with scene.database.transaction() as other:
                service.record_proof(other, scope=scene.courier_scope(), proof=delivery(key), now=LATER)

    sql_event.listen(scene.database.engine, "after_cursor_execute", meanwhile)
    with scene.database.snapshot() as session:
        logged = service.LoggedRoots()
        assert list(service.audit(session, PROVINCE, blobs=None, is_signed=lambda _: True, logged=logged)) == []
    assert happened
    assert scene.item(key).status == "delivered"

"""The whole day, through the doors that people and dossier systems use: 400 results to their ends, and twice."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from rich.console import Console

from api.demo.client import Person, Refused
from api.demo.command import play, stage
from api.demo.day import DemoDay
from api.demo.places import PROVINCE
from api.demo.show import Terminal
from api.keyring import Keyring
from api.settings import Settings
from api.signing import sign_roots
from core.blobs import BlobStore
from core.clock import utc_now
from core.db import Database
from tests.cluster import create_database, drop_database
from tests.e2e.day_folder import day_folder
from tracking import service
from tracking.chain import verify_chain
from tracking.store_audit import dossiers

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.osrm]

SPEED = 1200.0
PLAN_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Played:
    """A day that is over, its server still running."""

    day: DemoDay
    open_ones: list[str]
    url: str
    settings: Settings

    def one(self, sql: str) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(sql.encode()).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture(scope="module")
def played(cluster_url: str, template: str) -> Iterator[Played]:
    name = f"t_{uuid4().hex[:16]}"
    url = create_database(cluster_url, name, template)
    terminal = Terminal(Console(highlight=False, width=120))
    with day_folder() as folder:
        settings = Settings(database_url=url, data_dir=folder, port=1)
        with stage(settings, terminal, port=0, plan_seconds=PLAN_SECONDS, fault_share=0.03) as day:
            open_ones = play(day, terminal, SPEED)
            yield Played(day, open_ones, url, settings)
    drop_database(cluster_url, name)


def _items(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for route in plan["routes"] for stop in route["stops"] for item in stop["items"]]


def test_citizens_were_told_during_the_day_and_of_nothing_twice(played: Played) -> None:
    counts = played.day.phones.counts
    assert counts["delivered"] > 0
    assert set(counts) == {"ready", "coming", "failed", "delivered"}
    assert played.day.phones.repeated == 0
    sent = played.one("SELECT count(*) FROM notifications WHERE state = 'sent'")
    assert 0 < sent <= counts.total()


def test_every_dossier_ended_the_day_where_it_should(played: Played) -> None:
    assert played.open_ones == []
    assert len(played.day.item_ids) == 400
    assert sum(played.day.outcomes.values()) == 400
    assert 0.03 <= failed_share(played) <= 0.12
    assert played.day.sandbox.dossiers.returned() == played.day.outcomes["delivered"]


def test_every_paper_was_signed_for_before_a_courier_had_it(played: Played) -> None:
    """From that moment the post's clock runs; 400 papers, and each of them once."""
    signed = "SELECT count(*) FROM events WHERE kind = 'item_received'"
    assert played.one(signed) == 400
    started = "SELECT count(*) FROM items i JOIN events e ON e.item_id = i.id AND e.kind = 'item_received'"
    assert played.one(f"{started} WHERE i.handed_over_at = e.occurred_at") == 400


def failed_share(played: Played) -> float:
    """Of the visits: a household whose door stays shut gets none of its papers."""
    failed = {body["item_id"] for body, _ in played.day.proofs.values() if body["outcome"] == "attempt_failed"}
    visits = [
        {item["id"] for item in stop["items"]}
        for plan in played.day.plans.values()
        for route in plan["routes"]
        for stop in route["stops"]
    ]
    return sum(bool(visit & failed) for visit in visits) / len(visits)


def test_no_plan_breaks_a_rule_and_none_left_anything_out(played: Played) -> None:
    for plan in played.day.plans.values():
        assert plan["violations"] == []
        assert plan["unplanned"] == []
        assert plan["travel_source"] in {"road", "mixed"}
    planned = [
        item["id"]
        for plan in played.day.plans.values()
        for r in plan["routes"]
        for s in r["stops"]
        for item in s["items"]
    ]
    assert Counter(planned) == Counter(played.day.item_ids.values())


def test_each_status_arrived_once_and_in_order_through_the_faults(played: Played) -> None:
    counts = played.day.sandbox.dossiers.counts
    assert counts["faults"] > 0
    assert counts["out_of_order"] == counts["refused"] == 0
    assert counts["applied"] == played.one("SELECT count(*) FROM feedback_messages")
    assert played.one("SELECT count(*) FROM feedback_deliveries WHERE state <> 'delivered'") == 0
    for chain in played.day.sandbox.dossiers.events.values():
        assert [int(event["sequence"]) for event in chain] == list(range(1, len(chain) + 1))
        portal = [event["data"]["portal_status"] for event in chain]
        assert portal == sorted(portal)


def test_the_sheets_name_every_item(played: Played, tmp_path: Path) -> None:
    plan = played.day.plans["GVP"]
    pdf = tmp_path / "sheets.pdf"
    pdf.write_bytes(played.day.person("dp.gvp").read(f"/v1/plans/{plan['id']}/sheets.pdf"))
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    codes = [item["item_code"] for item in _items(plan)]
    assert len(codes) == 100
    assert [code for code in codes if code not in text] == []


def test_the_same_batch_again_changes_nothing(played: Played) -> None:
    before = played.one("SELECT count(*) FROM events")
    system = Person(played.day.base_url)
    system.use_key(played.day.seeded.key)
    answer = system.post("/v1/results:batch", {"rows": [result.row for result in played.day.results]})
    assert answer["counts"] == {"created": 0, "unchanged": 400, "updated": 0, "rejected": 0}
    assert played.one("SELECT count(*) FROM events") == before
    assert played.one("SELECT count(*) FROM items") == 400


def test_the_same_proofs_again_get_the_same_receipts(played: Played) -> None:
    before = played.one("SELECT count(*) FROM events")
    couriers = [played.day.person(f"bt.gvp{n}") for n in (1, 2, 3)]
    mine = {item["id"] for item in _items(played.day.plans["GVP"])}
    again = 0
    for proof_id, (body, receipt) in played.day.proofs.items():
        if body["item_id"] in mine:
            answers = [_repeat(courier, proof_id, body) for courier in couriers]
            [mine_again] = [answer for answer in answers if answer is not None]
            # Files have arrived since.
            assert set(mine_again["files"].values()) == {"stored"}
            assert mine_again == receipt | {"files": dict.fromkeys(receipt["files"], "stored")}
            again += 1
    assert again == 100
    assert played.one("SELECT count(*) FROM events") == before


def _repeat(courier: Person, proof_id: str, body: dict[str, object]) -> dict[str, Any] | None:
    """The receipt; None where the item is another courier's, which is not found."""
    try:
        return dict(courier.put(f"/v1/proofs/{proof_id}", body))
    except Refused as refused:
        if "404" in str(refused) and "T2102" in str(refused):
            return None
        raise


def test_the_same_webhooks_again_count_once(played: Played) -> None:
    dossiers = played.day.sandbox.dossiers
    before, repeated = dossiers.counts["applied"], dossiers.counts["repeated"]
    agency = played.day.person("motcua")
    [endpoint] = agency.get("/v1/endpoints")["endpoints"]
    agency.post(f"/v1/endpoints/{endpoint['id']}/replay", {"after": None})
    played.day.wait_until(lambda: dossiers.counts["repeated"] - repeated >= before)
    assert dossiers.counts["applied"] == before
    assert dossiers.counts["out_of_order"] == 0


def test_the_chain_of_every_item_is_whole(played: Played) -> None:
    database = Database(played.url, pool_size=1)
    with database.reading() as session:
        chains = list(dossiers(session, PROVINCE))
    database.close()
    assert {str(chain.item.id) for chain in chains} == set(played.day.item_ids.values())
    assert len(chains) == 400
    # Accepted, ready, planned, out and an outcome at the least.
    assert min(len(chain.events) for chain in chains) >= 5
    assert [chain.item.id for chain in chains if verify_chain(chain.events, head=chain.item.last_hash)] == []


def test_the_audit_finds_no_fault_after_the_day_and_all_that_was_sent_twice(played: Played, tmp_path: Path) -> None:
    """What `buuta custody verify` recomputes, with the bytes of the photos and the root of the day."""
    database, keyring = Database(played.url, pool_size=1), Keyring(tmp_path / "custody.keys")
    counts, settings = service.Audited(), played.settings
    roots = sign_roots(database, keyring, PROVINCE, now=utc_now() + timedelta(days=1))
    logged = keyring.log.of(PROVINCE)
    with database.snapshot() as session:
        faults = list(
            service.audit(
                session,
                PROVINCE,
                blobs=BlobStore(settings.blob_location),
                is_signed=keyring.is_signed,
                logged=logged,
                counts=counts,
            )
        )
    database.close()
    assert faults == []
    assert len(roots) > 0
    assert (counts.items, counts.roots, counts.unlogged) == (400, len(roots), 0)
    assert counts.proofs == len(played.day.proofs)
    assert counts.files == played.one("SELECT count(*) FROM proof_files") > 0
    assert counts.events == played.one("SELECT count(*) FROM events")

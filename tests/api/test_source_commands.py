"""`buuta source` and `buuta endpoint` as programs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.settings import Settings
from api.wiring import runtime_of
from core.clock import VIETNAM
from core.db import Database
from tests.api.published_list import SECRET, published_row, publishing
from tests.tracking.office_scene import NOW, PROVINCE, SYSTEM, Scene, build_scene
from tracking.feedback.endpoints import save_endpoint

Buuta = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def buuta(database: Database, tmp_path: Path) -> Buuta:
    """Runs a command; its exit code and what it says in JSON."""
    own = {
        "BUUTA_DATABASE_URL": database.url,
        "BUUTA_DATA_DIR": str(tmp_path),
        "BUUTA_PROVINCE_CODE": PROVINCE,
        "BUUTA_LOG_FORMAT": "json",
        "BUUTA_ALLOW_PRIVATE_WEBHOOKS": "true",
    }

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments, "--json"],
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        answer: dict[str, Any] = json.loads(done.stdout or done.stderr)
        return done.returncode, answer

    return run


def make_endpoint(database: Database, scene: Scene, data_dir: Path) -> UUID:
    """An endpoint of the scene's agency."""
    with database.transaction() as session:
        made = save_endpoint(
            session,
            scope=SYSTEM,
            agency_id=scene.agency.id,
            url="https://hoso.example.vn/buuta",
            box=runtime_of(Settings(data_dir=data_dir), database.url).secrets,
            allow_private=False,
            now=NOW,
        )
    return made.endpoint.id


def test_a_source_is_set_asked_here_and_now_and_switched_off(buuta: Buuta, database: Database) -> None:
    build_scene(database)
    with publishing() as published:
        published.rows = [published_row(1), published_row(2, due_on="mai")]
        unknown = buuta("source", "add", published.url, "--agency", "H99", "--secret", SECRET)
        assert (unknown[0], unknown[1]["code"]) == (3, "C1000")
        _, made = buuta("source", "add", published.url, "--agency", "H29.16", "--secret", SECRET, "--every", "10")
        code, polled = buuta("source", "poll", made["id"])
    assert (code, polled["taken"], polled["refused"], polled["error"]) == (1, 1, 1, None)
    assert buuta("source", "disable", made["id"])[1]["state"] == "disabled"
    [listed] = buuta("source", "list")[1]["sources"]
    assert (listed["cursor"], listed["rows_taken"], listed["every_s"]) == ("n-2", 1, 600)
    assert "secret" not in listed


def test_an_endpoint_is_listed_and_what_was_sent_is_sent_again(
    buuta: Buuta, database: Database, tmp_path: Path
) -> None:
    scene = build_scene(database)
    endpoint = str(make_endpoint(database, scene, tmp_path))
    scene.ready(2)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE feedback_deliveries SET state = 'delivered', settled_at = now()")
        connection.exec_driver_sql("UPDATE feedback_deliveries SET state = 'dead' WHERE dossier_code LIKE '%%0001'")
    [listed] = buuta("endpoint", "list")[1]["endpoints"]
    assert (listed["pending"], listed["dead"], listed["kind"]) == (0, 2, "webhook")
    counted = buuta("endpoint", "replay", endpoint, "--dead", "--count-only")
    [untouched] = buuta("endpoint", "list")[1]["endpoints"]
    assert (counted, untouched["pending"], untouched["dead"]) == ((0, {"messages": 2}), 0, 2)
    assert buuta("endpoint", "replay", endpoint, "--dead") == (0, {"messages": 2})
    again = buuta("endpoint", "replay", endpoint, "--dossier", "H29.16-261101-0002")
    assert again == (0, {"messages": 2})
    [waiting] = buuta("endpoint", "list")[1]["endpoints"]
    assert (waiting["pending"], waiting["dead"]) == (4, 0)
    refused = buuta("endpoint", "replay", str(scene.agency.id))
    assert (refused[0], refused[1]["code"]) == (3, "C1000")


def test_sending_again_from_an_instant_leaves_out_what_was_recorded_before(
    buuta: Buuta, database: Database, tmp_path: Path
) -> None:
    scene = build_scene(database)
    endpoint = str(make_endpoint(database, scene, tmp_path))
    scene.ready(2)
    with database.engine.connect() as connection:
        ids = connection.exec_driver_sql("SELECT event_id FROM feedback_messages").scalars().all()
    # A UUIDv7 begins with the milliseconds at which its event was recorded.
    recorded = [datetime.fromtimestamp((one.int >> 80) / 1000, VIETNAM) for one in ids]

    def meant(since: str) -> tuple[int, dict[str, Any]]:
        return buuta("endpoint", "replay", endpoint, "--since", since, "--count-only")

    after = (max(recorded) + timedelta(seconds=1)).isoformat(timespec="seconds")
    assert meant(min(recorded).isoformat(timespec="seconds")) == (0, {"messages": len(ids)})
    assert meant(after) == (0, {"messages": 0})
    assert meant("1960-01-01") == (0, {"messages": len(ids)})
    assert meant(min(recorded).date().isoformat()) == (0, {"messages": len(ids)})
    assert meant((max(recorded).date() + timedelta(days=1)).isoformat()) == (0, {"messages": 0})

"""Feedback to dossier systems: outbox writes and webhooks a second, every fault of a receiver, a dead one beside."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from cryptography.fernet import Fernet
from procrastinate import PsycopgConnector
from procrastinate.schema import SchemaManager

import tracking.tables  # noqa: F401  registers the tables
from api.embedded import embedded_postgis
from api.settings import Settings
from bench.feedback_faults import Line, black_hole, disorder, endpoint_for, seconds_until_drained
from bench.feedback_receiver import fast_receiver
from bench.report import Bar, Report, arguments, show
from core.clock import utc_now
from core.db import Base, Database, ensure_partitions
from core.ids import make_s10, new_id, new_tracking_code
from core.jobs import JOBS
from core.scope import Scope
from tracking.feedback.delivery import configure
from tracking.feedback.endpoints import backlogs, save_endpoint
from tracking.feedback.outbox import enqueue, enqueue_many
from tracking.feedback.secrets import SecretBox
from tracking.feedback.stream import events_after
from tracking.model import GENESIS_HASH, Event, EventKind, Status

_PROVINCE = "79"
_STEPS = (
    (EventKind.RESULT_ACCEPTED, Status.ACCEPTED),
    (EventKind.ITEM_READY, Status.READY),
    (EventKind.ITEM_OUT, Status.OUT),
    (EventKind.ITEM_DELIVERED, Status.DELIVERED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    agency_id: UUID
    dossier_codes: tuple[str, ...]
    item_code: str
    due_on: date
    id: UUID = field(default_factory=uuid4)
    tracking_code: str = field(default_factory=new_tracking_code)


def _parcels(agency_id: UUID, count: int) -> list[_Parcel]:
    due_on = utc_now().date() + timedelta(days=3)
    return [
        _Parcel(
            agency_id=agency_id,
            dossier_codes=(f"H29.16-261120-{n:06d}",),
            item_code=make_s10("RA", n),
            due_on=due_on,
        )
        for n in range(count)
    ]


def _pairs(parcels: list[_Parcel]) -> list[tuple[Event, _Parcel]]:
    return [(_event(parcel, kind, status), parcel) for kind, status in _STEPS for parcel in parcels]


def _event(parcel: _Parcel, kind: EventKind, status: Status) -> Event:
    now = utc_now()
    return Event(
        province_code=_PROVINCE,
        id=new_id(now),
        item_id=parcel.id,
        seq=1,
        kind=kind,
        status=status,
        occurred_at=now,
        recorded_at=now,
        actor="system",
        office_id=parcel.id,
        data={},
        prev_hash=GENESIS_HASH,
        hash=GENESIS_HASH,
    )


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("BUUTA_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="buuta-bench-") as folder:
        Path(folder).chmod(0o755)
        with embedded_postgis(Path(folder)) as url:
            yield url


@contextmanager
def _database() -> Iterator[Database]:
    """A fresh database, on the server given by BUUTA_TEST_DATABASE_URL or on a private one."""
    with _server() as admin_url:
        name = f"bench_{uuid4().hex[:12]}"
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"'.encode())
        info = psycopg.conninfo.conninfo_to_dict(admin_url)
        query = "&".join(f"{k}={v}" for k, v in info.items() if k != "dbname")
        database = Database(f"postgresql:///{name}?{query}")
        try:
            with database.transaction() as session:
                connection = session.connection()
                connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
                Base.metadata.create_all(connection)
                connection.exec_driver_sql(SchemaManager(PsycopgConnector()).get_schema().replace("%", "%%"))
                ensure_partitions(session, utc_now())
            yield database
        finally:
            database.close()
            with psycopg.connect(admin_url, autocommit=True) as admin:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _timed_bulk(database: Database, pairs: list[tuple[Event, _Parcel]]) -> float:
    started = time.perf_counter()
    for n in range(0, len(pairs), 1000):
        with database.transaction() as session:
            enqueue_many(session, pairs=pairs[n : n + 1000])
    return time.perf_counter() - started


def _timed_single(database: Database, pairs: list[tuple[Event, _Parcel]]) -> float:
    started = time.perf_counter()
    for event, parcel in pairs:
        with database.transaction() as session:
            enqueue(session, event=event, item=parcel)
    return time.perf_counter() - started


def _timed_delivery(database: Database, scope: Scope) -> float:
    """A real worker, run until nothing is pending, or for two minutes."""
    started = time.perf_counter()
    with JOBS.replace_connector(PsycopgConnector(conninfo=database.url)) as app:
        while _pending(database, scope) and time.perf_counter() - started < 120:
            app.run_worker(queues=["feedback"], wait=False, listen_notify=False, install_signal_handlers=False)
    return time.perf_counter() - started


def _pending(database: Database, scope: Scope) -> int:
    with database.reading() as session:
        return sum(backlog.pending for backlog in backlogs(session, scope=scope))


def _timed_pull(database: Database, scope: Scope) -> float:
    started, after, page = time.perf_counter(), None, None
    with database.reading() as session:
        while page is None or page.events:
            page = events_after(session, scope=scope, after=after, limit=1000)
            after = page.next_after
    return time.perf_counter() - started


def _through_faults(dossiers: int, *, step_s: float) -> dict[str, float]:
    """Four events of each dossier through every fault, down for three simulated days before."""
    agency_id, box = uuid4(), SecretBox([Fernet.generate_key()])
    scope = Scope(province_code=_PROVINCE, actor="bench", agency_id=agency_id)
    with _database() as database:
        line = Line(database, box, scope)
        line.open()
        try:
            _timed_bulk(database, _pairs(_parcels(agency_id, dossiers)))
            drained_days = line.drain_through_faults(step_s=step_s)
            states, counts = line.states(), line.place.dossiers.counts
            return {
                "faulty_messages": dossiers * len(_STEPS),
                "faulty_applied": counts["applied"],
                "faulty_repeats": counts["repeated"],
                "faulty_faults": counts["faults"],
                "faulty_out_of_order": counts["out_of_order"] + disorder(line.place, each=len(_STEPS)),
                "faulty_not_delivered": sum(n for state, n in states.items() if state != "delivered"),
                "faulty_drained_after_days": round(drained_days, 3),
            }
        finally:
            line.place.stop()


def _beside_a_dead_one(dossiers: int) -> float:
    """Seconds of a live endpoint's backlog with a dead one beside it, times those without; one worker process."""
    took = {}
    for name in ("alone", "beside"):
        box = SecretBox([Fernet.generate_key()])
        live, dead = (Scope(province_code=_PROVINCE, actor="bench", agency_id=uuid4()) for _ in range(2))
        with _database() as database, fast_receiver() as receiver, black_hole() as hole:
            configure(database, box=box, clock=utc_now, allow_private=True)
            key, _ = endpoint_for(database, live, receiver.url, box)
            if name == "beside":
                endpoint_for(database, dead, hole, box)
                assert dead.agency_id is not None
                _timed_bulk(database, _pairs(_parcels(dead.agency_id, dossiers)))
            assert live.agency_id is not None
            _timed_bulk(database, _pairs(_parcels(live.agency_id, dossiers)))
            with ThreadPoolExecutor(1) as beside:
                worker = beside.submit(_work_once, database)
                took[name] = seconds_until_drained(database, key.endpoint_id, limit_s=60)
                worker.result()
    return took["beside"] / took["alone"]


def _work_once(database: Database) -> None:
    """A worker as `buuta worker` runs it, until no job is left."""
    jobs = Settings.model_fields["worker_jobs"].default
    with JOBS.replace_connector(PsycopgConnector(conninfo=database.url)) as app:
        app.run_worker(
            queues=["feedback"], wait=False, concurrency=jobs, listen_notify=False, install_signal_handlers=False
        )


def measure(*, dossiers: int, singles: int, faulty: int, step_s: float) -> Report:
    """Four events of each dossier in bulk, some more one by one, all delivered by one worker, then all pulled."""
    agency_id, box = uuid4(), SecretBox([Fernet.generate_key()])
    scope = Scope(province_code=_PROVINCE, actor="bench", agency_id=agency_id)
    parcels = _parcels(agency_id, dossiers)
    bulk, single = _pairs(parcels), _pairs(parcels[: singles // len(_STEPS)])
    with _database() as database, fast_receiver() as receiver:
        configure(database, box=box, clock=utc_now, allow_private=True)
        with database.transaction() as session:
            save_endpoint(
                session, scope=scope, agency_id=agency_id, url=receiver.url, box=box, allow_private=True, now=utc_now()
            )
        bulk_s, single_s = _timed_bulk(database, bulk), _timed_single(database, single)
        messages = len(bulk) + len(single)
        delivery_s = _timed_delivery(database, scope)
        arrived = receiver.distinct()
        pull_s = _timed_pull(database, scope)
    faults, beside = _through_faults(faulty, step_s=step_s), _beside_a_dead_one(dossiers)
    return Report(
        name="feedback",
        figures={
            "messages": messages,
            "outbox_bulk_per_s": round(len(bulk) / bulk_s),
            "outbox_single_per_s": round(len(single) / single_s),
            "webhooks_per_s": round(messages / delivery_s),
            "pulled_per_s": round(messages / pull_s),
            **faults,
        },
        bars=(
            Bar("webhooks a second, one worker", messages / delivery_s, 500, ">="),
            Bar("messages that did not arrive", messages - arrived, 0),
            Bar(
                "through faults: effects that are not exactly one",
                abs(faults["faulty_messages"] - faults["faulty_applied"]),
                0,
            ),
            Bar("through faults: out of order", faults["faulty_out_of_order"], 0),
            Bar("through faults: still waiting or given up", faults["faulty_not_delivered"], 0),
            Bar("a live endpoint beside a dead one, times alone", beside, 1.5),
        ),
    )


def _quick() -> Report:
    return measure(dossiers=500, singles=200, faulty=250, step_s=3600)


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    report = _quick() if asked.quick else measure(dossiers=2500, singles=1000, faulty=2500, step_s=600)
    return show(report, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

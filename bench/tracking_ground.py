"""A fresh database with one office, its couriers and an agency: what the benches of tracking stand on."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.schema import SchemaManager

import tracking.tables  # noqa: F401  registers the tables
from api.embedded import embedded_postgis
from api.migrate import migrate
from core.clock import local_date, utc_now
from core.db import Base, Database, ensure_partitions
from core.ids import new_id
from core.scope import Scope, system_scope
from geodata.communes import load_communes
from geodata.model import Candidate, LonLat, PointSource, Resolution, Vintage
from tracking import service
from tracking.model import Agency, Courier, Office, Person, ResultRow
from tracking.placing import Resolver

PROVINCE = "79"
COMMUNE = "26740"
DOOR = LonLat(lon=106.7025, lat=10.7799)
SYSTEM = system_scope(PROVINCE)


class OneCommune:
    """Every address lies in one commune: the bench is of tracking, resolving has its own."""

    def resolve(self, text: str, *, province_code: str | None = None, point: LonLat | None = None) -> Resolution:
        decided = Candidate(
            commune_code=COMMUNE,
            commune_full_name="Phường Sài Gòn",
            province_code=province_code or PROVINCE,
            vintage=Vintage.NEW,
            matched=("Phường Sài Gòn",),
            score=1.0,
            reason="new_name",
            point=point or DOOR,
            error_m=900,
            point_source=PointSource.COMMUNE,
        )
        return Resolution(text=text, candidates=(decided,), decided=decided, reason="new_name")


_ONE_COMMUNE = OneCommune()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The database and who works there."""

    database: Database
    courier: Courier
    agency: Agency

    @property
    def phone(self) -> Scope:
        """What the courier's phone may do."""
        office = frozenset({self.courier.office_id})
        return Scope(province_code=PROVINCE, actor="user:bench", office_ids=office, courier_id=self.courier.id)

    def rows(self, count: int, *, first: int = 0) -> list[ResultRow]:
        """Good rows with dossier codes from a number on."""
        now = utc_now()
        return [
            ResultRow(
                dossier_code=f"H29.16-{now:%y%m%d}-{n:06d}",
                procedure="Cấp giấy chứng nhận quyền sử dụng đất",
                addressee=Person(name="Nguyễn Thị Bích Ngọc", phone="0912345678"),
                address=f"Số {n} Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh",
                due_on=local_date(now) + timedelta(days=5),
                ready_at=now - timedelta(hours=3),
            )
            for n in range(first, first + count)
        ]

    def accept(self, rows: list[ResultRow], now: datetime, resolver: Resolver = _ONE_COMMUNE) -> list[UUID]:
        """Hand in, 1,000 at a time; ids of the items."""
        keys: list[UUID] = []
        for start in range(0, len(rows), 1000):
            with self.database.transaction() as session:
                answers = service.accept_results(
                    session,
                    scope=SYSTEM,
                    agency_id=self.agency.id,
                    rows=rows[start : start + 1000],
                    resolver=resolver,
                    now=now,
                )
            keys += [answer.item_id for answer in answers if answer.item_id]
        return keys

    def out(self, count: int) -> list[UUID]:
        """Items in the courier's hands."""
        now = utc_now() - timedelta(hours=2)
        keys = self.accept(self.rows(count), now)
        with self.database.transaction() as session:
            assignments = dict.fromkeys(keys, self.courier.id)
            service.mark_planned(
                session, scope=SYSTEM, assignments=assignments, plan_id=new_id(), on=local_date(now), now=now
            )
            service.take_out(session, scope=self.phone, courier_id=self.courier.id, item_ids=keys, now=now)
        return keys


@contextmanager
def ground(pool_size: int = 8) -> Iterator[Ground]:
    """On the server given by BUUTA_TEST_DATABASE_URL or on a private one; gone afterwards."""
    with _server() as admin_url:
        name = f"bench_{uuid4().hex[:12]}"
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"'.encode())
        info = psycopg.conninfo.conninfo_to_dict(admin_url)
        query = "&".join(f"{k}={v}" for k, v in info.items() if k != "dbname")
        database = Database(f"postgresql:///{name}?{query}", pool_size=pool_size)
        try:
            yield _settle(database)
        finally:
            database.close()
            with psycopg.connect(admin_url, autocommit=True) as admin:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def durable_ground(pool_size: int = 8) -> Iterator[tuple[Ground, Path]]:
    """On a private server with the product's own settings, so a commit is on disk, and as `buuta migrate` makes it;
    with a folder for files."""
    with tempfile.TemporaryDirectory(prefix="buuta-bench-") as folder:
        Path(folder).chmod(0o755)
        with embedded_postgis(Path(folder)) as url:
            database = Database(url, pool_size=pool_size)
            try:
                migrate(database)
                with database.transaction() as session:
                    load_communes(session)
                yield _people(database), Path(folder)
            finally:
                database.close()


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


def _settle(database: Database) -> Ground:
    with database.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(SchemaManager(PsycopgConnector()).get_schema().replace("%", "%%"))
        ensure_partitions(session, utc_now())
    return _people(database)


def _people(database: Database) -> Ground:
    office = Office(id=new_id(), code="700000", name="Bưu cục Sài Gòn", point=DOOR, commune_codes=(COMMUNE,))
    courier = Courier(id=new_id(), office_id=office.id, name="Trần Văn An")
    agency = Agency(id=new_id(), code="H29.16", name="Sở Nông nghiệp và Môi trường")
    with database.transaction() as session:
        service.save_office(session, scope=SYSTEM, office=office)
        service.save_courier(session, scope=SYSTEM, courier=courier)
        service.save_agency(session, scope=SYSTEM, agency=agency)
    return Ground(database=database, courier=courier, agency=agency)

"""From settings to what a process holds."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.demo.fast_clock import FastClock
from api.embedded import embedded_postgis
from api.keyring import Keyring
from api.runtime import Runtime, WebOptions
from api.settings import Settings
from core.blobs import BlobStore
from core.clock import Clock, utc_now
from core.db import Database
from geodata.osrm import OsrmServer
from geodata.osrm_programs import find_programs
from geodata.road_dataset import CURRENT, current_dataset, roads_dir
from geodata.road_keeper import RoadKeeper
from geodata.street_index import CurrentStreets
from geodata.travel import RoadTravel, StraightLine, TravelTimes
from tracking.feedback.secrets import SecretBox


def runtime_of(settings: Settings, database_url: str) -> Runtime:
    """What one process needs, over a database that is there already."""
    secret = settings.secret_key()
    return Runtime(
        database=Database(database_url),
        blobs=BlobStore(settings.blob_location),
        secrets=SecretBox([base64.urlsafe_b64encode(derived_key(secret, "webhook secrets"))]),
        identity_key=derived_key(secret, "identity numbers"),
        clock=clock_of(settings),
        streets=CurrentStreets(settings.data_dir),
        options=WebOptions(
            province_code=settings.province_code,
            secure_cookies=settings.secure_cookies,
            trusted_hosts=settings.trusted_hosts,
            data_dir=settings.data_dir,
            allow_private_webhooks=settings.allow_private_webhooks,
            osrm_url=settings.osrm_url,
        ),
    )


def keyring_of(settings: Settings) -> Keyring:
    """The keys of the daily roots."""
    return Keyring(settings.custody_key_file or settings.data_dir / "custody.keys")


def clock_of(settings: Settings) -> Clock:
    """The present; in a demo the demo's own time."""
    return FastClock(settings.demo_clock) if settings.demo_clock else utc_now


def derived_key(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HKDF-SHA256, RFC 5869): what leaks of one says nothing of another."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """Address of the database while the block lasts: the given one, else the embedded cluster."""
    if settings.database_url:
        yield settings.database_url
        return
    with embedded_postgis(settings.data_dir) as url:
        yield url


@contextmanager
def roads_of(settings: Settings, database: Database) -> Iterator[str | None]:
    """Address of an osrm-routed while the block lasts: the given one, else one on the imported roads; None without."""
    if settings.osrm_url or current_dataset(settings.data_dir) is None:
        yield settings.osrm_url
        return
    with kept_roads(settings, database) as server:
        yield server.url


@contextmanager
def kept_roads(
    settings: Settings, database: Database, *, host: str = "127.0.0.1", port: int | None = None
) -> Iterator[OsrmServer]:
    """An osrm-routed on the imported roads, which are kept equal to the closures and learned speeds in the database."""
    programs = find_programs(settings.data_dir)
    server = OsrmServer(
        roads_dir(settings.data_dir) / CURRENT, port, programs=programs, threads=os.cpu_count() or 1, host=host
    )
    with RoadKeeper(database, settings.data_dir, programs=programs, clock=clock_of(settings)), server:
        yield server


@contextmanager
def travel_of(settings: Settings, database: Database) -> Iterator[TravelTimes]:
    """Travel times on roads, or straight lines when there are none (the plan says which)."""
    with roads_of(settings, database) as url:
        if url is None:
            yield StraightLine()
            return
        roads = RoadTravel(url, settings.data_dir / "matrices", StraightLine())
        try:
            yield roads
        finally:
            roads.close()

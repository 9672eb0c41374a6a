"""What one process of the server holds: database, blobs, resolver, names of communes, keys, clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.blobs import BlobStore
from core.clock import Clock, utc_now
from core.db import Database
from geodata.paper_map import PaperMap
from geodata.points import Resolves
from geodata.road_dataset import CURRENT, roads_dir
from geodata.street_index import CurrentStreets
from geodata.units import Units, UnitsWatch
from geodata.units_streets import street_resolver
from tracking.feedback.secrets import SecretBox

_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """How the doors behave. `trusted_hosts` empty: every host name is served (a proxy in front checks it).

    `data_dir` holds the imported roads with their basemap, `osrm_url` is who answers on them, `province_code` whose
    tariff the public page shows.
    """

    secure_cookies: bool = False
    trusted_hosts: tuple[str, ...] = ()
    web_dist: Path = _PROJECT / "web" / "dist"
    data_dir: Path = Path(".buuta")
    allow_private_webhooks: bool = False
    osrm_url: str | None = None
    province_code: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Runtime:
    """Everything an endpoint may need that lives longer than a request. Shared by threads."""

    database: Database
    blobs: BlobStore
    secrets: SecretBox
    identity_key: bytes
    clock: Clock = utc_now
    options: WebOptions = field(default_factory=WebOptions)
    streets: CurrentStreets | None = None
    load_resolver: Callable[[], Resolves] | None = None

    @property
    def units(self) -> Units:
        """Units in force; a reform that any process loaded is seen within a second."""
        return self._watch.units

    @property
    def resolver(self) -> Resolves:
        """The resolver over the units in force and the streets of the roads in force."""
        if self.load_resolver is not None:
            return self.load_resolver()
        units = self.units
        return units.resolver if self.streets is None else street_resolver(units, self.streets)

    @property
    def communes(self) -> Mapping[str, str]:
        """Full name of every commune in force by code."""
        return self.units.names

    @cached_property
    def _watch(self) -> UnitsWatch:
        return UnitsWatch(self.database)

    @cached_property
    def paper_map(self) -> PaperMap:
        """Roads and water under printed routes, from the basemap of the roads in force."""
        return PaperMap(roads_dir(self.options.data_dir) / CURRENT / "basemap.pmtiles")

    def warm(self) -> None:
        """Load now what the first request would wait for."""
        _ = self.resolver, self.communes
        if self.streets is not None:
            self.streets.open()

    def close(self) -> None:
        """Give everything back."""
        self.database.close()

"""What one process of the server holds: database, blobs, resolver, travel times, clock."""

from dataclasses import dataclass, field
from pathlib import Path

from core.blobs import BlobStore
from core.clock import Clock, utc_now
from core.db import Database
from geodata.resolver import AddressResolver
from geodata.travel import TravelTimes

_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """How the doors behave. `trusted_hosts` empty: every host name is served (a proxy in front checks it)."""

    secure_cookies: bool = False
    trusted_hosts: tuple[str, ...] = ()
    web_dist: Path = _PROJECT / "web" / "dist"
    basemap_dir: Path | None = None
    allow_private_webhooks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runtime:
    """Everything an endpoint may need that lives longer than a request. Shared by threads."""

    database: Database
    blobs: BlobStore
    resolver: AddressResolver
    travel: TravelTimes
    clock: Clock = utc_now
    options: WebOptions = field(default_factory=WebOptions)

    def close(self) -> None:
        """Give everything back."""
        self.database.close()

"""Settings of the program: the only place that reads configuration from the environment."""

import os
import secrets
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.setup_errors import BAD_SETTING
from core.errors import CodedError, problem

_SECRET_BYTES = 32


class Settings(BaseSettings):
    """Everything that may differ from one installation to another. Each field is a variable `BUUTA_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="BUUTA_", env_ignore_empty=True, frozen=True, populate_by_name=True, extra="forbid"
    )

    database_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("BUUTA_DATABASE_URL", "DATABASE_URL"),
        description="PostgreSQL with PostGIS to use, `postgresql://…`; empty: the embedded cluster in the data folder. "
        "`DATABASE_URL` is read too.",
    )
    data_dir: Path = Field(
        default=Path(".buuta"), description="Data folder: embedded cluster, files, roads, basemap, secret key."
    )
    host: str = Field(default="127.0.0.1", description="Address the server binds; other than loopback only behind TLS.")
    port: int = Field(default=8340, ge=1, le=65535, description="Port the server binds.")
    public_url: str | None = Field(
        default=None, description="Address people reach it at, `https://…`; empty: made from host and port."
    )
    trusted_hosts: tuple[str, ...] = Field(
        default=(), description='Host names served, as JSON `["buuta.example.vn"]`; empty: every name.'
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="Addresses and networks of the proxies whose `X-Forwarded-For` is believed, as JSON "
        '`["172.30.84.0/24"]`. Without it every caller behind a proxy counts as one for the limits on wrong tries.',
    )
    web_processes: int = Field(default=1, ge=1, le=64, description="Processes that answer HTTP.")
    worker_jobs: int = Field(default=2, ge=1, le=64, description="Jobs a worker runs at the same time.")
    precise_positions_days: int = Field(
        default=1,
        ge=1,
        le=30,
        description="Whole days after a shift for which couriers' positions stay exact; then one a quarter of an hour "
        "is kept, rounded to about 100 m.",
    )
    secret_key_file: Path | None = Field(
        default=None,
        description="File of the key for keyed hashes and webhook secrets, the same on every machine; empty: "
        "`secret.key` in the data folder, made once.",
    )
    custody_key_file: Path | None = Field(
        default=None,
        description="File of the keys that sign daily roots, readable by its owner alone; empty: `custody.keys` in the "
        "data folder, made once.",
    )
    blobs: str | None = Field(
        default=None,
        description="Where photos, signatures and sheets lie: a folder or `s3://bucket/prefix`; empty: `blobs` in the "
        "data folder.",
    )
    osrm_url: str | None = Field(
        default=None, description="An osrm-routed that runs already; empty: one is started on the imported roads."
    )
    province_code: str = Field(
        default="79", pattern=r"^\d{2}$", description="Code of the province that a new installation serves."
    )
    allow_private_webhooks: bool = Field(
        default=False, description="Whether status may be sent to private addresses (the dossier system's own network)."
    )
    demo_clock: Path | None = Field(
        default=None, description="File of the demo's clock; set by `buuta demo` for the processes it starts."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="Form of the log lines: `text` or `json`.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")

    @field_validator("database_url", "public_url", "osrm_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and "://" not in value:
            raise ValueError("an address starts with a scheme such as https://")
        return value.rstrip("/") if value else value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ip_network(one)
        return value

    @field_validator("demo_clock")
    @classmethod
    def _demo_stays_at_home(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("public_url") is not None:
            raise ValueError("the demo's clock is not for an installation with BUUTA_PUBLIC_URL")
        return value

    @model_validator(mode="after")
    def _remote_needs_its_name(self) -> Self:
        if self.host not in {"127.0.0.1", "::1", "localhost"} and self.public_url is None:
            raise ValueError("BUUTA_PUBLIC_URL must be given when the server binds more than loopback")
        return self

    @property
    def base_url(self) -> str:
        """Address people reach it at, without a slash at the end."""
        return self.public_url or f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are sent over TLS only."""
        return self.base_url.startswith("https://")

    @property
    def blob_location(self) -> str:
        """Folder or address of the object storage."""
        return self.blobs or str(self.data_dir / "blobs")

    def secret_key(self) -> bytes:
        """The key of this installation (32 bytes), made at first use, readable by its owner alone."""
        place = self.secret_key_file or self.data_dir / "secret.key"
        if not place.exists():
            _make_secret(place)
        return bytes.fromhex(place.read_text().strip())


def _make_secret(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(_SECRET_BYTES))
    # A link fails when the name is taken: of two processes that start together both use the first one's key.
    with suppress(FileExistsError):
        os.link(draft, place)
    draft.unlink()


def load_settings() -> Settings:
    """Settings from the environment. Raises A9006 with one problem for each variable that is wrong."""
    try:
        return Settings()
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_context=False)
    raise CodedError(problem(BAD_SETTING, name=_variable(e["loc"]), reason=e["msg"]) for e in found)


def _variable(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "BUUTA_*"
    return name if name.isupper() else f"BUUTA_{name.upper()}"

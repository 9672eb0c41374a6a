"""What commands stand on: settings, the database, the caller's scope."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.runtime import Runtime
from api.settings import Settings, load_settings
from api.wiring import database_of, runtime_of
from core.scope import Scope


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Runtime]:
    """The runtime over the given database or the embedded one, while the block lasts."""
    chosen = settings or load_settings()
    with database_of(chosen) as url:
        runtime = runtime_of(chosen, url)
        try:
            yield runtime
        finally:
            runtime.close()


def operator_scope(settings: Settings) -> Scope:
    """Who sits at the machine's own keyboard sees the whole province; the chain names them so."""
    return Scope(province_code=settings.province_code, actor="command")

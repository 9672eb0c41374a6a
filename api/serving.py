"""One web process: built from settings in the environment, as uvicorn starts it (`api.serving:build`)."""

from fastapi import FastAPI

from api.app import create_app
from api.log import configure_logging
from api.settings import load_settings
from api.wiring import runtime_of


def build() -> FastAPI:
    """The application of this process. The address of the database stands in the environment by now."""
    settings = load_settings()
    configure_logging(settings)
    if settings.database_url is None:
        raise RuntimeError("a web process is started by `buuta serve`, which gives it the database")
    return create_app(runtime_of(settings, settings.database_url))

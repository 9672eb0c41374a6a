"""The web application: routes, problems, headers, the live stream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import Lifespan

from api import static
from api.live import LiveHub
from api.middleware.access_log import AccessLog
from api.middleware.body_limit import BodyLimit
from api.middleware.headers import SecurityHeaders
from api.middleware.host_guard import HostGuard
from api.openapi import operation_id, put_schema
from api.pages import consent, door, health, osmand, roots, say, tariff_page, track, webhook_keys
from api.problems import install_problems
from api.proof_desks import ProofDesks
from api.routes import (
    clock,
    closures,
    complaints,
    courier,
    custody,
    doors,
    dossiers,
    edits,
    evidence,
    feedback,
    holding,
    invitations,
    items,
    loans,
    money,
    network,
    notifications,
    opencps,
    places,
    planning,
    plans,
    positions,
    proofs,
    proposals,
    questions,
    reconcile,
    reports,
    results,
    rules,
    session,
    solve,
    sources,
    stream,
    tariff,
    uploads,
)
from api.runtime import Runtime
from api.solve_pool import SolvePool
from core.memory import settle

V1 = (
    # First, because routes are tried in order and this is the busiest hour's traffic.
    uploads,
    clock,
    session,
    results,
    rules,
    items,
    holding,
    invitations,
    custody,
    doors,
    dossiers,
    proposals,
    network,
    loans,
    edits,
    evidence,
    plans,
    questions,
    reconcile,
    planning,
    courier,
    positions,
    proofs,
    feedback,
    notifications,
    sources,
    opencps,
    money,
    tariff,
    complaints,
    reports,
    places,
    closures,
    solve,
    stream,
)


def create_app(runtime: Runtime) -> FastAPI:
    """The application over a runtime. The runtime is the caller's to close."""
    hub = LiveHub(runtime.database.url)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(runtime.warm)
        settle()  # lists of units and streets are read now
        try:
            async with hub.running():
                yield
        finally:
            app.state.solving.close()
            app.state.asking.close()
            await run_in_threadpool(app.state.desks.close)

    app = _bare(life)
    app.state.runtime, app.state.hub = runtime, hub
    app.state.solving = SolvePool(osrm_url=runtime.options.osrm_url, data_dir=runtime.options.data_dir)
    # Of their own: what dossier systems have solved must not keep dispatchers waiting.
    app.state.asking = SolvePool(osrm_url=None, data_dir=runtime.options.data_dir, processes=1, waiting=4)
    app.state.desks = ProofDesks(runtime)
    app.state.gate = CapacityLimiter(runtime.database.connections)
    _install_middleware(app, runtime)
    return app


def describe() -> dict[str, Any]:
    """The OpenAPI document; no database is needed for it."""
    return _bare(None).openapi()


def _bare(life: Lifespan[FastAPI] | None) -> FastAPI:
    app = FastAPI(
        title="Bưu Tá",
        version="1",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        generate_unique_id_function=operation_id,
    )
    install_problems(app)
    _install_routes(app)
    put_schema(app, [module.router for module in V1])
    return app


def _install_routes(app: FastAPI) -> None:
    for module in V1:
        # Each by itself: a router inside a router is matched twice for every request.
        app.include_router(module.router, prefix="/v1")
    app.include_router(health.router)
    app.include_router(osmand.router)
    app.include_router(consent.router)
    app.include_router(door.router)
    app.include_router(say.router)
    app.include_router(tariff_page.router)
    app.include_router(track.router)
    app.include_router(roots.router)
    app.include_router(webhook_keys.router)
    # Last: it holds the route for every other path.
    app.include_router(static.router)


def _install_middleware(app: FastAPI, runtime: Runtime) -> None:
    """The last one added sees a request first."""
    app.add_middleware(BodyLimit)
    if runtime.options.trusted_hosts:
        app.add_middleware(HostGuard, hosts=runtime.options.trusted_hosts)
    app.add_middleware(SecurityHeaders, https=runtime.options.secure_cookies)
    app.add_middleware(AccessLog)

"""The peer of `bench.proofs`: a bare FastAPI application that inserts the same row and the same bytes with psycopg.

As well as we can write one: asynchronous, a pool that is never waited for, prepared statements, one commit for each
request, the JSON kept as it came, the bytes in the database, so that its log makes both durable. It knows nobody,
checks nothing and links nothing.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import FastAPI, Request, Response
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

DATABASE_VARIABLE = "BUUTA_BENCH_PEER_DATABASE"
TABLES = (
    "CREATE TABLE bare_proofs (id uuid PRIMARY KEY, content jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    "CREATE TABLE bare_files (proof_id uuid, sha256 text, content bytea NOT NULL, PRIMARY KEY (proof_id, sha256))",
)
_CONNECTIONS = 32


def build() -> FastAPI:
    """The application, as uvicorn starts it."""
    pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool(
        os.environ[DATABASE_VARIABLE],
        min_size=_CONNECTIONS,
        max_size=_CONNECTIONS,
        open=False,
        kwargs={"autocommit": True, "prepare_threshold": 0},
    )

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            await pool.wait()
            yield

    app = FastAPI(lifespan=life)

    @app.get("/healthz")
    async def healthy() -> Response:
        return Response()

    @app.put("/v1/proofs/{proof_id}")
    async def put_proof(proof_id: UUID, request: Request) -> dict[str, str]:
        content = await request.body()
        async with pool.connection() as connection:
            await connection.execute(
                "INSERT INTO bare_proofs (id, content) VALUES (%s, %s::jsonb)", (proof_id, content.decode())
            )
        return {"proof_id": str(proof_id)}

    @app.put("/v1/proofs/{proof_id}/files/{sha256}")
    async def put_file(proof_id: UUID, sha256: str, request: Request) -> dict[str, str]:
        content = await request.body()
        async with pool.connection() as connection:
            await connection.execute(
                "INSERT INTO bare_files (proof_id, sha256, content) VALUES (%s, %s, %s)",
                (proof_id, sha256, content),
                binary=True,
            )
        return {"sha256": sha256}

    return app

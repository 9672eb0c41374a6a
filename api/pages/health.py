"""Whether this process can serve."""

from fastapi import APIRouter
from sqlalchemy.exc import OperationalError

from api.deps import RuntimeDep
from api.errors import NOT_READY
from api.schemas.types import Output
from api.store_health import ping
from core.errors import fail

router = APIRouter(include_in_schema=False)


class Health(Output):
    ok: bool


@router.get("/healthz")
def get_health(runtime: RuntimeDep) -> Health:
    """Answers when the database does."""
    try:
        with runtime.database.reading() as session:
            ping(session)
    except OperationalError as down:
        raise fail(NOT_READY, reason="database") from down
    return Health(ok=True)

"""`POST /v1/solve`: VROOM's JSON in, VROOM's JSON out."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from starlette.types import Receive, Scope, Send

from api.deps import raw_body
from api.problems import incident
from api.routes.asking import Solver
from api.schemas.vroom import REQUEST_BODY, VroomAnswer, VroomError
from api.solve_pipe import BROKE_DOWN, Task, vroom_error
from api.solve_pool import Solved, SolvePool, SolverGone
from api.solving import solved
from core.errors import CodedError

router = APIRouter(tags=["solve"])
_INTERNAL_ERROR = 1
_COME_BACK_S = "5"
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": VroomError, "description": text}
    for status, text in (
        (400, "The request is wrong or asks for something that is not supported"),
        (429, "Too many requests are waiting"),
        (500, "The solver broke down"),
    )
}


class _Answer(Response):
    """Solves when it is sent: by then the caller's database connection is free, and the caller can be seen to leave."""

    media_type = "application/json"

    def __init__(self, pool: SolvePool, body: bytes) -> None:
        super().__init__()
        self._pool, self._asked = pool, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            found = _told(await solved(self._pool, Task.SOLVE, self._asked, receive))
        except CodedError as refused:
            found = Solved(status=refused.status, body=vroom_error(_INTERNAL_ERROR, refused.problems))
        except SolverGone:
            found = _incident("SolverGone", "api.solve_pool")
        if found is not None:
            headers = {"Retry-After": _COME_BACK_S} if found.status == 429 else None
            await Response(found.body, found.status, headers, self.media_type)(scope, receive, send)


@router.post("/optimization", response_class=Response, include_in_schema=False)
@router.post(
    "/solve", response_class=Response, openapi_extra=REQUEST_BODY, responses={200: {"model": VroomAnswer}, **_REFUSED}
)
def post_solve(_: Solver, body: Annotated[bytes, Depends(raw_body)], request: Request) -> Response:
    """Solve a routing problem given in VROOM's JSON (fields and meanings: docs/vroom.md)."""
    return _Answer(request.app.state.solving, body)


def _told(found: Solved | None) -> Solved | None:
    if found is not None and found.status == BROKE_DOWN:
        said = orjson.loads(found.body)
        return _incident(said["error"], said["at"])
    return found


def _incident(name: str, place: object) -> Solved:
    return Solved(status=500, body=vroom_error(_INTERNAL_ERROR, [incident(name, place, "/v1/solve")]))

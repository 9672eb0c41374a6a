"""Where the free Traccar Client sends positions (OsmAnd protocol). Nothing of a message is logged: the key is in it."""

from typing import Annotated
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Depends, Request, Response

from api.deps import DbSession, Now, raw_body
from tracking import service
from tracking.osmand import Message, read_json, read_parameters

router = APIRouter(include_in_schema=False)


@router.get("/osmand")
@router.post("/osmand")
def take_position(
    request: Request, session: DbSession, now: Now, data: Annotated[bytes, Depends(raw_body)]
) -> Response:
    """Take one fix. What a filter refuses is counted and still answered 200: else the phone would send it for ever."""
    message = _as_json(data) or read_parameters(_parameters(request, data), now=now)
    device, _ = service.record_from_device(session, key=message.key, fix=message.fix, now=now)
    request.state.actor = f"device:{device.id}"
    return Response()


def _as_json(data: bytes) -> Message | None:
    if not data.lstrip().startswith(b"{"):
        return None
    try:
        return read_json(orjson.loads(data))
    except orjson.JSONDecodeError:
        return None


def _parameters(request: Request, data: bytes) -> dict[str, str]:
    """Of the query, else of a form."""
    return dict(request.query_params) or dict(parse_qsl(data.decode(errors="replace"), max_num_fields=50))

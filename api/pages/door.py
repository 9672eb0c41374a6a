"""The citizen says where the door is: a plain form under the journey, after the check of the phone's digits."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session

from api.deps import Now, RuntimeDep
from api.pages.forms import answer_form
from api.pages.page import HERE, Lang, places_of
from api.pages.typed import Typed
from api.runtime import Runtime
from core.scope import Scope
from geodata.doors import accuracy_of
from geodata.model import LonLat
from routing import repin
from tracking.proposal_values import Saying
from tracking.public_values import PublicView

router = APIRouter(include_in_schema=False)
# A phone that knows less than its commune knows nothing.
_MOST_ACCURACY_M = 5_000.0


@router.get("/t/door.js")
def get_script() -> Response:
    """What adds the phone's own place to the form."""
    return FileResponse(HERE / "door.js", headers={"Cache-Control": "public, max-age=3600"})


@router.post("/t/door")
def post_door(
    request: Request,
    runtime: RuntimeDep,
    now: Now,
    code: Annotated[str, Form(max_length=40)] = "",
    token: Annotated[str, Form(max_length=200)] = "",
    words: Annotated[str, Form(max_length=2_000)] = "",
    place: Annotated[str, Form(max_length=200)] = "",
    lon: Annotated[str, Form(max_length=20)] = "",
    lat: Annotated[str, Form(max_length=20)] = "",
    accuracy: Annotated[str, Form(max_length=20)] = "",
    lang: Lang = None,
) -> Response:
    """Keep what the citizen says of the door."""
    typed = Typed(words=words.strip(), place=place)

    def keep(session: Session, scope: Scope, view: PublicView) -> None:
        saying = _saying(runtime, view, typed, _point(lon, lat, accuracy))
        repin.propose_door(session, scope=scope, item_id=view.item_id, saying=saying, now=now)

    return answer_form(request, runtime, now, "door", code, token, lang, typed, keep)


def _saying(runtime: Runtime, view: PublicView, typed: Typed, shared: tuple[LonLat, float] | None) -> Saying:
    """The phone's own place goes before the hamlet's middle; a name that is not in the list is none."""
    chosen = next((one for one in places_of(runtime, view) if one.name == typed.place), None)
    name = chosen.name if chosen is not None else ""
    if shared is not None:
        point, accuracy_m = shared
        return Saying(words=typed.words, place=name, point=point, accuracy_m=accuracy_m)
    if chosen is not None:
        return Saying(words=typed.words, place=name, point=chosen.point, accuracy_m=accuracy_of(chosen.error_m))
    return Saying(words=typed.words)


def _point(lon: str, lat: str, accuracy: str) -> tuple[LonLat, float] | None:
    """What the script filled in; what is no place counts as none."""
    try:
        point, accuracy_m = LonLat(lon=float(lon), lat=float(lat)), float(accuracy)
    except ValueError:
        return None
    inside = -180 <= point.lon <= 180 and -90 <= point.lat <= 90 and 0 < accuracy_m <= _MOST_ACCURACY_M
    return (point, accuracy_m) if inside else None

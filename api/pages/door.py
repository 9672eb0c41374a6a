"""The citizen says where the door is: a plain form under the journey, after the check of the phone's digits."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse

from api.auth import count_failure, guard_attempts
from api.deps import Now, RuntimeDep
from api.errors import PAGE_EXPIRED
from api.pages.door_token import is_good
from api.pages.page import HERE, Lang, Told, language_of_page, notices_of, page, places_of, shown_page
from api.runtime import Runtime
from core.errors import CodedError, fail
from core.ids import parse_tracking_code
from core.scope import Scope
from geodata.doors import accuracy_of
from geodata.model import LonLat
from routing import repin
from tracking import service
from tracking.model import PublicView
from tracking.proposal_values import Saying
from tracking.proposals import CITIZEN

router = APIRouter(include_in_schema=False)
# Each counts, the refused and the taken: a place is told once or twice.
_PER_CODE = 5
_PER_ADDRESS = 20
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
    """Keep what the citizen says; the journey stays on the screen, with thanks or with what is wrong."""
    language = language_of_page(request, lang)
    known = parse_tracking_code(code) or ""
    address = request.client.host if request.client else ""
    subjects = {f"from:{address}": _PER_ADDRESS, f"code:{known}": _PER_CODE}
    told = Told(words=words.strip(), place=place)
    try:
        if not is_good(runtime.identity_key, known, token, now):
            raise fail(PAGE_EXPIRED)
        guard_attempts(runtime.database, kind="door", subjects=subjects, now=now)
        count_failure(runtime.database, kind="door", subjects=tuple(subjects), now=now)
        shared = _point(lon, lat, accuracy)
        return _keep(runtime, known, told, shared, language, now)
    except CodedError as refused:
        notices = notices_of(refused.problems, language)
        if refused.code == PAGE_EXPIRED.code:
            return page(language, code=known, notices=notices, status=refused.status)
        with runtime.database.reading() as session:
            view = service.shown_view(session, known)
            return shown_page(session, runtime, view, language, now, told=told, notices=notices, status=refused.status)


def _keep(
    runtime: Runtime, code: str, told: Told, shared: tuple[LonLat, float] | None, language: str, now: datetime
) -> Response:
    with runtime.database.transaction() as session:
        view = service.shown_view(session, code)
        scope = Scope(province_code=view.province_code, actor=CITIZEN)
        saying = _saying(runtime, view, told, shared)
        repin.propose_door(session, scope=scope, item_id=view.item_id, saying=saying, now=now)
        after = service.shown_view(session, code)
        return shown_page(session, runtime, after, language, now, told=Told(thanks=True))


def _saying(runtime: Runtime, view: PublicView, told: Told, shared: tuple[LonLat, float] | None) -> Saying:
    """The phone's own place goes before the hamlet's middle; a name that is not in the list is none."""
    chosen = next((one for one in places_of(runtime, view) if one.name == told.place), None)
    name = chosen.name if chosen is not None else ""
    if shared is not None:
        point, accuracy_m = shared
        return Saying(words=told.words, place=name, point=point, accuracy_m=accuracy_m)
    if chosen is not None:
        return Saying(words=told.words, place=name, point=chosen.point, accuracy_m=accuracy_of(chosen.error_m))
    return Saying(words=told.words)


def _point(lon: str, lat: str, accuracy: str) -> tuple[LonLat, float] | None:
    """What the script filled in; what is no place counts as none."""
    try:
        point, accuracy_m = LonLat(lon=float(lon), lat=float(lat)), float(accuracy)
    except ValueError:
        return None
    inside = -180 <= point.lon <= 180 and -90 <= point.lat <= 90 and 0 < accuracy_m <= _MOST_ACCURACY_M
    return (point, accuracy_m) if inside else None

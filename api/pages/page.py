"""How the citizen's page is made: its form, a journey with the form about the door, coded notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from api.auth import RETRY_AFTER_S
from api.errors import TOO_MANY
from api.pages.door_token import make_token
from api.pages.journey import Journey, journey
from api.pages.texts import PAGE
from api.pages.texts_door import DOOR
from api.pages.texts_voice import VOICE
from api.pages.typed import Typed
from api.pages.voice import Voice, voice_of
from api.problems import language_of
from api.runtime import Runtime
from core.errors import Problem
from core.scope import system_scope
from geodata.gazetteer import Place
from routing.expected import expected_window
from tracking import service
from tracking.lifecycle import CLOSED
from tracking.proposals import LONGEST_WORDS
from tracking.public_values import PublicView
from tracking.rule_values import Otp

HERE = Path(__file__).parent
PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Lang = Annotated[str | None, Query(max_length=5)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A coded refusal in the page's language."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The form about the door."""

    token: str
    places: tuple[str, ...]
    words: str
    place: str
    thanks: bool
    longest: int = LONGEST_WORDS


def page(
    language: str,
    *,
    code: str = "",
    notices: Sequence[Notice] = (),
    status: int = 200,
    shown: Journey | None = None,
    door: Door | None = None,
    voice: Voice | None = None,
) -> Response:
    """The page as HTML; too many tries say when to come back."""
    text = PAGES.get_template("track.html").render(
        language=language,
        other_language="vi" if language == "en" else "en",
        words=PAGE[language],
        door_words=DOOR[language],
        code=code,
        notices=notices,
        journey=shown,
        door=door,
        voice=voice,
        voice_words=VOICE[language],
    )
    headers = {"Content-Language": language}
    if any(one.code == TOO_MANY.code for one in notices):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return HTMLResponse(text, status, headers=headers)


def shown_page(
    session: Session,
    runtime: Runtime,
    view: PublicView,
    language: str,
    now: datetime,
    *,
    typed: Typed | None = None,
    notices: Sequence[Notice] = (),
    status: int = 200,
) -> Response:
    """The journey; until the paper has arrived the form about the door, then that for a rating; complaints always."""
    typed = typed or Typed()
    token = make_token(runtime.identity_key, view.tracking_code, now)
    sealed = service.inclusion_of(session, view.province_code, view.item_id)
    expected, otp = expected_window(session, view, now), _otp(session, runtime, view)
    shown = journey(view, language=language, expected=expected, sealed=sealed, otp=otp)
    door = Door(
        token=token,
        places=tuple(place.name for place in places_of(runtime, view)),
        words=typed.words,
        place=typed.place,
        thanks=typed.thanks == "door",
    )
    open_door = None if view.status in CLOSED else door
    voice = voice_of(session, view, typed, token, language, now)
    return page(language, notices=notices, status=status, shown=shown, door=open_door, voice=voice)


def _otp(session: Session, runtime: Runtime, view: PublicView) -> str | None:
    """The code that the citizen tells the courier, where the procedure has one."""
    scope = system_scope(view.province_code)
    item = service.find_item(session, scope=scope, item_id=view.item_id)
    rule = service.rules_of_items(session, scope=scope, items=[item])[item.id]
    return service.otp_of(runtime.identity_key, item.id) if rule.otp is not Otp.NONE else None


def places_of(runtime: Runtime, view: PublicView) -> list[Place]:
    """Hamlets and landmarks of the item's commune that bear a name of their own there, by name."""
    by_key = runtime.units.gazetteer.places.get(view.commune_code or "", {})
    return sorted((same[0] for same in by_key.values() if len(same) == 1), key=lambda place: place.name)


def notices_of(problems: Sequence[Problem], language: str) -> tuple[Notice, ...]:
    """Problems of the domain as the page tells them."""
    return tuple(Notice(code=one.code, text=one.text(language)) for one in problems)


def language_of_page(request: Request, chosen: str | None) -> str:
    """The chosen language, else the browser's."""
    return chosen if chosen is not None and chosen in PAGE else language_of(request.headers)

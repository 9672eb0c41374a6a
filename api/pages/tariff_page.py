"""The public tariff: a page that is read on a phone and printed on A4 for the wall."""

from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from api.deps import Now, RuntimeDep
from api.pages.journey import day_text
from api.pages.page import HERE, PAGES, Lang, language_of_page
from api.pages.texts_tariff import TARIFF, ZONE
from core.clock import local_date
from core.text import grouped
from tracking import tariffs
from tracking.tariff import Zone

router = APIRouter(include_in_schema=False)


@router.get("/tariff/page.css")
def get_css() -> Response:
    """The page's own style."""
    return FileResponse(HERE / "tariff.css", headers={"Cache-Control": "public, max-age=3600"})


@router.get("/tariff")
def get_tariff(request: Request, runtime: RuntimeDep, now: Now, lang: Lang = None) -> Response:
    """What sending costs today."""
    language = language_of_page(request, lang)
    with runtime.database.reading() as session:
        found = tariffs.tariff_on(session, runtime.options.province_code, local_date(now))
    text = PAGES.get_template("tariff.html").render(
        language=language,
        other_language="vi" if language == "en" else "en",
        words=TARIFF[language],
        tariff=found,
        from_g=[0, *(tier.up_to_g for tier in found.tiers)],
        zones=[(zone, ZONE[language][zone]) for zone in Zone],
        valid_from=day_text(found.valid_from),
        money=partial(grouped, language=language),
    )
    return HTMLResponse(text, headers={"Content-Language": language})

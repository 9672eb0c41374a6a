"""What sending costs."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import DbSession, Now
from api.presenters.money import tariff_out
from api.routes.asking import Anyone
from api.schemas.money import QuoteOut, TariffOut
from api.schemas.types import LocalDate
from core.clock import local_date
from tracking import tariffs

router = APIRouter(tags=["money"])
Commune = Annotated[str, Query(max_length=10, pattern="^[0-9]+$")]


@router.get("/tariff")
def get_tariff(session: DbSession, caller: Anyone, now: Now, on: LocalDate | None = None) -> TariffOut:
    """The tariff of a day, today by default."""
    return tariff_out(tariffs.tariff_on(session, caller.scope.province_code, on or local_date(now)))


@router.get("/tariff/quote")
def get_quote(
    session: DbSession,
    caller: Anyone,
    now: Now,
    origin: Annotated[Commune, Query(alias="from")],
    destination: Annotated[Commune, Query(alias="to")],
    weight_g: int,
    reduction: Annotated[str | None, Query(max_length=60, pattern="^[a-z0-9_-]+$")] = None,
    on: LocalDate | None = None,
) -> QuoteOut:
    """The postage of an item from commune to commune, by its weight and who pays less."""
    found = tariffs.quote_for(
        session,
        province_code=caller.scope.province_code,
        origin=origin,
        destination=destination,
        weight_g=weight_g,
        reduction=reduction,
        day=on or local_date(now),
    )
    return QuoteOut.model_validate(found)

"""The tariff of a province on a day: imported tables over the shipped one, and quotes from it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from core.clock import aware
from core.scope import Scope
from tracking import store_tariffs
from tracking.tariff import Quote, Tariff, parse_tariff, quote, shipped_tariff
from tracking.zoning import by_former_district


def import_tariff(session: Session, *, scope: Scope, content: str, now: datetime) -> Tariff:
    """Take a table in for the day it names; earlier ones stay for earlier days.

    Raises:
        CodedError: T7101, one problem for each place that is wrong.
    """
    tariff = parse_tariff(content)
    store_tariffs.add_tariff(
        session,
        scope.province_code,
        valid_from=tariff.valid_from,
        content=content,
        at=aware(now),
        by=scope.actor,
    )
    return tariff


def tariff_on(session: Session, province_code: str, day: date) -> Tariff:
    """The table of a day; the caps of the circular where none was imported for it."""
    content = store_tariffs.tariff_on(session, province_code, day)
    return parse_tariff(content) if content is not None else shipped_tariff()


def quote_for(
    session: Session,
    *,
    province_code: str,
    origin: str,
    destination: str,
    weight_g: int,
    reduction: str | None,
    day: date,
) -> Quote:
    """The postage of an item from commune to commune on a day.

    Raises:
        CodedError: T2004 for communes that do not exist, T7102, T7103.
    """
    tariff = tariff_on(session, province_code, day)
    zone = by_former_district(tariff)(origin, destination)
    return quote(tariff, zone=zone, weight_g=weight_g, reduction=reduction)

"""The tariff of a province on a day: imported tables over the shipped one, and quotes from it."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.clock import aware, local_date
from core.scope import Scope
from tracking import store_events, store_tariffs
from tracking.model import EventKind, Item
from tracking.postage import Rates, decided_late
from tracking.store_offices import Coverage
from tracking.tariff import Quote, Tariff, parse_tariff, quote, shipped_tariff
from tracking.zoning import by_former_district

_HAND_IN = (EventKind.RESULT_ACCEPTED, EventKind.RESULT_UPDATED, EventKind.ADDRESS_RESOLVED)


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
    return _parsed(content) if content is not None else shipped_tariff()


def rates_on(
    session: Session, province_code: str, days: Iterable[date], *, coverage: Coverage, office_id: UUID | None
) -> dict[date, Rates | None]:
    """What the intake asks: each day's table with the communes the papers start from; None where the province has
    imported none, for then nobody has said that the post charges by one.
    """
    origins = [code for code, office in coverage.by_commune.items() if office == office_id]
    contents = {day: store_tariffs.tariff_on(session, province_code, day) for day in set(days)}
    return {
        day: None
        if content is None
        else Rates(tariff=_parsed(content), province_code=province_code, office_id=office_id, origins=origins)
        for day, content in contents.items()
    }


def postage_decided_late(
    session: Session, item: Item, commune_code: str, coverage: Coverage
) -> tuple[int, dict[str, Any]] | None:
    """The postage of an item whose address a person has now decided, and how it came about; None where the hand-in has
    decided it. The tariff is that of the day of the hand-in.
    """
    events = store_events.events_of(session, item.province_code, item.id)
    told = next((event for event in reversed(events) if event.kind in _HAND_IN and "postage" in event.data), None)
    if told is None or told.data["postage"]["by"] != "open":
        return None
    office = told.data["postage"]["from_office"]
    office_id, day = UUID(office) if office else None, local_date(item.created_at)
    rates = rates_on(session, item.province_code, [day], coverage=coverage, office_id=office_id)[day]
    if rates is None:
        return None
    return decided_late(told.data["postage"], weight_g=item.weight_g, commune_code=commune_code, rates=rates)


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


# The same few tables all day long; a batch must not wait for TOML.
_parsed = lru_cache(maxsize=64)(parse_tariff)

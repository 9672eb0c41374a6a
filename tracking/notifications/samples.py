"""Every short text with made-up values: what it says and, by `segments`, what it costs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tracking.model import GENESIS_HASH, Item, Person, Status
from tracking.notifications.values import Facts, Kind, Language, Place, Told, Words
from tracking.notifications.words import words_of

_AT = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
_NOBODY = UUID(int=0)
_LANGUAGES: tuple[Language, ...] = ("vi", "en")
_STATUS = {
    Kind.READY: Status.READY,
    Kind.COMING: Status.OUT,
    Kind.FAILED: Status.HELD,
    Kind.DELIVERED: Status.DELIVERED,
    Kind.CORRECTED: Status.HELD,
    Kind.COLLECTED: Status.COLLECTED,
    Kind.INVITED: Status.HELD,
}


def samples() -> Iterator[tuple[Kind, Language, bool, str]]:
    """Kind, language, with marks or without, and the text."""
    for kind in Kind:
        for language in _LANGUAGES:
            for accents in (True, False) if language == "vi" else (True,):
                yield kind, language, accents, words_of(_facts(kind), language, accents=accents).short


def sample_words(kind: Kind, language: Language, *, accents: bool, track_url: str, stop_url: str) -> Words:
    """A whole message with made-up values and true links."""
    facts = replace(_facts(kind), track_url=track_url, stop_url=stop_url)
    return words_of(facts, language, accents=accents)


def _facts(kind: Kind) -> Facts:
    return Facts(
        kind=kind,
        told=(Told(item=_item(_STATUS[kind]), happened_at=_AT),),
        office=Place(name="Bưu cục Sài Gòn"),
        track_url="https://buuta.example.vn/t/7Q2M4KXP9D0T",
        stop_url="https://buuta.example.vn/n/k3Jx9QmT2aWf",
        window=(_AT, _AT + timedelta(hours=1)),
        stays_until=date(2026, 11, 25) if kind is Kind.INVITED else None,
    )


def _item(status: Status) -> Item:
    return Item(
        province_code="", id=_NOBODY, item_code="", tracking_code="7Q2M-4KXP-9D0T", office_id=_NOBODY,
        agency_id=_NOBODY, dossier_codes=("H29.16-261120-0001",), procedure="", leg="return", status=status, attempts=0,
        addressee=Person(name="Nguyễn Văn A"), address="", commune_code=None, point=None, error_m=None,
        point_source=None, household_key=None, due_on=date(2026, 11, 25), ready_at=_AT, not_before_on=None, weight_g=50,
        papers=1, state_fee_vnd=20_000, postage_vnd=6_000, in_person=False, window=None, plan_id=None, courier_id=None,
        holder_courier_id=None, out_at=None, last_attempt_at=None, last_attempt_id=None, event_seq=0,
        last_hash=GENESIS_HASH, created_at=_AT,
    )  # fmt: skip

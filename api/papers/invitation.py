"""Invitation cards on A4, four to a sheet with lines to cut along, by typst; Vietnamese or English."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from core.text import grouped
from routing.sheets.typeset import qr_svg, typeset
from tracking.invitation_cards import InvitationCard

_TEMPLATE = Path(__file__).parent / "invitation.typ"


def invitations_pdf(cards: Iterable[InvitationCard], *, language: str, made_at: datetime) -> bytes:
    """One PDF with every card; `language` is `vi` or `en`."""
    data = {"language": language, "cards": [_card(card, language) for card in cards]}
    return typeset(_TEMPLATE.read_bytes(), data, made_at=made_at)


def _card(card: InvitationCard, language: str) -> dict[str, Any]:
    return {
        "code": card.item_code,
        "qr": qr_svg(card.item_code),
        "addressee": card.addressee,
        "address": card.address,
        "office": card.office.name,
        "office_address": card.office.address,
        "office_phone": card.office.phone,
        "number": card.number,
        "invited": f"{card.invited_on:%d/%m/%Y}",
        "until": f"{card.until:%d/%m/%Y}",
        "papers": card.papers,
        "cod": grouped(card.cod_vnd, language) if card.cod_vnd else "",
        "in_person": card.in_person,
        "agent": card.authorised_agent,
        "slip_back": card.slip_back,
    }

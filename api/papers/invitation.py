"""Invitation cards on A4, four to a sheet with lines to cut along, by typst; Vietnamese or English."""

import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import segno
import typst

from routing.sheets.render import own_fonts
from tracking.invitation_cards import InvitationCard

_TEMPLATE = Path(__file__).parent / "invitation.typ"


def invitations_pdf(cards: Iterable[InvitationCard], *, language: str, made_at: datetime) -> bytes:
    """One PDF with every card; `language` is `vi` or `en`."""
    data = {"language": language, "cards": [_card(card) for card in cards]}
    compiler = typst.Compiler(
        input=_TEMPLATE.read_bytes(), font_paths=own_fonts(), sys_inputs={"data": orjson.dumps(data).decode()}
    )
    pdf = compiler.compile(format="pdf", timestamp=int(made_at.timestamp()))
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


def _card(card: InvitationCard) -> dict[str, Any]:
    return {
        "code": card.item_code,
        "qr": _qr(card.item_code),
        "addressee": card.addressee,
        "address": card.address,
        "office": card.office.name,
        "office_address": card.office.address,
        "office_phone": card.office.phone,
        "number": card.number,
        "invited": f"{card.invited_on:%d/%m/%Y}",
        "until": f"{card.until:%d/%m/%Y}",
        "papers": card.papers,
        "cod": f"{card.cod_vnd:,}".replace(",", ".") if card.cod_vnd else "",
        "in_person": card.in_person,
        "agent": card.authorised_agent,
        "slip_back": card.slip_back,
    }


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()

"""A paper's journey in words: pure, from the masked public view."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.pages.texts import ACTION, EVENT, PAGE, REASON, SHAPE, STATUS
from core.clock import VIETNAM
from tracking.chain import verify_chain
from tracking.lifecycle import CLOSED
from tracking.model import Event, FailureReason, NextAction
from tracking.public_values import PublicView
from tracking.root_values import Inclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the journey."""

    at: str
    iso: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What the page shows."""

    tracking_code: str
    item_code: str
    dossiers: tuple[str, ...]
    addressee: str
    due_on: str
    office: str
    office_phone: str
    status: str
    status_text: str
    shape: str
    expected: str | None
    next_step: str | None
    steps: tuple[Step, ...]
    whole: bool
    sealed_on: str | None
    otp: str | None


def journey(
    view: PublicView,
    *,
    language: str,
    expected: tuple[datetime, datetime] | None,
    sealed: Inclusion | None = None,
    otp: str | None = None,
) -> Journey:
    """The journey in `vi` or `en`; `expected` is when the courier should be at the door, `sealed` the proof that its
    chain stands under a published root, `otp` what the citizen tells the courier at the door.
    """
    whole = not verify_chain(view.events)
    if sealed is not None:
        whole = whole and sealed.covers([event.hash for event in view.events])
    return Journey(
        tracking_code=view.tracking_code,
        item_code=view.item_code,
        dossiers=view.dossier_codes,
        addressee=view.addressee_masked,
        due_on=day_text(view.due_on),
        office=view.office_name,
        office_phone=view.office_phone,
        status=view.status.value,
        status_text=STATUS[language][view.status],
        shape=SHAPE[view.status],
        expected=_expected(expected, language),
        # Once it has ended, what was to come next is past.
        next_step=None if view.status in CLOSED else _next_step(view.events, language),
        steps=tuple(_step(event, language) for event in view.events),
        whole=whole,
        sealed_on=day_text(sealed.root.day) if sealed is not None and whole else None,
        otp=None if view.status in CLOSED else otp,
    )


def day_text(day: date) -> str:
    """`20/11/2026`."""
    return f"{day:%d/%m/%Y}"


def _expected(window: tuple[datetime, datetime] | None, language: str) -> str | None:
    if window is None:
        return None
    start, end = (instant.astimezone(VIETNAM) for instant in window)
    return PAGE[language]["between"].format(start=f"{start:%H:%M}", end=f"{end:%H:%M}", day=day_text(start.date()))


def _step(event: Event, language: str) -> Step:
    local = event.occurred_at.astimezone(VIETNAM)
    reason = event.data.get("reason")
    text = EVENT[language][event.kind]
    if reason in {one.value for one in FailureReason}:
        text = f"{text}: {REASON[language][FailureReason(reason)]}"
    return Step(at=f"{local:%H:%M %d/%m/%Y}", iso=local.isoformat(timespec="minutes"), text=text)


def _next_step(events: tuple[Event, ...], language: str) -> str | None:
    """What was promised after the last failed attempt, as long as nothing else has happened since."""
    last: Mapping[str, Any] = events[-1].data if events else {}
    action = last.get("action")
    if action not in {one.value for one in NextAction}:
        return None
    text = ACTION[language][NextAction(action)]
    on = last.get("redelivery_on")
    if not on:
        return text
    return f"{text}. {PAGE[language]['redelivery_on'].format(day=day_text(date.fromisoformat(on)))}"

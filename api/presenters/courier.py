"""The courier's day: from stored routes and proofs at the edge, and back."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from api.presenters.items import View
from api.presenters.plans import PlanView
from api.presenters.results import lon_lat
from api.schemas.courier import (
    CourierStop,
    FixesIn,
    LastPosition,
    ProofIn,
    ReasonChoice,
    ReceiptOut,
    RuleOut,
    TodayOut,
)
from core.clock import instant
from geodata.model import LonLat
from routing.stored import CourierRoute, StoredStop
from tracking import model
from tracking.model import ALLOWED_ACTIONS, CollectedPaper, Courier, FileClaim, Fix, Item, Office
from tracking.rule_values import Rule

_REASONS = [
    ReasonChoice(reason=reason.value, actions=sorted(action.value for action in actions))
    for reason, actions in ALLOWED_ACTIONS.items()
]


def today_out(
    *,
    view: View,
    courier: Courier,
    office: Office,
    route: CourierRoute | None,
    items: Mapping[UUID, Item],
    carried: Sequence[Item],
    rules: Mapping[UUID, Rule],
    notes: Mapping[UUID, str],
) -> TodayOut:
    """The day as the phone shows it; without a published plan only what the courier carries."""
    stored = route.route if route else None
    shown = PlanView(view=view, items=items, couriers={courier.id: courier})
    return TodayOut(
        day=view.today,
        plan_id=route.plan_id if route else None,
        version=route.plan_version if route else None,
        courier_id=courier.id,
        courier_name=courier.name,
        office_id=office.id,
        office_name=office.name,
        office_point=office.point,  # type: ignore[arg-type]
        stops=[_stop(shown, view.today, stop, notes) for stop in (stored.stops if stored else ())],
        line=[point for one in (stored.rounds if stored else ()) for point in one.line],  # type: ignore[misc]
        carried=[view.item(item) for item in carried],
        distance_m=stored.distance_m if stored else 0,
        finish_at=instant(view.today, stored.finish_s) if stored else None,
        reasons=_REASONS,
        rules={key: RuleOut.model_validate(rule) for key, rule in rules.items()},
    )


def _stop(shown: PlanView, day: date, stored: StoredStop, notes: Mapping[UUID, str]) -> CourierStop:
    stop = shown.stop(day, stored)
    return CourierStop(
        seq=stop.seq,
        visit_id=stop.visit_id,
        round=stop.round,
        point=stop.point,
        error_m=stop.error_m,
        address=stop.address,
        commune_name=stop.commune_name,
        addressee=stop.addressee,
        window=stop.window,
        arrival_at=stop.arrival_at,
        departure_at=stop.departure_at,
        door_note=next((notes[key] for key in stored.item_ids if key in notes), None),
        items=[shown.view.item(item) for item in shown.household(stored.item_ids)],
    )


def proof_of(proof_id: UUID, content: ProofIn) -> model.ProofInput:
    """The domain's proof."""
    return model.ProofInput(
        proof_id=proof_id,
        item_id=content.item_id,
        outcome=content.outcome,
        occurred_at=content.occurred_at,
        reason=content.reason,
        action=content.action,
        redelivery_on=content.redelivery_on,
        recipient_name=content.recipient_name,
        relation=content.relation,
        identity_kind=content.identity_kind,
        identity_last4=content.identity_last4,
        papers_taken_back=content.papers_taken_back,
        money_vnd=content.money_vnd,
        clock_offset_s=content.clock_offset_s,
        point=lon_lat(content.point),
        accuracy_m=content.accuracy_m,
        position_age_s=content.position_age_s,
        app_version=content.app_version,
        note=content.note,
        checklist=tuple(
            CollectedPaper(name=one.name, originals=one.originals, copies=one.copies) for one in content.checklist
        ),
        seal=content.seal,
        authorisation=content.authorisation,
        otp=content.otp,
        files=tuple(FileClaim(sha256=f.sha256, kind=f.kind, bytes_count=f.bytes_count) for f in content.files),
    )


def receipt_out(receipt: model.Receipt) -> ReceiptOut:
    """What lets the phone forget."""
    return ReceiptOut(
        proof_id=receipt.proof_id,
        item_id=receipt.item_id,
        recorded_at=receipt.recorded_at,
        event_hash=receipt.event_hash,
        files=dict(receipt.files),
        flags=list(receipt.flags),
        receipt_code=receipt.receipt_code,
    )


def fixes_of(content: FixesIn) -> list[Fix]:
    """The domain's fixes."""
    return [
        Fix(
            occurred_at=fix.occurred_at,
            point=LonLat(lon=fix.lon, lat=fix.lat),
            accuracy_m=fix.accuracy_m,
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
            battery_pct=fix.battery_pct,
        )
        for fix in content.fixes
    ]


def last_position(seen: model.LastPosition, name: str) -> LastPosition:
    """Where a courier was seen last."""
    fix = seen.fix
    return LastPosition(
        courier_id=seen.courier_id,
        courier_name=name,
        point=fix.point,  # type: ignore[arg-type]
        accuracy_m=fix.accuracy_m,
        speed_mps=fix.speed_mps,
        heading_deg=fix.heading_deg,
        occurred_at=fix.occurred_at,
    )

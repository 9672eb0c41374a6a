"""Changes of hands and what follows from them as answers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from api.schemas.custody import HandoverOut, IncidentOut, RoundClosed, TallyIn, TransferOut
from tracking.handover_values import Handover, Incident, RoundClosing, Tally, Transfer
from tracking.model import Courier, Item

Couriers = Mapping[UUID, Courier]


def tally_of(content: TallyIn) -> Tally:
    """The domain's tally."""
    return Tally(
        item_ids=tuple(content.item_ids),
        counted=content.counted,
        missing=frozenset(content.missing),
        surplus=tuple(content.surplus),
        confirmed=content.confirmed,
        seal=content.seal,
        seal_broken=content.seal_broken,
        originals=content.originals,
        copies=content.copies,
        counterpart=content.counterpart,
    )


def handover_out(handover: Handover) -> HandoverOut:
    """A change of hands."""
    return HandoverOut.model_validate(asdict(handover) | {"item_ids": list(handover.item_ids)})


def incident_out(incident: Incident, couriers: Couriers, items: Mapping[UUID, Item]) -> IncidentOut:
    """A difference with the codes of what is missing."""
    courier = couriers.get(incident.courier_id) if incident.courier_id else None
    named = {
        "missing": list(incident.missing),
        "missing_codes": [items[key].item_code for key in incident.missing if key in items],
        "surplus": list(incident.surplus),
        "courier_name": courier.name if courier else None,
    }
    return IncidentOut.model_validate(asdict(incident) | named)


def transfer_out(transfer: Transfer, couriers: Couriers, actor: str) -> TransferOut:
    """A courier's wish with both names."""
    giving, taking = couriers.get(transfer.from_courier_id), couriers.get(transfer.to_courier_id)
    named = {
        "from_name": giving.name if giving else "",
        "to_name": taking.name if taking else "",
        "asked_by_me": transfer.asked_by == actor,
        "item_ids": list(transfer.item_ids),
    }
    return TransferOut.model_validate(asdict(transfer) | named)


def closed_out(closing: RoundClosing, handover: Handover, opened: Sequence[Incident]) -> RoundClosed:
    """A closed round."""
    incidents = [one.id for one in opened]
    if handover.incident_id is not None:
        incidents.insert(0, handover.incident_id)
    return RoundClosed.model_validate(asdict(closing) | {"handover": handover_out(handover), "incident_ids": incidents})

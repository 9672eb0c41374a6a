"""The life cycle of an item as one table; everything that moves an item asks it."""

from collections.abc import Iterable, Mapping

from core.errors import fail
from tracking.errors import TRANSITION_REFUSED
from tracking.model import Event, NextAction, Status
from tracking.model import EventKind as Kind

FIRST = Kind.RESULT_ACCEPTED

# A courier's phone reports late and out of order: what happened at the door is the truth wherever the office believes
# the item to be. So delivery may follow any state but the ends, and an attempt any state in which the paper may
# still have been with the courier (`tracking.proof` decides whether a late report is overtaken by a newer one).
_ANYWHERE = (
    Status.ACCEPTED,
    Status.READY,
    Status.PLANNED,
    Status.OUT,
    Status.ATTEMPT_FAILED,
    Status.HELD,
    Status.FORWARDED,
    Status.RETURNING,
    Status.COLLECTED,
    Status.LOST,
)
# Where an agency's own change of mind, or the new date of an apology slip, still reaches the paper.
_UNDER_WAY = (
    Status.ACCEPTED,
    Status.READY,
    Status.OUT,
    Status.ATTEMPT_FAILED,
    Status.HELD,
    Status.FORWARDED,
    Status.LOST,
)
# Handing a paper back over the counter changes who holds it, not what is to be done with it.
_RESTING = (
    Status.ACCEPTED,
    Status.READY,
    Status.HELD,
    Status.FORWARDED,
    Status.RETURNING,
    Status.COLLECTED,
)

ENDS = frozenset({Status.DELIVERED, Status.RETURNED, Status.HANDED_IN})
# Nothing is awaited any more; out of WITHDRAWN the agency or the door may still lead.
CLOSED = ENDS | {Status.WITHDRAWN}

TRANSITIONS: Mapping[tuple[Status, Kind], Status] = {
    # before it is planned
    (Status.ACCEPTED, Kind.ITEM_READY): Status.READY,
    (Status.ACCEPTED, Kind.ADDRESS_QUESTIONED): Status.ACCEPTED,
    (Status.ACCEPTED, Kind.ADDRESS_RESOLVED): Status.READY,
    (Status.READY, Kind.ADDRESS_QUESTIONED): Status.ACCEPTED,
    (Status.READY, Kind.ADDRESS_RESOLVED): Status.READY,
    # planned for a courier
    (Status.READY, Kind.ITEM_PLANNED): Status.PLANNED,
    (Status.PLANNED, Kind.ITEM_PLANNED): Status.PLANNED,
    (Status.PLANNED, Kind.RESULT_UPDATED): Status.PLANNED,
    (Status.PLANNED, Kind.ITEM_UNPLANNED): Status.READY,
    # from the agency's counter to the office's
    (Status.ACCEPTED, Kind.ITEM_RECEIVED): Status.ACCEPTED,
    (Status.READY, Kind.ITEM_RECEIVED): Status.READY,
    # in the courier's hands
    (Status.PLANNED, Kind.ITEM_OUT): Status.OUT,
    (Status.OUT, Kind.ITEM_HANDED_BACK): Status.READY,
    (Status.OUT, Kind.ITEM_TRANSFERRED): Status.OUT,
    (Status.COLLECTED, Kind.ITEM_TRANSFERRED): Status.COLLECTED,
    # after a failed attempt
    (Status.ATTEMPT_FAILED, Kind.REDELIVERY_SET): Status.READY,
    (Status.ATTEMPT_FAILED, Kind.ITEM_HELD): Status.HELD,
    (Status.ATTEMPT_FAILED, Kind.ITEM_FORWARDED): Status.FORWARDED,
    (Status.ATTEMPT_FAILED, Kind.ADDRESS_QUESTIONED): Status.ACCEPTED,
    (Status.ATTEMPT_FAILED, Kind.RETURN_STARTED): Status.RETURNING,
    # decided at the office
    (Status.READY, Kind.ITEM_HELD): Status.HELD,
    (Status.HELD, Kind.REDELIVERY_SET): Status.READY,
    (Status.FORWARDED, Kind.ADDRESS_RESOLVED): Status.READY,
    (Status.ACCEPTED, Kind.RETURN_STARTED): Status.RETURNING,
    (Status.READY, Kind.RETURN_STARTED): Status.RETURNING,
    (Status.HELD, Kind.RETURN_STARTED): Status.RETURNING,
    (Status.FORWARDED, Kind.RETURN_STARTED): Status.RETURNING,
    (Status.RETURNING, Kind.ITEM_RETURNED): Status.RETURNED,
    (Status.HELD, Kind.INVITATION_SENT): Status.HELD,
    # to another office
    (Status.ACCEPTED, Kind.ITEM_FORWARDED): Status.FORWARDED,
    (Status.READY, Kind.ITEM_FORWARDED): Status.FORWARDED,
    (Status.HELD, Kind.ITEM_FORWARDED): Status.FORWARDED,
    (Status.FORWARDED, Kind.ITEM_FORWARDED): Status.FORWARDED,
    (Status.FORWARDED, Kind.ITEM_BAGGED): Status.FORWARDED,
    (Status.FORWARDED, Kind.ITEM_ARRIVED): Status.READY,
    # a dossier fetched at home, on its way to the agency
    (Status.COLLECTED, Kind.DOSSIER_HANDED_IN): Status.HANDED_IN,
    (Status.HELD, Kind.DOSSIER_HANDED_IN): Status.HANDED_IN,
    # found broken or not found at all
    (Status.ACCEPTED, Kind.ITEM_DAMAGED): Status.HELD,
    (Status.READY, Kind.ITEM_DAMAGED): Status.HELD,
    (Status.PLANNED, Kind.ITEM_DAMAGED): Status.HELD,
    (Status.HELD, Kind.ITEM_DAMAGED): Status.HELD,
    (Status.FORWARDED, Kind.ITEM_DAMAGED): Status.HELD,
    (Status.RETURNING, Kind.ITEM_DAMAGED): Status.RETURNING,
    (Status.COLLECTED, Kind.ITEM_DAMAGED): Status.COLLECTED,
    (Status.LOST, Kind.ITEM_FOUND): Status.HELD,
    # A delivery that was none: the one way out of an end, and only a person of the office goes it.
    (Status.DELIVERED, Kind.DELIVERY_WITHDRAWN): Status.HELD,
    # asked back by the agency: before the post has the paper, and after
    (Status.ACCEPTED, Kind.RESULT_WITHDRAWN): Status.WITHDRAWN,
    (Status.READY, Kind.RESULT_WITHDRAWN): Status.WITHDRAWN,
    (Status.WITHDRAWN, Kind.RETURN_STARTED): Status.RETURNING,
    (Status.WITHDRAWN, Kind.RESULT_UPDATED): Status.ACCEPTED,
    # A scan-out that reached the server after the withdrawal: the door knows better.
    (Status.WITHDRAWN, Kind.ITEM_DELIVERED): Status.DELIVERED,
    (Status.WITHDRAWN, Kind.ATTEMPT_FAILED): Status.ATTEMPT_FAILED,
    (Status.WITHDRAWN, Kind.DOSSIER_COLLECTED): Status.COLLECTED,
    **{(status, Kind.RESULT_RECALLED): status for status in _UNDER_WAY},
    **{(status, Kind.RESULT_UPDATED): status for status in _UNDER_WAY},
    # from the door
    **{(status, Kind.ITEM_DELIVERED): Status.DELIVERED for status in _ANYWHERE},
    **{(status, Kind.ATTEMPT_FAILED): Status.ATTEMPT_FAILED for status in _ANYWHERE},
    **{(status, Kind.DOSSIER_COLLECTED): Status.COLLECTED for status in _ANYWHERE},
    **{(status, Kind.ITEM_HANDED_BACK): status for status in _RESTING},
    **{(status, Kind.ITEM_LOST): Status.LOST for status in _ANYWHERE if status is not Status.LOST},
    # A pin set right moves no paper.
    **{(status, Kind.DOOR_CORRECTED): status for status in _ANYWHERE},
    # Nor does a reform of the communes.
    **{(status, Kind.COMMUNE_CHANGED): status for status in _ANYWHERE},
    # What was written wrongly stays written; the correction stands after it.
    **{(status, Kind.EVENT_CORRECTED): status for status in Status},
    # What is over: who it was for is forgotten in time.
    **{(status, Kind.PERSONAL_ERASED): status for status in CLOSED},
}

ACTION_EVENT: Mapping[NextAction, Kind] = {
    NextAction.REDELIVER: Kind.REDELIVERY_SET,
    NextAction.HOLD: Kind.ITEM_HELD,
    NextAction.FORWARD: Kind.ITEM_FORWARDED,
    NextAction.CORRECT_ADDRESS: Kind.ADDRESS_QUESTIONED,
    NextAction.RETURN: Kind.RETURN_STARTED,
    NextAction.SEARCH: Kind.ITEM_LOST,
}


def transition(status: Status | None, kind: Kind) -> Status:
    """The status after an event; None is an item that does not exist yet.

    Raises:
        CodedError: T2001 when the event cannot follow.
    """
    if status is None and kind is FIRST:
        return Status.ACCEPTED
    after = TRANSITIONS.get((status, kind)) if status is not None else None
    if after is None:
        raise fail(TRANSITION_REFUSED, status=status.value if status else "none", kind=kind.value)
    return after


def standing_delivery(history: Iterable[Event]) -> Event | None:
    """Of an item's events, oldest first, the delivery that counts: neither a late report nor withdrawn since."""
    found = None
    for event in history:
        if event.kind is Kind.DELIVERY_WITHDRAWN:
            found = None
        elif event.kind is Kind.ITEM_DELIVERED and "superseded" not in event.data:
            found = event
    return found


def may(status: Status, kind: Kind) -> bool:
    """Whether the event can follow."""
    return (status, kind) in TRANSITIONS

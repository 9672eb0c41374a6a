"""The comparison: pure, one dossier at a time. A dossier differs in its state in at most one way, and in its date."""

from collections.abc import Iterator
from datetime import datetime

from tracking.model import Status
from tracking.reconcile.values import GRACE, AgencyList, Difference, Held, Kind, Listed, Ours, Sides, Taken, Told

_GONE = frozenset({Status.RETURNED, Status.WITHDRAWN})


def differences(sides: Sides, *, now: datetime) -> list[Difference]:
    """Every difference, by dossier code. What may still be on its way (`GRACE`) is none yet."""
    listed = sides.listed.entries if sides.listed is not None else {}
    return [
        found for code in sorted({*listed, *sides.ours}) for found in _of_dossier(code, sides, listed.get(code), now)
    ]


def _of_dossier(code: str, sides: Sides, there: Listed | None, now: datetime) -> Iterator[Difference]:
    here, told = sides.ours.get(code), sides.told.get(code)
    if here is None:
        if there is not None and there.held is Held.WITH_POST:
            yield Difference(dossier_code=code, kind=Kind.MISSING_HERE, there=there.held, due_there=there.due_on)
        return
    # A list older than our last news of the dossier cannot know them.
    knows = sides.listed is not None and here.changed_at <= sides.listed.at - GRACE
    seen = there if knows else None
    kind = _listed_kind(here, seen, told, sides) if knows and sides.listed is not None else None
    kind = kind or _told_kind(here, there, told, sides, now)
    if kind is not None:
        yield _difference(code, kind, here, there, told)
    if seen is not None and seen.due_on not in (None, here.due_on) and _is_open(here) and seen.held is Held.WITH_POST:
        yield _difference(code, Kind.DUE_DIFFERS, here, there, told)


def _listed_kind(here: Ours, there: Listed | None, told: Told | None, sides: Sides) -> Kind | None:
    """How the list differs from what we have."""
    if there is None:
        return Kind.MISSING_THERE if _is_open(here) and _is_due_there(here, sides.listed) else None
    if here.status is Status.DELIVERED:
        if there.held is Held.DELIVERED:
            return None
        waits = told is not None and any(one.lacks_delivery for one in told.taken)
        return Kind.DELIVERED_UNACKNOWLEDGED if waits else Kind.DELIVERED_NOT_CLOSED
    if here.status in _GONE:
        return Kind.GONE_HERE if there.held is Held.WITH_POST else None
    return _open_kind(here, there, told)


def _open_kind(here: Ours, there: Listed, told: Told | None) -> Kind | None:
    if there.held is Held.DELIVERED:
        is_ours = told is not None and told.has_taken_delivery
        return Kind.ACKNOWLEDGED_AHEAD if is_ours else Kind.CLOSED_NOT_DELIVERED
    if there.held is Held.CANCELLED:
        return None if here.is_recalled else Kind.CANCELLED_THERE
    return Kind.UNFINISHED_THERE if there.held is Held.UNFINISHED else None


def _told_kind(here: Ours, there: Listed | None, told: Told | None, sides: Sides, now: datetime) -> Kind | None:
    """How what the endpoints have taken differs from what we have told: each should have all that is meant for it."""
    if not sides.has_endpoint or told is None or told.at > now - GRACE:
        return None
    if here.status is Status.DELIVERED:
        # Whoever has closed it knows, by whatever way.
        if there is not None and there.held is Held.DELIVERED:
            return None
        if any(one.lacks_delivery for one in told.taken):
            return Kind.DELIVERED_UNACKNOWLEDGED
    elif _is_open(here) and told.has_taken_delivery:
        return Kind.ACKNOWLEDGED_AHEAD
    return Kind.ACKNOWLEDGED_BEHIND if any(one.is_behind for one in told.taken) else None


def _is_open(here: Ours) -> bool:
    return here.status is not Status.DELIVERED and here.status not in _GONE


def _is_due_there(here: Ours, listed: AgencyList | None) -> bool:
    """Whether a list that is complete should name the dossier."""
    return listed is not None and listed.complete and not here.is_recalled and here.came_at <= listed.at - GRACE


def _lagging(kind: Kind, told: Told | None) -> list[Taken]:
    """The endpoints that make the difference, the one furthest behind first."""
    lacks = {
        Kind.DELIVERED_UNACKNOWLEDGED: lambda one: one.lacks_delivery,
        Kind.ACKNOWLEDGED_BEHIND: lambda one: one.is_behind,
    }.get(kind)
    if lacks is None or told is None:
        return []
    return sorted((one for one in told.taken if lacks(one)), key=lambda one: (one.acknowledged - one.last, one.url))


def _difference(code: str, kind: Kind, here: Ours, there: Listed | None, told: Told | None) -> Difference:
    lagging = _lagging(kind, told)
    counted = lagging[0] if lagging else told
    return Difference(
        dossier_code=code,
        kind=kind,
        item_id=here.item_id,
        here=here.status,
        there=there.held if there else None,
        due_here=here.due_on,
        due_there=there.due_on if there else None,
        told=counted.last if counted else None,
        acknowledged=counted.acknowledged if counted else None,
        endpoints=tuple(one.url for one in lagging),
    )

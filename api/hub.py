"""One key that sends for many agencies: which of them a call, or a row of it, is about."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from api.errors import NOT_OFFICE_KEY
from api.identity import Identity
from api.roles import Role
from core.errors import NOT_FOUND, fail, problem
from core.scope import system_scope
from tracking import service
from tracking.model import RowAnswer

Accept = Callable[[Identity, UUID, Sequence[int]], list[RowAnswer]]


def agencies_of(session: Session, caller: Identity) -> dict[str, UUID]:
    """Agencies the caller may hand in for, by code."""
    found = service.list_agencies(session, scope=system_scope(caller.scope.province_code))
    own = {caller.scope.agency_id} if caller.scope.agency_id else None
    allowed = caller.agency_ids if caller.role is Role.HUB else own
    return {one.code: one.id for one in found if allowed is None or one.id in allowed}


def chosen(session: Session, caller: Identity, *, agency_id: UUID | None, code: str | None) -> tuple[Identity, UUID]:
    """Who acts, and for which agency: the one named by code or id, else the caller's own.

    Raises:
        CodedError: C1000 for an agency out of reach, A1006 when none is named and none is the caller's.
    """
    if code is not None:
        agency_id = agencies_of(session, caller).get(code)
        if agency_id is None:
            raise fail(NOT_FOUND, what=f"agency {code}", pointer="agency_code")
    acting = caller.acting_for(agency_id) if agency_id is not None or caller.role is Role.HUB else caller
    own = acting.scope.agency_id or agency_id
    if own is None:
        raise fail(NOT_OFFICE_KEY)
    return acting, own


def accept_by_agency(
    session: Session, caller: Identity, codes: Sequence[str | None], *, agency_id: UUID | None, accept: Accept
) -> list[RowAnswer]:
    """Have each agency's rows taken in, by the codes in the rows; one answer for each row, in order.

    A row without a code is of the call's own agency. A row of an agency out of reach is refused, and stops no other.
    """
    known = agencies_of(session, caller) if any(codes) else {}
    groups: dict[UUID, list[int]] = defaultdict(list)
    answers: dict[int, RowAnswer] = {}
    for index, code in enumerate(codes):
        found = known.get(code) if code else agency_id
        if found is None or (caller.role is Role.HUB and found not in caller.agency_ids):
            missing = problem(NOT_FOUND, pointer="agency_code", what=f"agency {code or ''}".strip())
            answers[index] = RowAnswer(index=index, outcome="rejected", dossier_code="", problems=(missing,))
        else:
            groups[found].append(index)
    # In one order, so that two calls for the same agencies do not wait for each other.
    for found in sorted(groups):
        taken = accept(caller.acting_for(found), found, groups[found])
        answers |= {index: replace(one, index=index) for index, one in zip(groups[found], taken, strict=True)}
    return [answers[index] for index in range(len(codes))]

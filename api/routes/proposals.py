"""What citizens say of their doors: the office looks at each and makes it a correction, or not."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.deps import DbSession, Now, RuntimeDep
from api.presenters.items import View
from api.presenters.results import lon_lat
from api.routes.asking import Planner, Staff, note_view, view_of
from api.schemas.doors import ProposalDecision, ProposalList, ProposalOut
from core.scope import narrowed
from geodata.communes import metres_between
from routing import repin
from tracking import service
from tracking.model import Item
from tracking.proposal_values import Proposal

router = APIRouter(tags=["doors"])


@router.get("/door-proposals")
def get_proposals(
    session: DbSession, caller: Staff, runtime: RuntimeDep, now: Now, office_id: UUID | None = None
) -> ProposalList:
    """What citizens said of their doors and nobody has decided yet, oldest first."""
    scope = narrowed(caller.scope, office_id)
    found = service.open_proposals(session, scope=scope)
    items = service.find_items(session, scope=scope, item_ids=[one.item_id for one in found])
    note_view(session, caller.scope, "proposals", list(items), now)
    view = view_of(caller, runtime, now)
    return ProposalList(proposals=[_out(view, one, items[one.item_id]) for one in found if one.item_id in items])


@router.post("/door-proposals/{proposal_id}:decide", status_code=204)
def post_decide_proposal(
    proposal_id: UUID, content: ProposalDecision, session: DbSession, caller: Planner, runtime: RuntimeDep, now: Now
) -> Response:
    """Take a citizen's word as the office's own correction, or refuse it."""
    if content.accepted:
        point = lon_lat(content.point)
        repin.accept_proposal(session, scope=caller.scope, proposal_id=proposal_id, point=point, now=now)
    else:
        repin.refuse_proposal(session, scope=caller.scope, proposal_id=proposal_id, resolver=runtime.resolver, now=now)
    return Response(status_code=204)


def _out(view: View, proposal: Proposal, item: Item) -> ProposalOut:
    known = proposal.point is not None and item.point is not None
    return ProposalOut(
        id=proposal.id,
        item_id=item.id,
        item_code=item.item_code,
        addressee=view.person(item.addressee),
        address=item.address,
        words=proposal.words,
        place=proposal.place,
        point=proposal.point,  # type: ignore[arg-type]
        accuracy_m=proposal.accuracy_m,
        pin=item.point,  # type: ignore[arg-type]
        pin_error_m=item.error_m,
        away_m=round(metres_between(item.point, proposal.point)) if known else None,  # type: ignore[arg-type]
        in_use=proposal.lesson_id is not None,
        proposed_at=proposal.proposed_at,
    )

"""What is asked of a plan before it is changed; nothing is written."""

from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from starlette.types import Receive, Scope, Send

from api.deps import DbSession, Now
from api.presenters.questions import order_out, what_if_out
from api.problems import incident_response
from api.routes.asking import Staff
from api.schemas.questions import OrderOut, WhatIfIn, WhatIfOut
from api.solve_pipe import BROKE_DOWN, Task
from api.solve_pool import SolvePool
from api.solving import solved
from routing import questions
from routing.questions import CrewQuestion
from routing.stored import PlanHead
from tracking import service as tracking

router = APIRouter(tags=["plans"])


class _Answer(Response):
    """Searches when it is sent: by then the caller's database connection is free, and he can be seen to leave."""

    def __init__(
        self, pool: SolvePool, asked: WhatIfIn, head: PlanHead, question: CrewQuestion, courier_name: str
    ) -> None:
        super().__init__()
        self._pool, self._asked, self._head = pool, asked, head
        self._courier_id, self._name = question.courier_id, courier_name
        # Packing a large matrix takes its time: here, in a thread of the request, it keeps nobody waiting.
        self._packed = questions.question_bytes(question)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = await solved(self._pool, Task.CREW, self._packed, receive)
        if found is None:
            return
        if found.status == BROKE_DOWN:
            said = orjson.loads(found.body)
            await incident_response(Request(scope), said["error"], said["at"])(scope, receive, send)
            return
        effect = questions.read_effect(found.body)
        out = what_if_out(self._head, self._asked.change, self._courier_id, self._name, effect)
        answer = Response(out.model_dump_json(), media_type="application/json")
        await answer(scope, receive, send)


@router.post("/plans/{plan_id}/what-if", response_class=Response, responses={200: {"model": WhatIfOut}})
def post_what_if(
    plan_id: UUID, content: WhatIfIn, session: DbSession, caller: Staff, now: Now, request: Request
) -> Response:
    """What one courier more, or one fewer, would change of the rest of the day: cost by term, visits served.

    Searched beside the server, at most `seconds`; when too many are asking A1902 says to come back.
    """
    head, question = questions.crew_question(
        session,
        scope=caller.scope,
        plan_id=plan_id,
        change=content.change,
        courier_id=content.courier_id,
        seconds=content.seconds,
        now=now,
    )
    couriers = tracking.known_couriers(session, scope=caller.scope, office_id=head.office_id)
    name = next((one.name for one in couriers if one.id == question.courier_id), "")
    return _Answer(request.app.state.asking, content, head, question, name)


@router.get("/plans/{plan_id}/routes/{courier_id}/order")
def get_order(plan_id: UUID, courier_id: UUID, session: DbSession, caller: Staff, now: Now) -> OrderOut:
    """Why a courier's stops stand in their order: for each two neighbours, what changing them would cost."""
    head, turns = questions.order_of_route(session, scope=caller.scope, plan_id=plan_id, courier_id=courier_id, now=now)
    return order_out(head, courier_id, turns)

"""What a dispatcher asks of a plan before he changes it: why this order, and what another crew would do.

The first is answered at once. The second is a search: the question is taken out of the database (`crew_question`), goes
to a process of its own as bytes, and is answered there (`answer_crew`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, fail
from core.scope import Scope
from routing import errors_edits as refusals
from routing.appraise import Broken, violations_of
from routing.desk import open_desk, read_desk
from routing.explain import Turn, why_this_order
from routing.model import Cost, Plan, Problem
from routing.packing import pack, unpack
from routing.replan import Rest, task_of
from routing.ride import ride_plan
from routing.schedule import build_plan, orders_of
from routing.solver import Limit
from routing.stored import PlanHead
from routing.what_if import Effect, least_busy, one_fewer, one_more

CrewChange = Literal["one_more", "one_fewer"]
_EFFECT = TypeAdapter(Effect)
_HEAD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTold:
    """A stop and the next: what changing them would cost, or (`broken`) the rules that stand against it."""

    turn: Turn
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewQuestion:
    """The rest of a plan's day, the orders that stand, and whose coming or going is asked about.

    `courier_id`: who would go; None for one courier more. `seconds`: wall time for the answer.
    """

    problem: Problem
    orders: Mapping[tuple[UUID, int], tuple[str, ...]]
    courier_id: UUID | None
    seconds: float


def order_of_route(
    session: Session, *, scope: Scope, plan_id: UUID, courier_id: UUID, now: datetime
) -> tuple[PlanHead, tuple[TurnTold, ...]]:
    """Why a courier's stops stand in their order, by the plan as it stands.

    Raises:
        CodedError: C1000 for a plan out of reach or a courier without a route in it, R4002 when it cannot be told.
    """
    desk = read_desk(session, scope, plan_id, now=now)
    standing = desk.ground.standing.orders
    # What others have done is no part of this route.
    own = tuple(one for one in desk.ground.problem.frozen if one.courier_id == courier_id)
    problem = replace(desk.ground.problem, frozen=own)
    plan = ride_plan(problem, {key: order for key, order in standing.items() if key[0] == courier_id})
    if not plan.routes:
        raise fail(NOT_FOUND, what="route")
    broken = {(one.mistake.code, one.visit_id) for one in violations_of(problem, plan)}
    return desk.head, tuple(_told(problem, plan, turn, broken) for turn in why_this_order(problem, plan.routes[0]))


def _told(problem: Problem, plan: Plan, turn: Turn, before: set[tuple[str, str | None]]) -> TurnTold:
    if turn.difference is not None:
        return TurnTold(turn=turn, broken=())
    changed = replace(plan, routes=(turn.route,), cost=turn.route.cost + Cost(unserved=plan.cost.unserved))
    found = violations_of(problem, changed)
    return TurnTold(turn=turn, broken=tuple(one for one in found if (one.mistake.code, one.visit_id) not in before))


def crew_question(
    session: Session,
    *,
    scope: Scope,
    plan_id: UUID,
    change: CrewChange,
    courier_id: UUID | None,
    seconds: float,
    now: datetime,
) -> tuple[PlanHead, CrewQuestion]:
    """The question what the rest of the day would be with one courier more, or without one (None: the least busy).

    Raises:
        CodedError: as opening the plan for an edit; C1000 for a courier who is not in it, R4015 when nobody is.
    """
    desk = open_desk(session, scope, plan_id, allow=frozenset(), now=now, lock=False)
    problem = task_of(Rest(desk=desk, absent=frozenset()))
    if not problem.vehicles:
        raise fail(refusals.NO_CREW)
    known = {visit.id for visit in problem.visits}
    orders = {key: tuple(v for v in order if v in known) for key, order in desk.ground.standing.orders.items()}
    if courier_id is not None and courier_id not in {vehicle.courier_id for vehicle in problem.vehicles}:
        raise fail(NOT_FOUND, what="courier")
    if change == "one_fewer" and courier_id is None:
        courier_id = least_busy(ride_plan(problem, orders)) or problem.vehicles[0].courier_id
    goes = courier_id if change == "one_fewer" else None
    return desk.head, CrewQuestion(problem=problem, orders=orders, courier_id=goes, seconds=seconds)


def answer_crew(question: CrewQuestion) -> Effect:
    """Search the day with the crew as it is, then with the other, half of the time each."""
    problem = question.problem
    plan = ride_plan(problem, question.orders)
    limit = Limit(seconds=question.seconds / 2)
    stands = build_plan(problem, orders_of(problem, plan)) is not None
    if question.courier_id is None:
        return one_more(problem, plan, limit, stands=stands)
    return one_fewer(problem, plan, question.courier_id, limit, stands=stands)


def question_bytes(question: CrewQuestion) -> bytes:
    """The question as bytes: a head in JSON, then the packed problem."""
    head = orjson.dumps(
        {
            "orders": [[str(courier), n, list(order)] for (courier, n), order in question.orders.items()],
            "courier_id": None if question.courier_id is None else str(question.courier_id),
            "seconds": question.seconds,
        }
    )
    return len(head).to_bytes(_HEAD, "big") + head + pack(question.problem)


def read_question(data: bytes) -> CrewQuestion:
    """The inverse of `question_bytes`."""
    end = _HEAD + int.from_bytes(data[:_HEAD], "big")
    head = orjson.loads(data[_HEAD:end])
    return CrewQuestion(
        problem=unpack(data[end:]),
        orders={(UUID(courier), n): tuple(order) for courier, n, order in head["orders"]},
        courier_id=None if head["courier_id"] is None else UUID(head["courier_id"]),
        seconds=head["seconds"],
    )


def effect_bytes(effect: Effect) -> bytes:
    """An effect as JSON."""
    return _EFFECT.dump_json(effect)


def read_effect(data: bytes) -> Effect:
    """The inverse of `effect_bytes`."""
    return _EFFECT.validate_json(data)

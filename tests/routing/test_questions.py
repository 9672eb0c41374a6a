"""Questions about the rest of a running day."""

from datetime import timedelta

from routing import questions
from routing.what_if import without
from tests.routing.edit_scene import Editing, draft
from tests.routing.planning_scene import Planning
from tests.tracking.office_scene import NOW


def asked(editing: Editing, courier: int, minutes: int) -> questions.CrewQuestion:
    """What the day would be without the courier, so many minutes after eight."""
    with editing.planning.scene.database.reading() as session:
        _, question = questions.crew_question(
            session,
            scope=editing.scope(),
            plan_id=editing.plan_id,
            change="one_fewer",
            courier_id=editing.courier(courier),
            seconds=2,
            now=NOW + timedelta(minutes=minutes),
        )
    return question


def test_who_leaves_keeps_what_he_delivered_and_takes_the_rest_with_him(planning: Planning) -> None:
    editing = draft(planning, 12)
    planning.publish(editing.plan())
    made, carried = editing.order(0)[:2], editing.order(0)[2:]
    others = editing.order(1)
    assert carried
    assert others
    editing.deliver(0, made, first_at=NOW + timedelta(minutes=10))
    question = asked(editing, 0, 20)
    left = without(question.problem, editing.courier(0))
    ids = {visit.id for visit in left.visits}
    assert ids == {*made, *others, *editing.order(1, 1), *editing.order(0, 1)} - set(carried)
    [begun] = [one for one in left.frozen if one.courier_id == editing.courier(0)]
    assert begun.visit_ids == tuple(made)
    assert {ban.visit_id for ban in left.forbidden if ban.courier_id == editing.courier(0)} == ids - set(made)
    effect = questions.answer_crew(question)
    assert effect.visits == -len(carried)
    assert effect.cost["unserved"] > 0


def test_who_has_not_begun_is_simply_not_there(planning: Planning) -> None:
    editing = draft(planning, 6)
    question = asked(editing, 1, 0)
    left = without(question.problem, editing.courier(1))
    assert [vehicle.courier_id for vehicle in left.vehicles] == [editing.courier(0)]
    assert left.visits == question.problem.visits


def test_a_question_comes_back_from_bytes(planning: Planning) -> None:
    editing = draft(planning, 5)
    question = asked(editing, 0, 0)
    again = questions.read_question(questions.question_bytes(question))
    assert (again.orders, again.courier_id, again.seconds) == (question.orders, question.courier_id, 2)
    assert again.problem.visits == question.problem.visits
    assert again.problem.vehicles == question.problem.vehicles
    assert (again.problem.travel.seconds == question.problem.travel.seconds).all()

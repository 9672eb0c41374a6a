"""Couriers lent to another office: where each works on a day, who reaches him, at whose counter papers and cash go."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.errors import CodedError
from core.scope import Scope
from tests.tracking.office_scene import DOOR, NOW, PROVINCE, SYSTEM, TODAY, Scene, delivery
from tests.tracking.test_handovers import LATER, done, refusal, tally
from tracking import money, service
from tracking.loans import Period
from tracking.model import Fix, Loan
from tracking.rounds import Counted

ONE_DAY = Period(first_on=TODAY, last_on=TODAY)
TOMORROW = TODAY + timedelta(days=1)
THERE = "Số 1, phường Bình Thạnh"


def borrower(scene: Scene) -> Scope:
    """The second office's dispatcher."""
    return Scope(province_code=PROVINCE, actor="user:other", office_ids=frozenset({scene.other_office.id}))


def phone(scene: Scene) -> Scope:
    """The lent courier's phone: his own office and the other."""
    return replace(scene.courier_scope(0), office_ids=frozenset({scene.office.id, scene.other_office.id}))


def lend(scene: Scene, period: Period = ONE_DAY, **values: Any) -> list[Loan]:
    given = {"scope": scene.dispatcher, "courier_id": scene.couriers[0].id, "office_id": scene.other_office.id}
    lent: list[Loan] = done(scene, service.lend, period=period, **given | values)
    return lent


def names(scene: Scene, office_id: UUID, on: Any = None) -> list[str]:
    with scene.database.reading() as session:
        return [one.name for one in service.list_couriers(session, scope=SYSTEM, office_id=office_id, on=on)]


def test_he_works_for_the_other_office_on_these_days_alone(scene: Scene) -> None:
    period = Period(first_on=TODAY, last_on=TOMORROW)
    assert [(one.on, one.office_id) for one in lend(scene, period)] == [
        (TODAY, scene.other_office.id),
        (TOMORROW, scene.other_office.id),
    ]
    assert lend(scene, period) == lend(scene, period)
    an, binh, cuong = (one.name for one in scene.couriers)
    assert (names(scene, scene.office.id, TODAY), names(scene, scene.other_office.id, TODAY)) == ([binh], [cuong, an])
    after = TOMORROW + timedelta(days=1)
    assert (names(scene, scene.office.id, after), names(scene, scene.other_office.id, after)) == ([binh, an], [cuong])
    assert names(scene, scene.office.id) == [binh, an]


def test_what_cannot_be_lent_is_told_all_at_once(scene: Scene) -> None:
    an = scene.couriers[0]
    wrong = {"scope": SYSTEM, "courier_id": an.id, "office_id": an.office_id}
    past = Period(first_on=TODAY - timedelta(days=1), last_on=TODAY)
    told = refusal(scene, service.lend, period=past, **wrong)
    assert [one.spec.code for one in told.problems] == ["T3024", "T3023"]
    long = Period(first_on=TODAY, last_on=TODAY + timedelta(days=31))
    assert refusal(scene, service.lend, period=long, **wrong | {"office_id": scene.other_office.id}).code == "T3024"
    assert refusal(scene, service.lend, period=ONE_DAY, **wrong | {"office_id": uuid4()}).code == "C1000"
    mine = wrong | {"scope": borrower(scene), "office_id": scene.other_office.id}
    assert refusal(scene, service.lend, period=ONE_DAY, **mine).code == "C1000"
    own_phone = mine | {"scope": scene.courier_scope(0)}
    assert refusal(scene, service.lend, period=ONE_DAY, **own_phone).code == "C1000"
    done(scene, lambda session, **_: service.save_courier(session, scope=SYSTEM, courier=replace(an, active=False)))
    gone = mine | {"scope": SYSTEM}
    assert refusal(scene, service.lend, period=ONE_DAY, **gone).code == "T3026"


def test_nobody_is_lent_to_two_offices_on_a_day(scene: Scene) -> None:
    third = replace(scene.other_office, id=uuid4(), code="718000", commune_codes=())
    done(scene, lambda session, **_: service.save_office(session, scope=SYSTEM, office=third))
    lend(scene)
    values = {"scope": SYSTEM, "courier_id": scene.couriers[0].id, "office_id": third.id}
    longer = Period(first_on=TODAY, last_on=TOMORROW)
    told = refusal(scene, service.lend, period=longer, **values)
    assert [(one.spec.code, one.values["day"]) for one in told.problems] == [("T3025", "20/11/2026")]


@pytest.mark.parametrize("by", ["lender", "borrower"])
def test_either_office_ends_a_loan_and_nobody_else(scene: Scene, by: str) -> None:
    lend(scene, Period(first_on=TODAY, last_on=TOMORROW))
    scope = scene.dispatcher if by == "lender" else borrower(scene)
    end = {"courier_id": scene.couriers[0].id, "period": Period(first_on=TOMORROW, last_on=TOMORROW)}
    stranger = replace(scope, office_ids=frozenset({uuid4()}))
    assert refusal(scene, service.take_back, **end | {"scope": stranger}).code == "C1000"
    assert [one.on for one in done(scene, service.take_back, **end, scope=scope)] == [TOMORROW]
    with scene.database.reading() as session:
        left = service.list_loans(session, scope=scope, period=Period(first_on=TODAY, last_on=TOMORROW))
    assert [one.on for one in left] == [TODAY]


def test_a_lent_couriers_papers_and_cash_go_over_the_other_offices_counter(scene: Scene) -> None:
    lend(scene)
    an, there = scene.couriers[0].id, scene.other_office.id
    given, kept = scene.planned(2, address=THERE)
    load = {"scope": borrower(scene), "courier_id": an, "item_ids": [given, kept]}
    out = done(scene, service.take_out, **load)
    assert (out.office_id, out.giver) == (there, f"office:{there}")
    proof = delivery(given, money_vnd=30_000)
    done(scene, service.record_proof, scope=phone(scene), proof=proof, now=LATER)
    counted = Counted(tally=tally(kept), papers=0, cash_vnd=30_000)
    close = {"scope": borrower(scene), "courier_id": an, "counted": counted, "now": LATER}
    closing, handover, incidents = done(scene, service.close_round, **close)
    assert (closing.office_id, handover.office_id, incidents) == (there, there, [])
    with scene.database.reading() as session:
        tills = [money.till(session, PROVINCE, office, through=TODAY) for office in (there, scene.office.id)]
    assert [one.state_fee_vnd + one.postage_vnd for one in tills] == [30_000, 0]


def test_what_he_holds_of_his_own_office_goes_back_there(scene: Scene) -> None:
    mine = scene.out()
    lend(scene)
    theirs = scene.planned(address=THERE)
    an = scene.couriers[0].id
    done(scene, service.take_out, scope=borrower(scene), courier_id=an, item_ids=theirs)
    both = refusal(scene, service.hand_back, scope=SYSTEM, courier_id=an, item_ids=[*mine, *theirs])
    assert [(one.spec.code, one.pointer) for one in both.problems] == [("T2409", f"item_ids/{mine[0]}")]
    back = done(scene, service.hand_back, scope=scene.dispatcher, courier_id=an, item_ids=mine)
    assert back.office_id == scene.office.id
    assert refusal(scene, service.hand_back, scope=scene.dispatcher, courier_id=an, item_ids=theirs).code == "C1000"


def test_who_had_him_reaches_him_the_day_after_and_no_longer(scene: Scene) -> None:
    lend(scene)
    theirs = scene.planned(address=THERE)
    back = {"scope": borrower(scene), "courier_id": scene.couriers[0].id, "item_ids": theirs}
    done(scene, service.take_out, **back)
    assert refusal(scene, service.hand_back, **back, now=NOW + timedelta(days=2)).code == "C1000"
    assert done(scene, service.hand_back, **back, now=NOW + timedelta(days=1)).office_id == scene.other_office.id


def test_his_position_of_the_day_is_seen_by_who_has_him(scene: Scene) -> None:
    lend(scene)
    fix = Fix(occurred_at=NOW, point=DOOR)
    an = scene.couriers[0]
    done(scene, service.record_positions, scope=phone(scene), courier_id=an.id, fixes=[fix])

    def seen(scope: Scope) -> list[UUID]:
        with scene.database.reading() as session:
            return [one.courier_id for one in service.last_positions(session, scope=scope)]

    assert (seen(borrower(scene)), seen(scene.dispatcher)) == ([an.id], [])
    later = replace(fix, occurred_at=NOW + timedelta(days=1))
    done(scene, service.record_positions, scope=phone(scene), courier_id=an.id, fixes=[later], now=later.occurred_at)
    assert (seen(borrower(scene)), seen(scene.dispatcher)) == ([], [an.id])


def test_colleagues_of_the_day_are_those_he_works_with(scene: Scene) -> None:
    lend(scene)

    def colleagues(now: Any) -> list[str]:
        with scene.database.reading() as session:
            found = service.colleagues(session, scope=phone(scene), courier_id=scene.couriers[0].id, now=now)
            return [one.name for one in found]

    _, binh, cuong = (one.name for one in scene.couriers)
    assert (colleagues(NOW), colleagues(NOW + timedelta(days=1))) == ([cuong], [binh])


def test_who_was_lent_stays_named_where_he_worked(scene: Scene) -> None:
    lend(scene)
    with scene.database.reading() as session:
        known = {one.id for one in service.known_couriers(session, scope=borrower(scene))}
        strangers = service.known_couriers(session, scope=replace(borrower(scene), office_ids=frozenset({uuid4()})))
    assert (scene.couriers[0].id in known, scene.couriers[1].id in known, strangers) == (True, False, [])


def test_planning_asks_for_whom_he_works_that_day(scene: Scene) -> None:
    lend(scene)
    mine, theirs = scene.ready(), scene.ready(address=THERE)
    plan = {"plan_id": uuid4(), "scope": SYSTEM}

    def planned(keys: list[UUID], on: Any) -> None:
        done(scene, service.mark_planned, assignments=dict.fromkeys(keys, scene.couriers[0].id), on=on, **plan)

    for keys, on in ((mine, TODAY), (theirs, TOMORROW)):
        with pytest.raises(CodedError) as refused:
            planned(keys, on)
        assert refused.value.code == "T2006"
    planned(theirs, TODAY)
    planned(mine, TOMORROW)

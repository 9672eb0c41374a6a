"""Rows of results: from the edge to the domain and back."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from api.schemas.results import (
    BatchCounts,
    BatchOut,
    ResultDetailsIn,
    ResultRowIn,
    RowAnswerOut,
    WithdrawalOut,
    WithdrawalRowOut,
)
from api.schemas.types import PersonIn, PointIn, ProblemOut, WindowIn
from core.errors import Problem
from geodata.model import LonLat
from tracking.intake_rows import BadRow
from tracking.model import Person, ResultRow, RowAnswer, Window
from tracking.service import WithdrawalAnswer


def row_of(row: ResultRowIn | BadRow) -> ResultRow | BadRow:
    """The domain's row; what has not the form of one stays what it is."""
    if isinstance(row, BadRow):
        return row
    return ResultRow(
        dossier_code=row.dossier_code,
        procedure=row.procedure,
        addressee=person_of(row.addressee),
        address=row.address,
        due_on=row.due_on,
        ready_at=row.ready_at,
        leg=row.leg,
        **details_of(row),
    )


def details_of(row: ResultDetailsIn) -> dict[str, Any]:
    """What may be said of a result, as the domain names it."""
    return {
        "office_code": row.office_code,
        "item_code": row.item_code,
        "weight_g": row.weight_g,
        "papers": row.papers,
        "state_fee_vnd": row.state_fee_vnd,
        "postage_vnd": row.postage_vnd,
        "reduction": row.reduction,
        "in_person": row.in_person,
        "point": lon_lat(row.point),
        "window": window_of(row.window),
        "receipt_code": row.receipt_code,
        "email": row.email,
    }


def person_of(person: PersonIn) -> Person:
    """The domain's person."""
    return Person(name=person.name, phone=person.phone)


def lon_lat(point: PointIn | None) -> LonLat | None:
    """The domain's point."""
    return None if point is None else LonLat(lon=point[0], lat=point[1])


def window_of(window: WindowIn | None) -> Window | None:
    """The domain's window."""
    return None if window is None else Window(start_at=window.start_at, end_at=window.end_at)


def batch_out(answers: Sequence[RowAnswer], *, accepted: bool) -> BatchOut:
    """The whole answer with its counts."""
    counts = Counter(answer.outcome for answer in answers)
    return BatchOut(
        accepted=accepted,
        counts=BatchCounts(
            created=counts["created"],
            unchanged=counts["unchanged"],
            updated=counts["updated"],
            rejected=counts["rejected"],
        ),
        rows=[_answer(answer) for answer in answers],
    )


def _answer(answer: RowAnswer) -> RowAnswerOut:
    return RowAnswerOut(
        **_answered(answer),
        outcome=answer.outcome,
        warnings=[problem_out(one) for one in answer.warnings],
    )


def withdrawal_out(answers: Sequence[WithdrawalAnswer]) -> WithdrawalOut:
    """What became of each."""
    return WithdrawalOut(rows=[WithdrawalRowOut(**_answered(one), outcome=one.outcome) for one in answers])


def _answered(answer: RowAnswer | WithdrawalAnswer) -> dict[str, Any]:
    return {
        "index": answer.index,
        "dossier_code": answer.dossier_code,
        "item_id": answer.item_id,
        "tracking_code": answer.tracking_code,
        "problems": [problem_out(one) for one in answer.problems],
    }


def problem_out(found: Problem) -> ProblemOut:
    """One problem in both languages."""
    return ProblemOut.model_validate(found.as_dict())

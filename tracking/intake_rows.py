"""Rows of which some do not even have the form of one: each is answered at its own place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Problem
from core.scope import Scope
from tracking.intake import accept_results
from tracking.model import ResultRow, RowAnswer
from tracking.placing import Resolver


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that does not even have the form of one, with everything that is wrong with it."""

    dossier_code: str
    problems: tuple[Problem, ...]


def accept_mixed(
    session: Session,
    *,
    scope: Scope,
    agency_id: UUID,
    rows: Sequence[ResultRow | BadRow],
    resolver: Resolver,
    now: datetime,
    submitting_office_id: UUID | None = None,
) -> list[RowAnswer]:
    """`accept_results`, with an answer for each row, in order, also for those that are none.

    Raises:
        CodedError: T1000 when there are too many rows, C1000 when the agency is not within reach.
    """
    good = [(index, row) for index, row in enumerate(rows) if isinstance(row, ResultRow)]
    accepted = accept_results(
        session,
        scope=scope,
        agency_id=agency_id,
        rows=[row for _, row in good],
        resolver=resolver,
        now=now,
        submitting_office_id=submitting_office_id,
    )
    answers = {index: replace(one, index=index) for (index, _), one in zip(good, accepted, strict=True)}
    return [answers[index] if isinstance(row, ResultRow) else _rejected(index, row) for index, row in enumerate(rows)]


def _rejected(index: int, row: BadRow) -> RowAnswer:
    return RowAnswer(index=index, outcome="rejected", dossier_code=row.dossier_code, problems=row.problems)

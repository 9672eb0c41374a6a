"""SQL of the reconciliation: the sides of an agency, its newest list, runs and their differences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from core.ids import floor_id
from core.scope import Scope
from tracking.model import Status
from tracking.reconcile.values import AgencyList, Difference, Held, Kind, Listed, Ours, Repair, Taken, Told
from tracking.store_endpoints import within
from tracking.tables_reconcile import AgencyListRow, ReconcileDifferenceRow, ReconcileRunRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One comparison: how many dossiers were compared, differences of each kind, how many of all are repaired."""

    id: UUID
    agency_id: UUID
    run_at: datetime
    run_by: str
    list_at: datetime | None
    pushed: bool
    dossiers: int
    kinds: dict[str, int]
    repaired: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDifference:
    """A difference as a run found it; `repair` is what one click does, `repaired_at` when somebody did."""

    difference: Difference
    repair: Repair | None
    repaired_at: datetime | None


_REPAIRED = (
    select(func.count())
    .where(
        ReconcileDifferenceRow.province_code == ReconcileRunRow.province_code,
        ReconcileDifferenceRow.run_id == ReconcileRunRow.id,
        ReconcileDifferenceRow.repaired_at.is_not(None),
    )
    .scalar_subquery()
)

_OURS = text("""
    SELECT DISTINCT ON (d.dossier_code) d.dossier_code, i.id, i.status, i.recalled_at, i.due_on, i.created_at
    FROM dossiers d
    JOIN item_dossiers c ON c.province_code = d.province_code AND c.dossier_id = d.id
    JOIN items i ON i.province_code = c.province_code AND i.id = c.item_id
    WHERE d.province_code = :province AND d.agency_id = :agency AND d.leg = 'return' AND (
        i.status NOT IN ('delivered', 'returned', 'withdrawn') OR d.dossier_code = ANY(:listed)
        OR EXISTS (
            SELECT FROM feedback_messages m WHERE m.province_code = d.province_code
                AND m.dossier_code = d.dossier_code AND m.agency_id = d.agency_id AND m.event_id >= :since
        )
    )
    ORDER BY d.dossier_code, i.id DESC
""")

_TOLD = text("""
    SELECT m.dossier_code, max(m.sequence) AS last,
        coalesce(max(m.sequence) FILTER (WHERE d.state = 'delivered'), 0) AS acknowledged,
        max(CAST(m.body->>'recordedtime' AS timestamptz)) AS at, f.delivered_sequence AS delivered
    FROM feedback_messages m
    JOIN feedback_dossiers f USING (province_code, agency_id, dossier_code)
    LEFT JOIN feedback_deliveries d USING (province_code, event_id, dossier_code)
    WHERE m.province_code = :province AND m.agency_id = :agency AND m.dossier_code = ANY(:codes)
    GROUP BY m.dossier_code, f.delivered_sequence
""")


# An endpoint should have what was to be sent there, and what was told to nobody; what happened before it was set and
# another one took is none of its business. A system of VietOpenCPS should have the delivery, the one thing it acts on.
_TAKEN = text("""
    WITH sent AS (
        SELECT m.dossier_code, m.sequence, f.delivered_sequence, e.id, e.url, e.kind, e.state, d.state AS sending,
            bool_or(d.state IS NOT NULL AND (d.state = 'delivered' OR e.state = 'active'))
                OVER (PARTITION BY m.event_id, m.dossier_code) AS is_told
        FROM feedback_messages m
        JOIN feedback_dossiers f USING (province_code, agency_id, dossier_code)
        JOIN feedback_endpoints e USING (province_code, agency_id)
        LEFT JOIN feedback_deliveries d ON d.province_code = m.province_code AND d.endpoint_id = e.id
            AND d.event_id = m.event_id AND d.dossier_code = m.dossier_code
        WHERE m.province_code = :province AND m.agency_id = :agency AND m.dossier_code = ANY(:codes)
    )
    SELECT dossier_code, split_part(url, '?', 1) AS url, max(sequence) AS last,
        coalesce(max(sequence) FILTER (WHERE sending = 'delivered'), 0) AS acknowledged,
        max(sequence) FILTER (WHERE sequence = delivered_sequence) AS delivered
    FROM sent
    WHERE state = 'active' AND (sending IS NOT NULL OR NOT is_told)
      AND (kind = 'webhook' OR sequence = delivered_sequence)
    GROUP BY dossier_code, id, url ORDER BY dossier_code, id
""")


def told_of(session: Session, province_code: str, agency_id: UUID, codes: Iterable[str]) -> dict[str, Told]:
    """What was told of dossiers and what the endpoints of the agency have taken of it."""
    values = {"province": province_code, "agency": agency_id, "codes": list(codes)}
    taken: dict[str, list[Taken]] = {}
    for row in session.execute(_TAKEN, values):
        one = Taken(url=row.url, last=row.last, acknowledged=row.acknowledged, delivered=row.delivered)
        taken.setdefault(row.dossier_code, []).append(one)
    return {
        row.dossier_code: Told(
            last=row.last,
            acknowledged=row.acknowledged,
            delivered=row.delivered,
            at=row.at,
            taken=tuple(taken.get(row.dossier_code, ())),
        )
        for row in session.execute(_TOLD, values)
    }


def ours(
    session: Session, province_code: str, agency_id: UUID, *, listed: Iterable[str], since: datetime
) -> tuple[dict[str, Ours], dict[str, Told]]:
    """Both of our sides of an agency's dossiers: of results on their way, those in the list, and those that something
    was told of since, the newest item of each.
    """
    values = {"province": province_code, "agency": agency_id, "listed": list(listed), "since": floor_id(since)}
    found = session.execute(_OURS, values).all()
    told = told_of(session, province_code, agency_id, [row.dossier_code for row in found])
    return {
        row.dossier_code: Ours(
            item_id=row.id,
            status=Status(row.status),
            is_recalled=row.recalled_at is not None,
            due_on=row.due_on,
            came_at=row.created_at,
            changed_at=told[row.dossier_code].at if row.dossier_code in told else row.created_at,
        )
        for row in found
    }, told


def endpoint_kinds(session: Session, province_code: str, agency_id: UUID) -> frozenset[str]:
    """The kinds of endpoint by which the agency is told at present."""
    query = text("""
        SELECT DISTINCT kind FROM feedback_endpoints
        WHERE province_code = :province AND agency_id = :agency AND state = 'active'
    """)
    return frozenset(session.scalars(query, {"province": province_code, "agency": agency_id}))


def keep_list(session: Session, scope: Scope, agency_id: UUID, listed: AgencyList, *, now: datetime) -> None:
    """Keep an agency's list in the place of the one before."""
    entries = {
        code: [one.held.value, one.due_on.isoformat() if one.due_on else None] for code, one in listed.entries.items()
    }
    values = {
        "listed_at": listed.at,
        "complete": listed.complete,
        "entries": entries,
        "sent_at": now,
        "sent_by": scope.actor,
    }
    session.execute(
        insert(AgencyListRow)
        .values(province_code=scope.province_code, agency_id=agency_id, **values)
        .on_conflict_do_update(index_elements=["province_code", "agency_id"], set_=values)
    )


def newest_list(session: Session, province_code: str, agency_id: UUID, *, since: datetime) -> AgencyList | None:
    """The agency's list, unless it was made before `since`."""
    row = session.scalar(
        select(AgencyListRow)
        .where(
            AgencyListRow.province_code == province_code,
            AgencyListRow.agency_id == agency_id,
            AgencyListRow.listed_at >= since,
        )
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    entries = {
        code: Listed(held=Held(held), due_on=date.fromisoformat(due) if due else None)
        for code, (held, due) in row.entries.items()
    }
    return AgencyList(at=row.listed_at, complete=row.complete, entries=entries)


def add_run(session: Session, province_code: str, run: Run, found: Sequence[tuple[Difference, Repair | None]]) -> None:
    """Write a run and what it found."""
    session.execute(
        insert(ReconcileRunRow).values(
            province_code=province_code,
            id=run.id,
            agency_id=run.agency_id,
            run_at=run.run_at,
            run_by=run.run_by,
            list_at=run.list_at,
            pushed=run.pushed,
            dossiers=run.dossiers,
            kinds=run.kinds,
        )
    )
    rows = [_row(province_code, run.id, difference, repair) for difference, repair in found]
    if rows:
        session.execute(insert(ReconcileDifferenceRow), rows)


def _row(province_code: str, run_id: UUID, one: Difference, repair: Repair | None) -> dict[str, Any]:
    return {
        "province_code": province_code,
        "run_id": run_id,
        "dossier_code": one.dossier_code,
        "kind": one.kind.value,
        "item_id": one.item_id,
        "here": one.here.value if one.here else None,
        "there": one.there.value if one.there else None,
        "due_here": one.due_here,
        "due_there": one.due_there,
        "told": one.told,
        "acknowledged": one.acknowledged,
        "endpoints": list(one.endpoints) or None,
        "repair": repair.value if repair else None,
    }


def runs(session: Session, scope: Scope, *, agency_id: UUID | None, limit: int) -> list[Run]:
    """Runs within reach, newest first."""
    query = select(ReconcileRunRow, _REPAIRED).where(within(scope, ReconcileRunRow))
    if agency_id is not None:
        query = query.where(ReconcileRunRow.agency_id == agency_id)
    return [_run(*row) for row in session.execute(query.order_by(ReconcileRunRow.id.desc()).limit(limit))]


def newest_runs(session: Session, scope: Scope) -> list[Run]:
    """The newest run of each agency within reach."""
    row = ReconcileRunRow
    query = select(row, _REPAIRED).ext(distinct_on(row.agency_id)).where(within(scope, row))
    return [_run(*one) for one in session.execute(query.order_by(row.agency_id, row.id.desc()))]


def open_differences(session: Session, scope: Scope) -> dict[UUID, int]:
    """By agency what its newest run found and nobody has repaired; agencies without any are left out."""
    row, found = ReconcileRunRow, ReconcileDifferenceRow
    newest = select(row.province_code, row.id, row.agency_id).ext(distinct_on(row.agency_id)).where(within(scope, row))
    run = newest.order_by(row.agency_id, row.id.desc()).subquery()
    query = (
        select(run.c.agency_id, func.count())
        .join(found, and_(found.province_code == run.c.province_code, found.run_id == run.c.id))
        .where(found.repaired_at.is_(None))
        .group_by(run.c.agency_id)
    )
    return {row.agency_id: row[1] for row in session.execute(query)}


def run_of(session: Session, scope: Scope, run_id: UUID) -> Run | None:
    """One run, or None when there is none within reach."""
    query = select(ReconcileRunRow, _REPAIRED).where(within(scope, ReconcileRunRow), ReconcileRunRow.id == run_id)
    row = session.execute(query).one_or_none()
    return None if row is None else _run(*row)


def differences_of(session: Session, province_code: str, run_id: UUID, *, limit: int) -> list[KeptDifference]:
    """What a run found: what nobody has repaired first, then by dossier code."""
    row = ReconcileDifferenceRow
    query = select(row).where(row.province_code == province_code, row.run_id == run_id)
    ordered = query.order_by(row.repaired_at.is_not(None), row.dossier_code, row.kind).limit(limit)
    return [_kept(one) for one in session.scalars(ordered.execution_options(populate_existing=True))]


def lock_difference(
    session: Session, province_code: str, run_id: UUID, dossier_code: str, kind: Kind
) -> KeptDifference | None:
    """One difference under a row lock."""
    key = (province_code, run_id, dossier_code, kind.value)
    row = session.get(ReconcileDifferenceRow, key, with_for_update=True, populate_existing=True)
    return None if row is None else _kept(row)


def mark_repaired(
    session: Session, scope: Scope, run_id: UUID, dossier_code: str, kind: Kind, *, now: datetime | None
) -> None:
    """Note that somebody has repaired a difference; `now` None: has taken the repair back."""
    row = ReconcileDifferenceRow
    session.execute(
        update(row)
        .where(
            row.province_code == scope.province_code,
            row.run_id == run_id,
            row.dossier_code == dossier_code,
            row.kind == kind.value,
        )
        .values(repaired_at=now, repaired_by=scope.actor if now else None)
    )


def erase(session: Session, *, lists_before: datetime, runs_before: datetime) -> int:
    """Delete old lists, and old runs with what they found."""
    lists = session.execute(
        delete(AgencyListRow).where(AgencyListRow.listed_at < lists_before).returning(AgencyListRow.agency_id)
    )
    gone = session.execute(
        delete(ReconcileRunRow).where(ReconcileRunRow.run_at < runs_before).returning(ReconcileRunRow.id)
    )
    return len(lists.all()) + len(gone.all())


def all_agencies(session: Session) -> list[tuple[str, UUID]]:
    """Every agency of every province that has anything to compare."""
    query = text("""
        SELECT province_code, id AS agency_id FROM agencies a WHERE EXISTS (
            SELECT FROM dossiers d WHERE d.province_code = a.province_code AND d.agency_id = a.id
        ) OR EXISTS (
            SELECT FROM agency_lists l WHERE l.province_code = a.province_code AND l.agency_id = a.id
        ) ORDER BY 1, 2
    """)
    return [(row.province_code, row.agency_id) for row in session.execute(query)]


def _run(row: ReconcileRunRow, repaired: int) -> Run:
    return Run(
        id=row.id,
        agency_id=row.agency_id,
        run_at=row.run_at,
        run_by=row.run_by,
        list_at=row.list_at,
        pushed=row.pushed,
        dossiers=row.dossiers,
        kinds=row.kinds,
        repaired=repaired,
    )


def _kept(row: ReconcileDifferenceRow) -> KeptDifference:
    return KeptDifference(
        difference=Difference(
            dossier_code=row.dossier_code,
            kind=Kind(row.kind),
            item_id=row.item_id,
            here=Status(row.here) if row.here else None,
            there=Held(row.there) if row.there else None,
            due_here=row.due_here,
            due_there=row.due_there,
            told=row.told,
            acknowledged=row.acknowledged,
            endpoints=tuple(row.endpoints or ()),
        ),
        repair=Repair(row.repair) if row.repair else None,
        repaired_at=row.repaired_at,
    )

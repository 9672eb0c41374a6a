"""What the poller needs from here: rows read by the form of `results:batch`, or as orders of the dialect."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from api.presenters.results import row_of
from api.runtime import Runtime
from api.schemas.results import RowIn
from core.scope import Scope
from tracking.intake_rows import accept_mixed
from tracking.model import RowAnswer
from tracking.opencps import orders
from tracking.sources.polling import Poller

_ROWS: TypeAdapter[list[RowIn]] = TypeAdapter(list[RowIn])


def poller_of(runtime: Runtime) -> Poller:
    """The poller over a process's runtime."""

    def rows(session: Session, scope: Scope, agency_id: UUID, sent: Sequence[object], now: datetime) -> list[RowAnswer]:
        read = [row_of(row) for row in _ROWS.validate_python(list(sent))]
        return accept_mixed(session, scope=scope, agency_id=agency_id, rows=read, resolver=runtime.resolver, now=now)

    def as_orders(
        session: Session, scope: Scope, agency_id: UUID, sent: Sequence[object], now: datetime
    ) -> list[RowAnswer]:
        return [
            orders.accept_listed(
                session,
                scope=scope,
                agency_id=agency_id,
                index=index,
                content=one,
                resolver=runtime.resolver,
                now=now,
            )
            for index, one in enumerate(sent)
        ]

    return Poller(
        database=runtime.database,
        box=runtime.secrets,
        clock=runtime.clock,
        accept={"rows": rows, "orders": as_orders},
        allow_private=runtime.options.allow_private_webhooks,
    )

"""Couriers' positions are exact for the shift and its lesson, then coarse (Law 91/2025/QH15)."""

from datetime import datetime, time, timedelta

from core.clock import at_local, local_date
from core.db import Database
from tracking import store_coarse

# Where lessons fail (no roads, no road server) tracks do not stay exact for ever.
_AT_LAST_DAYS = 7
_BATCH = 200


def coarsen_days(database: Database, *, now: datetime, precise_days: int, read_days: int) -> int:
    """Make past days coarse, each in a transaction of its own; returns how many.

    `precise_days`: whole days after that of the shift that stay exact. `read_days`: nights on which the lesson reads a
    day; one it may still read is left alone for a week.
    """
    today, done = local_date(now), 0
    while True:
        with database.reading() as session:
            due = store_coarse.due_days(
                session,
                before=today - timedelta(days=precise_days),
                at_last=today - timedelta(days=max(_AT_LAST_DAYS, precise_days)),
                read_days=read_days,
                most=_BATCH,
            )
        for key in due:
            start_at = at_local(key[2], time())
            with database.transaction() as session:
                store_coarse.coarsen(session, key, start_at=start_at, end_at=start_at + timedelta(days=1), now=now)
        done += len(due)
        if len(due) < _BATCH:
            return done

"""The audit of the daily roots: each against its leaves, the root before and its signature, and all of them against the
log that is kept outside the database.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from sqlalchemy.orm import Session

from tracking import store_roots
from tracking.audit_values import Audited, Fault
from tracking.merkle import Tree
from tracking.root_values import DailyRoot, LoggedRoots
from tracking.roots import NO_ROOT

IsSigned = Callable[[DailyRoot], bool]


def root_faults(
    session: Session, province_code: str, is_signed: IsSigned, logged: LoggedRoots, seen: Audited
) -> Iterator[Fault]:
    """Every fault of a province's roots."""
    previous = NO_ROOT
    roots = {
        root.day: root for root in reversed(store_roots.list_roots(session, province_code, until=None, limit=None))
    }
    for root in roots.values():
        seen.roots += 1
        leaves = store_roots.leaves_of(session, province_code, root.day)
        checks = {
            "root": Tree.over(leaf.content for leaf in leaves).root.hex() == root.root and len(leaves) == root.count,
            "root_link": root.previous == previous,
            "root_signature": is_signed(root),
        }
        previous = root.root
        for fault, holds in checks.items():
            if not holds:
                yield Fault(fault=fault, day=str(root.day))
    for day in store_roots.days_without_root(session, province_code):
        # What the log knows of the day is told below, once.
        if day not in logged.days:
            yield Fault(fault="removed_root", day=str(day))
    yield from _log_faults(roots, is_signed, logged, seen)


def _log_faults(
    roots: Mapping[date, DailyRoot], is_signed: IsSigned, logged: LoggedRoots, seen: Audited
) -> Iterator[Fault]:
    """Whoever takes roots away together with their leaves leaves no trace in the database, also not when the next ones
    are signed over what he wrote instead; the log has both.
    """
    if logged.unreadable:
        yield Fault(fault="root_log")
    for line in logged.roots:
        if not is_signed(line):
            yield Fault(fault="root_log", day=str(line.day))
        elif line.day not in roots:
            yield Fault(fault="removed_root", day=str(line.day))
        elif roots[line.day] != line:
            yield Fault(fault="replaced_root", day=str(line.day))
    newest = max(logged.days, default=date.min)
    for day in roots.keys() - logged.days:
        if day < newest:
            yield Fault(fault="unlogged_root", day=str(day))
        else:
            # Signed before there was a log, or just now: the signer's next run writes it down.
            seen.unlogged += 1

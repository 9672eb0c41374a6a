"""Making the daily roots: signed, committed, and written into the log outside the database."""

from datetime import date, datetime

from api.keyring import Keyring
from core.db import Database
from tracking import service
from tracking.service import DailyRoot, LoggedRoots


def sign_roots(database: Database, keyring: Keyring, province_code: str, *, now: datetime) -> list[DailyRoot]:
    """Make and sign the roots that are due; once they are committed they are written into the log.

    Roots the log lacks are written too: those of before there was a log, and those a crash kept out of it.
    """
    with database.transaction() as session:
        made = service.make_roots(session, province_code, signer=keyring.signer(now=now), now=now)
    with database.reading() as session:
        roots = service.published(session, province_code, limit=None)

    def unlogged(known: LoggedRoots) -> list[DailyRoot]:
        newest = max(known.days, default=date.min)
        # A hole among older days is not filled: somebody cut that line out, and the audit says so.
        return [one for one in reversed(roots) if (one in made or one.day > newest) and keyring.is_signed(one)]

    keyring.log.add(province_code, unlogged)
    return made

"""Intake: rows a second of full batches, of the same batches again, of a register list, and of positions."""

import io
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import xlsxwriter

from bench.report import Bar, Report, arguments, show
from bench.tracking_ground import DOOR, SYSTEM, Ground, OneCommune, ground
from core.clock import VIETNAM, utc_now
from geodata.model import LonLat
from tracking import service
from tracking.model import Fix, ResultRow
from tracking.sheet_columns import COLUMNS


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _sheet(rows: list[ResultRow]) -> bytes:
    """The rows as the register list has them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.heading for column in COLUMNS[:7]])
        for place, row in enumerate(rows, start=1):
            assert row.due_on is not None
            assert row.ready_at is not None
            who = [row.dossier_code, row.procedure, row.addressee.name, row.addressee.phone, row.address]
            ready = row.ready_at.astimezone(VIETNAM)
            sheet.write_row(place, 0, [*who, f"{row.due_on:%d/%m/%Y}", f"{ready:%d/%m/%Y %H:%M}"])
    return out.getvalue()


def _accept_sheet(place: Ground, data: bytes) -> None:
    with place.database.transaction() as session:
        answer = service.accept_sheet(
            session, scope=SYSTEM, agency_id=place.agency.id, data=data, resolver=OneCommune(), now=utc_now()
        )
        assert answer.counts == {"created": len(answer.answers)}, answer.counts


def _record(place: Ground, count: int) -> None:
    now = utc_now()
    fixes = [
        Fix(
            occurred_at=now - timedelta(seconds=5 * (count - n)),
            point=LonLat(lon=DOOR.lon + n * 1e-5, lat=DOOR.lat),
            accuracy_m=6.0,
        )
        for n in range(count)
    ]
    for start in range(0, count, 500):
        with place.database.transaction() as session:
            service.record_positions(
                session, scope=place.phone, courier_id=place.courier.id, fixes=fixes[start : start + 500], now=now
            )


def measure(*, batches: int, positions: int) -> Report:
    """Every batch has 1,000 rows; the first one warms up and does not count."""
    with ground() as place:
        place.accept(place.rows(1000), utc_now())
        fresh = place.rows(1000 * batches, first=1000)
        created_s = _seconds(lambda: place.accept(fresh, utc_now()))
        again_s = _seconds(lambda: place.accept(fresh, utc_now()))
        listed = place.rows(1000, first=500_000)
        sheet = _sheet(listed)
        sheet_s = _seconds(lambda: _accept_sheet(place, sheet))
        positions_s = _seconds(lambda: _record(place, positions))
    rate = positions / positions_s
    return Report(
        name="intake",
        figures={
            "rows": len(fresh),
            "created_per_s": round(len(fresh) / created_s),
            "unchanged_per_s": round(len(fresh) / again_s),
            "batch_of_1000_s": created_s / batches,
            "xlsx_of_1000_s": sheet_s,
            "positions_per_s": round(rate),
        },
        bars=(
            Bar("a batch of 1,000 new rows, s", created_s / batches, 1.0),
            Bar("positions a second, one worker, batches of 500", rate, 5000, ">="),
        ),
    )


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    report = measure(batches=2, positions=5000) if asked.quick else measure(batches=10, positions=50_000)
    return show(report, as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

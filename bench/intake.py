"""Intake: rows a second of full batches, of the same batches again, of register lists, and of positions."""

import csv
import io
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import xlsxwriter

from bench.report import Bar, Report, arguments, show
from bench.tracking_ground import DOOR, SYSTEM, Ground, ground
from core.clock import VIETNAM, utc_now
from core.memory import settle
from geodata.model import LonLat
from geodata.resolver import AddressResolver
from tracking import service
from tracking.intake import Earlier
from tracking.model import Fix, ResultRow
from tracking.sheet_columns import COLUMNS
from tracking.sheet_intake import Into, accept_part, read_sheet
from tracking.sheet_read import FILE

# Every address is its own and is read as the product reads it, before the row is answered.
_RESOLVER = AddressResolver.bundled()


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
            sheet.write_row(place, 0, _cells(row))
    return out.getvalue()


def _accept_file(place: Ground, data: bytes, *, bad: int) -> None:
    """As `buuta import-results`: part by part, each in a transaction of its own. Every bad row must be named."""
    sheet = read_sheet(data, FILE)
    settle()
    into = Into(SYSTEM, place.agency.id, _RESOLVER)
    earlier: Earlier = {}
    refused = 0
    for part in sheet.parts():
        with place.database.transaction() as session:
            answers = accept_part(session, sheet, part, into, earlier, now=utc_now())
        outcomes = {answer.outcome for answer in answers}
        assert outcomes <= {"created", "rejected"}, outcomes
        refused += sum(answer.outcome == "rejected" and bool(answer.problems[0].pointer) for answer in answers)
    assert refused == bad, (refused, bad)


def _file(rows: list[ResultRow], *, one_bad_in: int) -> bytes:
    """The rows as CSV; one in so many has a phone number that is none."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([column.heading for column in COLUMNS[:7]])
    for place, row in enumerate(rows):
        cells = _cells(row)
        table.writerow([*cells[:3], "12", *cells[4:]] if place % one_bad_in == 0 else cells)
    return out.getvalue().encode()


def _cells(row: ResultRow) -> list[str]:
    assert row.due_on is not None
    assert row.ready_at is not None
    who = [row.dossier_code, row.procedure, row.addressee.name, row.addressee.phone, row.address]
    return [*who, f"{row.due_on:%d/%m/%Y}", f"{row.ready_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"]


def _accept_sheet(place: Ground, data: bytes) -> None:
    with place.database.transaction() as session:
        answer = service.accept_sheet(
            session, scope=SYSTEM, agency_id=place.agency.id, data=data, resolver=_RESOLVER, now=utc_now()
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


def measure(*, batches: int, positions: int, file_rows: int) -> Report:
    """Every batch has 1,000 rows; the first one warms up and does not count. One row in 100 of the file is bad."""
    with ground() as place:
        place.accept(place.rows(1000), utc_now(), _RESOLVER)
        settle()  # as the server and the worker do before they take anything
        fresh = place.rows(1000 * batches, first=1000)
        created_s = _seconds(lambda: place.accept(fresh, utc_now(), _RESOLVER))
        again_s = _seconds(lambda: place.accept(fresh, utc_now(), _RESOLVER))
        listed = place.rows(1000, first=500_000)
        sheet = _sheet(listed)
        sheet_s = _seconds(lambda: _accept_sheet(place, sheet))
        file = _file(place.rows(file_rows, first=600_000), one_bad_in=100)
        file_s = _seconds(lambda: _accept_file(place, file, bad=file_rows // 100))
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
            "file_rows": file_rows,
            "file_s": round(file_s, 1),
            "file_rows_per_s": round(file_rows / file_s),
            "positions_per_s": round(rate),
        },
        bars=(
            Bar("a batch of 1,000 new rows, s", created_s / batches, 1.0),
            Bar("new rows a second in batches of 1,000", len(fresh) / created_s, 2000, ">="),
            Bar("positions a second, one worker, batches of 500", rate, 5000, ">="),
        ),
    )


def main() -> int:
    """Measure and show."""
    asked = arguments(__doc__ or "")
    small = {"batches": 2, "positions": 5_000, "file_rows": 5_000}
    whole = {"batches": 10, "positions": 50_000, "file_rows": 100_000}
    return show(measure(**(small if asked.quick else whole)), as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())

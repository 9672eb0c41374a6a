"""The list to be mended: the refused rows alone, their wrong cells marked, taken in once they are right."""

import io
import zipfile
from datetime import datetime
from typing import Any

from python_calamine import CalamineWorkbook

from tests.tracking.office_scene import Scene
from tests.tracking.test_sheet import HEADINGS, LINE, accept, as_csv, as_xlsx
from tracking.sheet_columns import COLUMNS
from tracking.sheet_marked import FAULTS, marked_xlsx

PHONE, DUE = 3, 5


def line(serial: int, **cells: Any) -> list[Any]:
    """A good line with other cells by column."""
    good: list[Any] = [f"H29.16-261101-{serial:04d}", *LINE[1:]]
    for place, value in cells.items():
        good[int(place[1:])] = value
    return good


def marked(scene: Scene, data: bytes) -> tuple[list[list[Any]], str]:
    """The rows of the answer as another program reads them, and the comments beside its cells."""
    file = marked_xlsx(data, accept(scene, data, dry_run=True).answers)
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        comments = [archive.read(name).decode() for name in archive.namelist() if "comments" in name]
    return CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python(), "".join(comments)


def test_only_the_refused_rows_are_in_it_and_their_cells_say_why(scene: Scene) -> None:
    data = as_csv(HEADINGS, line(1), line(2, _3="12", _5="31/02/2026"), line(3), line(4, _4=""))
    rows, comments = marked(scene, data)
    assert rows[0] == [*(column.heading for column in COLUMNS), FAULTS]
    assert [row[0] for row in rows[1:]] == ["H29.16-261101-0002", "H29.16-261101-0004"]
    assert (rows[1][PHONE], rows[1][DUE]) == ("12", "31/02/2026"), "what was written is kept"
    assert 'ref="D2"' in comments
    assert 'ref="F2"' in comments
    assert 'ref="E3"' in comments
    assert comments.count("ref=") == 3, "nothing else is marked"
    assert "không phải số Việt Nam hợp lệ" in rows[1][-1]


def test_mended_and_uploaded_as_it_is_the_rest_comes_in(scene: Scene) -> None:
    data = as_csv(HEADINGS, line(1), line(2, _3="12"))
    assert accept(scene, data).counts == {"created": 1, "rejected": 1}
    rows, _ = marked(scene, data)
    rows[1][PHONE] = "0912345679"
    assert accept(scene, as_xlsx(*rows)).counts == {"created": 1}


def test_dates_and_numbers_of_a_workbook_are_read_back_as_the_same(scene: Scene) -> None:
    at = datetime(2026, 11, 19, 15, 30)  # noqa: DTZ001  a cell has no zone
    data = as_xlsx(HEADINGS, line(1, _3="12", _6=at, _7=70.0))
    rows, _ = marked(scene, data)
    rows[1][PHONE] = LINE[PHONE]
    mended, plain = accept(scene, as_xlsx(*rows)).answers[0], accept(scene, as_csv(HEADINGS, line(1))).answers[0]
    assert (mended.outcome, plain.outcome) == ("created", "unchanged")


def test_nothing_refused_is_an_empty_list(scene: Scene) -> None:
    rows, comments = marked(scene, as_csv(HEADINGS, line(1)))
    assert (len(rows), comments) == (1, "")

"""Register lists as XLSX and CSV: headings in any form, errors by cell, dry run, and twice is once."""

import csv
import io
import unicodedata
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import CodedError
from tests.tracking.office_scene import NOW, RESOLVER, SYSTEM, Scene, item_id, snapshot
from tracking import service, sheet_cells, sheet_intake, sheet_read
from tracking.intake import Earlier
from tracking.model import RowAnswer, Status
from tracking.sheet_columns import COLUMNS, find_layout
from tracking.sheet_read import cell_name, read_grid
from tracking.sheet_template import template_xlsx

HEADINGS = [
    "Mã hồ sơ",
    "Thủ tục",
    "Họ tên",
    "Điện thoại",
    "Địa chỉ",
    "Ngày hẹn trả",
    "Ngày có kết quả",
    "Khối lượng (g)",
    "Lệ phí",
    "Cước",
    "Giao tận tay",
]
LINE = [
    "H29.16-261101-0001",
    "Cấp đổi giấy phép lái xe",
    "Đặng Thị Ánh",
    "0912345678",
    "Số 1 Lê Lợi, phường Sài Gòn",
    "25/11/2026",
    "19/11/2026 15:30",
    "70",
    "50.000",
    "30.000 đ",
    "có",
]


def as_csv(*lines: list[Any], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(lines)
    return out.getvalue().encode(encoding)


def as_xlsx(*lines: list[Any]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        dated = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, dated)
                else:
                    sheet.write(row, column, value)
    return out.getvalue()


def accept(scene: Scene, data: bytes, *, dry_run: bool = False) -> service.SheetAnswer:
    with scene.database.transaction() as session:
        return service.accept_sheet(
            session,
            scope=SYSTEM,
            agency_id=scene.agency.id,
            data=data,
            resolver=RESOLVER,
            now=NOW,
            dry_run=dry_run,
        )


@pytest.mark.parametrize(
    "data",
    [
        as_csv(HEADINGS, LINE),
        as_csv(HEADINGS, LINE, encoding="utf-8", delimiter=";"),
        as_csv(HEADINGS, LINE, encoding="utf-16", delimiter="\t"),
        as_csv(HEADINGS, LINE, encoding="utf-16-le", delimiter="\t"),
        as_xlsx(HEADINGS, LINE),
        as_xlsx(
            HEADINGS,
            [
                *LINE[:3],
                912345678,
                LINE[4],
                datetime(2026, 11, 25),  # noqa: DTZ001  a cell has no zone
                datetime(2026, 11, 19, 15, 30),  # noqa: DTZ001  a cell has no zone
                70,
                50_000.0,
                30_000,
                "x",
            ],
        ),
    ],
    ids=["utf-8", "semicolons", "utf-16", "utf-16 bare", "xlsx text", "xlsx values"],
)
def test_every_way_to_write_a_sheet_gives_the_same_item(scene: Scene, data: bytes) -> None:
    (answer,) = accept(scene, data).answers
    assert (answer.index, answer.outcome, answer.problems) == (2, "created", ())
    item = scene.item(item_id(answer))
    assert (item.addressee.name, item.addressee.phone) == ("Đặng Thị Ánh", "0912345678")
    assert (item.due_on, item.ready_at.isoformat()) == (date(2026, 11, 25), "2026-11-19T08:30:00+00:00")
    assert (item.weight_g, item.state_fee_vnd, item.postage_vnd, item.in_person) == (70, 50_000, 30_000, True)
    assert item.status is Status.READY


def test_windows_1258_is_read_and_composed(scene: Scene) -> None:
    data = as_csv([as_1258(text) for text in HEADINGS], [as_1258(text) for text in LINE], encoding="cp1258")
    (answer,) = accept(scene, data).answers
    assert scene.item(item_id(answer)).addressee.name == "Đặng Thị Ánh"


def as_1258(text: str) -> str:
    """Windows-1258 has no ấ: it writes â and the tone behind it."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = ""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        out += base + "".join(part for part in parts if part in tones)
    return out


def test_titles_above_other_order_and_other_names_do_not_matter(scene: Scene) -> None:
    headings = ["STT", "NGÀY HẸN TRẢ", "so dien thoai", "Họ và tên", "Địa chỉ nhận", "ma ho so", "TTHC", "Ngày kết quả"]
    line = ["1", "25/11/2026", LINE[3], LINE[2], LINE[4], LINE[0], LINE[1], "19/11/2026"]
    title = ["DANH SÁCH ĐĂNG KÝ CHUYỂN PHÁT"] + [""] * 7
    (answer,) = accept(scene, as_csv(title, [""] * 8, headings, line)).answers
    assert (answer.index, answer.outcome) == (4, "created")


def test_the_same_file_twice_changes_nothing(scene: Scene) -> None:
    data = as_xlsx(HEADINGS, LINE)
    accept(scene, data)
    before = snapshot(scene)
    assert accept(scene, data).counts == {"unchanged": 1}
    assert snapshot(scene) == before


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_a_list_in_parts_comes_to_the_same_as_whole(scene: Scene, size: int) -> None:
    """A dossier that stands twice is told of also where its two rows stand in different parts."""
    other = [*LINE[:4], "Số 14 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh", *LINE[5:]]
    second, bad = ["H29.16-261101-0999", *LINE[1:]], ["H29.16-261101-0998", *LINE[1:5], "mai", *LINE[6:]]
    sheet = sheet_intake.read_sheet(as_csv(HEADINGS, LINE, second, LINE, bad, other))
    into = sheet_intake.Into(SYSTEM, scene.agency.id, RESOLVER)

    def taken() -> list[tuple[int, str, list[str]]]:
        earlier: Earlier = {}
        answers: list[RowAnswer] = []
        for part in sheet.parts(size):
            with scene.database.transaction() as session:
                answers += sheet_intake.accept_part(session, sheet, part, into, earlier, now=NOW)
        return [(one.index, one.outcome, [p.text("en") for p in one.problems]) for one in answers]

    with scene.database.transaction() as session:
        tried = sheet_intake.try_sheet(session, sheet, into, now=NOW)
    first = taken()
    assert [(one.index, one.outcome) for one in tried] == [row[:2] for row in first]
    assert not any(one.item_id for one in tried)
    assert [row[1] for row in first] == ["created", "created", "unchanged", "rejected", "rejected"]
    assert "2" in first[4][2][0]  # the sheet's own number of the row that stands first
    assert [row[1] for row in taken()] == ["unchanged"] * 3 + ["rejected"] * 2


def test_a_dry_run_says_the_same_and_writes_nothing(scene: Scene) -> None:
    lines = [
        [*LINE],
        ["H29.16-261101-0002", *LINE[1:4], "giữa hai nơi", *LINE[5:]],
        ["H29.16-261101-0003", *LINE[1:7], "0", *LINE[8:]],
    ]
    data = as_csv(HEADINGS, *lines)
    before = snapshot(scene)
    dry = accept(scene, data, dry_run=True)
    assert snapshot(scene) == before
    real = accept(scene, data)
    assert [a.outcome for a in dry.answers] == [a.outcome for a in real.answers] == ["created", "created", "rejected"]
    assert [a.problems for a in dry.answers] == [a.problems for a in real.answers]
    assert [a.warnings for a in dry.answers] == [a.warnings for a in real.answers]
    assert all(a.item_id is None for a in dry.answers)
    assert dry.dry_run
    assert not real.dry_run


CELLS = [
    (0, "", "A2", "T1001"),
    (2, "", "C2", "T1001"),
    (3, "12", "D2", "T1004"),
    (4, "", "E2", "T1001"),
    (5, "31/02/2026", "F2", "T1005"),
    (5, "mai", "F2", "T1005"),
    (6, "19/11/26", "G2", "T1005"),
    (7, "nhẹ", "H2", "T1106"),
    (7, "0", "H2", "T1007"),
    (8, "12,5", "I2", "T1106"),
    (10, "có thể", "K2", "T1107"),
]


@pytest.mark.parametrize(("column", "value", "cell", "code"), CELLS)
def test_errors_point_to_their_cell(scene: Scene, column: int, value: str, cell: str, code: str) -> None:
    bad = [*LINE]
    bad[column] = value
    good = ["H29.16-261101-0009", *LINE[1:]]
    answers = accept(scene, as_csv(HEADINGS, bad, good)).answers
    assert [(p.pointer, p.code) for p in answers[0].problems] == [(cell, code)]
    assert [a.outcome for a in answers] == ["rejected", "created"]


def test_all_errors_of_a_line_come_together(scene: Scene) -> None:
    bad = ["", LINE[1], "", "12", LINE[4], "mai", LINE[6], "nhẹ", *LINE[8:]]
    (answer,) = accept(scene, as_csv(HEADINGS, bad)).answers
    assert {p.pointer for p in answer.problems} == {"A2", "C2", "D2", "F2", "H2"}


def test_half_an_appointment_is_wrong_a_whole_one_is_kept(scene: Scene) -> None:
    headings = [*HEADINGS, "Hẹn giao từ", "Hẹn giao đến"]
    half = [*LINE, "25/11/2026 08:00", ""]
    whole = ["H29.16-261101-0002", *LINE[1:], "25/11/2026 08:00", "25/11/2026 10h30"]
    answers = accept(scene, as_csv(headings, half, whole)).answers
    assert [(p.pointer, p.code) for p in answers[0].problems] == [("L2", "T1011")]
    window = scene.item(item_id(answers[1])).window
    assert window is not None
    assert window.end_at.isoformat() == "2026-11-25T03:30:00+00:00"


@pytest.mark.parametrize("email", ["Thư điện tử", "thu dien tu", "EMAIL", "E-mail", "Địa chỉ email"])
@pytest.mark.parametrize("receipt", ["Mã biên nhận", "SỐ BIÊN NHẬN", "so giay bien nhan"])
def test_a_mail_address_and_a_receipt_code_are_kept(scene: Scene, email: str, receipt: str) -> None:
    line = [*LINE, " Ngoc@Example.vn", " D-2611-77 "]
    (answer,) = accept(scene, as_csv([*HEADINGS, email, receipt], line)).answers
    assert (answer.outcome, answer.problems, answer.warnings) == ("created", (), ())
    with scene.database.reading() as session:
        kept = session.execute(text("SELECT item_id, email FROM notification_emails")).all()
        codes = session.execute(text("SELECT receipt_code FROM dossiers")).scalars().all()
    assert (kept, codes) == ([(item_id(answer), "ngoc@example.vn")], ["D-2611-77"])


def test_a_wrong_mail_address_is_named_by_its_cell_and_keeps_nothing_back(scene: Scene) -> None:
    headings = [*HEADINGS, "Email", "Mã biên nhận"]
    wrong = [*LINE, "ngoc@", ""]
    long = ["H29.16-261101-0002", *LINE[1:], "", "D" * 61]
    answers = accept(scene, as_csv(headings, wrong, long)).answers
    assert [(p.pointer, p.code) for p in answers[0].warnings] == [("L2", "T5507")]
    assert [(p.pointer, p.code) for p in answers[1].problems] == [("M3", "T1008")]
    assert [a.outcome for a in answers] == ["created", "rejected"]
    with scene.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM notification_emails")).scalar_one() == 0


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (as_csv(HEADINGS[2:], LINE[2:]), ["T1102", "T1102"]),
        (as_csv([*HEADINGS, "SĐT"], [*LINE, "1"]), ["T1103"]),
        (as_csv(HEADINGS), ["T1104"]),
        (as_csv(HEADINGS, [""] * 11), ["T1104"]),
        (b"", ["T1102"] * 7),
        (b"PK\x03\x04 not a zip", ["T1101"]),
        (b"%PDF-1.7\x00\x00\x00", ["T1101"]),
        (as_csv(HEADINGS, *[LINE] * (sheet_read.UPLOAD.rows + 60)), ["T1105"]),
        (b"x" * (sheet_read.UPLOAD.megabytes * 1024**2 + 1), ["T1105"]),
    ],
    ids=["missing", "twice", "headings only", "blank", "nothing", "no zip", "pdf", "many rows", "many bytes"],
)
def test_a_file_that_cannot_be_taken_says_why(scene: Scene, data: bytes, codes: list[str]) -> None:
    before = snapshot(scene)
    with pytest.raises(CodedError) as refused:
        accept(scene, data)
    assert [p.code for p in refused.value.problems] == codes
    assert snapshot(scene) == before


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(3):
            archive.writestr(f"xl/worksheets/sheet{part}.xml", b"\0" * (80 * 1024**2))
    with pytest.raises(CodedError) as refused:
        read_grid(out.getvalue())
    assert refused.value.code == "T1105"


def test_the_template_has_every_column_and_no_rows(scene: Scene) -> None:
    grid = read_grid(template_xlsx())
    assert set(find_layout(grid).places) == {column.field for column in COLUMNS}
    with pytest.raises(CodedError) as refused:
        accept(scene, template_xlsx())
    assert refused.value.code == "T1104"


@pytest.mark.parametrize(("place", "name"), [((4, 2), "C5"), ((0, 25), "Z1"), ((0, 26), "AA1"), ((9, 701), "ZZ10")])
def test_cells_are_named_as_in_the_sheet(place: tuple[int, int], name: str) -> None:
    assert cell_name(*place) == name


@pytest.mark.parametrize(
    ("cell", "number"),
    [("26.000", 26000), ("1,234,567 đ", 1234567), ("70 g", 70), ("70.0", 70), (70.0, 70), ("-5", -5), ("1 000", 1000)],
)
def test_whole_numbers(cell: sheet_read.Cell, number: int) -> None:
    assert sheet_cells.whole_number(cell) == number


@pytest.mark.parametrize("cell", ["12,5", 12.5, "1.23.456", True, "x", "1e3", ""])
def test_what_is_no_whole_number(cell: sheet_read.Cell) -> None:
    assert sheet_cells.whole_number(cell) is None


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_date_is_read_in_every_form(day: date) -> None:
    forms: list[sheet_read.Cell] = [
        day,
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d-%m-%Y}",
        f"{day:%d.%m.%Y} 23:59",
        day.isoformat(),
        f"{day.isoformat()}T00:00:00+07:00",
        (day - date(1899, 12, 30)).days,
    ]
    assert [sheet_cells.day(form) for form in forms] == [day] * len(forms)

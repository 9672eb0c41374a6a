"""The empty register list to fill in, as XLSX, with a sheet that explains each column."""

import io

import xlsxwriter

from tracking.sheet_columns import COLUMNS
from tracking.sheet_read import UPLOAD

_TEXT_FIELDS = ("dossier_code", "addressee.phone", "item_code", "office_code", "email", "receipt_code")


def template_xlsx() -> bytes:
    """The workbook: `Danh sách đăng ký chuyển phát` to fill in, `Hướng dẫn` to read."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        _list(book)
        _guide(book)
    return out.getvalue()


def _list(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Danh sách ĐK chuyển phát")
    heading = book.add_format({"bold": True, "bg_color": "#FFE9A8", "border": 1, "text_wrap": True})
    optional = book.add_format({"bold": True, "bg_color": "#EEEEEE", "border": 1, "text_wrap": True})
    # As text, or a spreadsheet takes the leading zero of a phone number and the digits of a code.
    as_text = book.add_format({"num_format": "@"})
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.heading, heading if column.required else optional)
        width = max(12, len(column.heading) + 2, len(str(column.example)) + 2)
        sheet.set_column(place, place, width, as_text if column.field in _TEXT_FIELDS else None)
        if column.note:
            sheet.write_comment(0, place, column.note)
    in_person = next(place for place, column in enumerate(COLUMNS) if column.field == "in_person")
    choices = {"validate": "list", "source": ["có", "không"]}
    sheet.data_validation(1, in_person, UPLOAD.rows, in_person, choices)
    sheet.freeze_panes(1, 1)


def _guide(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Hướng dẫn")
    bold = book.add_format({"bold": True})
    for place, text in enumerate(("Cột", "Bắt buộc", "Cách ghi", "Ví dụ")):
        sheet.write_string(0, place, text, bold)
    for row, column in enumerate(COLUMNS, start=1):
        sheet.write_row(row, 0, [column.heading, "có" if column.required else "", column.note, column.example])
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 3, 56)

"""The columns of the register list "Danh sách đăng ký chuyển phát", found whatever their order and accents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import CodedError, problem
from tracking.errors import COLUMN_MISSING, COLUMN_TWICE
from tracking.fields import folded
from tracking.sheet_read import Cell, Grid, cell_name

_HEADER_WITHIN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: the field of a row it fills, its heading, other headings seen in use, what to write into it."""

    field: str
    heading: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    note: str = ""
    example: str | int = ""

    @property
    def keys(self) -> set[str]:
        """All headings in comparable form."""
        return {heading_key(text) for text in (self.heading, self.field, *self.aliases)}


COLUMNS: tuple[Column, ...] = (
    Column(
        field="dossier_code",
        heading="Mã hồ sơ",
        aliases=("Số hồ sơ", "Mã HS", "Mã số hồ sơ"),
        required=True,
        note="Đúng như trên hệ thống một cửa, ví dụ H29.16-261120-0001.",
        example="H29.16-261120-0001",
    ),
    Column(
        field="procedure",
        heading="Thủ tục",
        aliases=("Tên thủ tục", "Thủ tục hành chính", "TTHC"),
        required=True,
        example="Cấp đổi giấy chứng nhận quyền sử dụng đất",
    ),
    Column(
        field="addressee.name",
        heading="Họ tên",
        aliases=("Họ và tên", "Người nhận", "Tên người nhận", "Họ tên người nhận", "Chủ hồ sơ"),
        required=True,
        example="Nguyễn Thị Bích Ngọc",
    ),
    Column(
        field="addressee.phone",
        heading="Điện thoại",
        aliases=("Số điện thoại", "SĐT", "ĐT", "Điện thoại người nhận"),
        required=True,
        note="Bốn số cuối là mã tra cứu của người dân.",
        example="0912345678",
    ),
    Column(
        field="address",
        heading="Địa chỉ",
        aliases=("Địa chỉ nhận", "Địa chỉ người nhận", "Địa chỉ nhận kết quả", "Nơi nhận"),
        required=True,
        note="Ghi đúng lời người dân; địa danh cũ hay mới đều được.",
        example="Số 12 Lê Lợi, phường Sài Gòn, Thành phố Hồ Chí Minh",
    ),
    Column(
        field="due_on",
        heading="Ngày hẹn trả",
        aliases=("Hẹn trả", "Ngày trả", "Ngày hẹn trả kết quả"),
        required=True,
        note="ngày/tháng/năm",
        example="20/11/2026",
    ),
    Column(
        field="ready_at",
        heading="Ngày có kết quả",
        aliases=("Ngày kết quả", "Có kết quả ngày"),
        required=True,
        note="ngày/tháng/năm, có thể kèm giờ:phút (giờ Việt Nam)",
        example="18/11/2026 15:30",
    ),
    Column(
        field="office_code",
        heading="Bưu cục",
        aliases=("Mã bưu cục", "Bưu cục phát"),
        note="Chỉ ghi khi muốn giao cho một bưu cục nhất định.",
    ),
    Column(field="weight_g", heading="Khối lượng (g)", aliases=("Khối lượng", "Trọng lượng"), example=50),
    Column(field="papers", heading="Số giấy tờ", aliases=("Số lượng giấy tờ", "Số bản", "Số lượng"), example=1),
    Column(
        field="state_fee_vnd",
        heading="Lệ phí",
        aliases=("Phí", "Phí, lệ phí", "Phí lệ phí", "Lệ phí (đồng)"),
        note="Số tiền bưu tá thu hộ cơ quan, đồng.",
        example=0,
    ),
    Column(
        field="postage_vnd",
        heading="Cước",
        aliases=("Cước phí", "Cước chuyển phát", "Cước (đồng)"),
        note="Cước người nhận trả khi nhận, đồng; để trống thì tính theo bảng cước.",
        example=30_000,
    ),
    Column(
        field="reduction",
        heading="Đối tượng miễn giảm",
        aliases=("Miễn giảm cước", "Đối tượng giảm cước"),
        note="Mã hoặc tên đối tượng như trong bảng cước; để trống nếu không miễn giảm.",
    ),
    Column(
        field="in_person",
        heading="Giao tận tay",
        aliases=("Thu tận tay", "Tận tay", "Phải giao tận tay"),
        note="«có» nếu chỉ được giao cho chính người đứng tên.",
        example="không",
    ),
    Column(field="item_code", heading="Mã bưu gửi", aliases=("Số hiệu bưu gửi",), note="Chỉ ghi khi đã dán mã."),
    Column(
        field="window_start",
        heading="Hẹn giao từ",
        aliases=("Hẹn giờ từ",),
        note="ngày/tháng/năm giờ:phút; để trống nếu không hẹn giờ.",
    ),
    Column(field="window_end", heading="Hẹn giao đến", aliases=("Hẹn giờ đến",)),
    Column(
        field="email",
        heading="Thư điện tử",
        aliases=(
            "Email", "Địa chỉ email", "Địa chỉ thư điện tử", "Email người nhận", "Thư điện tử người nhận", "Hộp thư",
        ),
        note="Của người nhận, để báo tin; ghi sai vẫn nhận hồ sơ, chỉ không gửi thư.",
        example="ngoc@example.vn",
    ),
    Column(
        field="receipt_code",
        heading="Mã biên nhận",
        aliases=("Số biên nhận", "Biên nhận", "Mã số biên nhận", "Số giấy biên nhận", "Mã tiếp nhận"),
        note="Mã ghi trên giấy hẹn, nếu hệ thống một cửa biết hồ sơ bằng mã này (OpenCPS: D-…).",
    ),
)  # fmt: skip

HEADING = {column.field: column.heading for column in COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the heading row stands and which column (from 0) holds which field."""

    header_row: int
    places: dict[str, int]

    def cell(self, row: int, field: str) -> str:
        """The name of a field's cell in a row (from 0); the row's first cell when the field has no column."""
        return cell_name(row, self.places.get(field, 0))


def heading_key(text: str) -> str:
    """A heading without case, accents, spaces and marks: `Khối lượng (g)` is `khoiluongg`."""
    return re.sub(r"[^a-z0-9]", "", folded(text))


def find_layout(grid: Grid, columns: Sequence[Column] = COLUMNS) -> Layout:
    """Where `columns` stand: the heading row is the one of the first 30 that knows most of them; titles above it do not
    matter.

    Raises:
        CodedError: T1102 for each missing column, T1103 for each that stands twice.
    """
    matches = [_match(row, columns) for row in grid[:_HEADER_WITHIN]]
    best = max(range(len(matches)), key=lambda i: len(matches[i]), default=None)
    found = matches[best] if best is not None else []
    header_row = best or 0
    places = {field: place for place, field in reversed(found)}
    problems = [
        problem(COLUMN_TWICE, pointer=cell_name(header_row, place), column=column.heading)
        for column in columns
        for place, field in found
        if field == column.field and places[field] != place
    ] + [
        problem(COLUMN_MISSING, pointer=cell_name(header_row, 0), column=column.heading)
        for column in columns
        if column.required and column.field not in places
    ]
    if problems:
        raise CodedError(problems)
    return Layout(header_row=header_row, places=places)


def _match(row: Sequence[Cell], columns: Sequence[Column]) -> list[tuple[int, str]]:
    """(column, field) for each heading of the row that is known."""
    known = {key: column.field for column in columns for key in column.keys}
    keys = [(place, heading_key(cell)) for place, cell in enumerate(row) if isinstance(cell, str)]
    return [(place, known[key]) for place, key in keys if key in known]

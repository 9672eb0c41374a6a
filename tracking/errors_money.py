"""Errors of money, T7xxx."""

from core.errors import define

AMOUNT_WRONG = define(
    "T7001",
    422,
    vi="Số tiền «{value}» không đúng: cần số nguyên đồng từ {low} đến {limit}.",
    en="The amount “{value}” is not valid: whole VND from {low} to {limit} are needed.",
)
DAY_AHEAD = define("T7002", 422, vi="Ngày {value} chưa đến.", en="The day {value} has not come yet.")
REASON_NEEDED = define(
    "T7003",
    422,
    vi="Bút toán sửa phải có lý do, tối đa {limit} chữ cái.",
    en="A correction needs a reason, {limit} characters at most.",
)
NOTE_LONG = define(
    "T7004", 422, vi="Ghi chú dài quá {limit} chữ cái.", en="The note is longer than {limit} characters."
)
CORRECTED_BEFORE = define(
    "T7005",
    409,
    vi="Bút toán này đã được sửa; hãy sửa bút toán mới nhất.",
    en="This entry has been corrected already; correct the newest one.",
)
TAKES_BACK = define(
    "T7006",
    409,
    vi="Bút toán này là bút toán hủy, không sửa được.",
    en="This entry takes another one back and cannot be corrected.",
)
DAY_LONG_PAST = define(
    "T7007",
    422,
    vi="Ngày {value} đã qua hơn {limit} ngày.",
    en="The day {value} is more than {limit} days past.",
)
TARIFF_WRONG = define(
    "T7101",
    422,
    vi="Bảng cước sai ở «{place}»: cần {why}.",
    en="The tariff is wrong at “{place}”: {why} is needed.",
)
WEIGHT_WRONG = define(
    "T7102",
    422,
    vi="Khối lượng «{value}» g không nhận gửi: từ 1 đến {limit} g.",
    en="A weight of “{value}” g is not carried: from 1 to {limit} g.",
)
REDUCTION_UNKNOWN = define(
    "T7103",
    422,
    vi="Bảng cước không có đối tượng miễn giảm «{value}»; có: {known}.",
    en="The tariff has no reduction “{value}”; it has: {known}.",
)
POSTAGE_DIFFERS = define(
    "T7104",
    422,
    vi="Cước {value} đồng khác với bảng cước «{source}» ({expected} đồng); hệ thống giữ số của cơ quan.",
    en="The postage of {value} VND differs from the tariff “{source}” ({expected} VND); the agency's figure stands.",
)

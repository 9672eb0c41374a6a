"""Coded errors of couriers' days and of couriers lent to other offices (T302x)."""

from core.errors import define

BREAK_WRONG = define(
    "T3021",
    422,
    vi="Giờ nghỉ {minutes} phút bắt đầu trong khoảng {window} phải nằm trọn trong một ca "
    "và xong trước giờ nghỉ kế tiếp.",
    en="The break of {minutes} minutes that begins within {window} must lie within one shift "
    "and be over before the next one.",
)
OVERTIME_WRONG = define(
    "T3022",
    422,
    vi="Giờ muộn nhất được làm thêm phải sau giờ hết ca cuối ({end}).",
    en="The latest end of overtime must be after the end of the last shift ({end}).",
)
LENT_TO_OWN = define(
    "T3023",
    422,
    vi="Bưu tá {name} đã thuộc bưu cục này.",
    en="The courier {name} belongs to this office already.",
)
LOAN_DAYS_WRONG = define(
    "T3024",
    422,
    vi="Thời gian cho mượn phải từ hôm nay trở đi, ngày cuối không trước ngày đầu, tối đa {limit} ngày.",
    en="A loan must begin today or later, end no earlier than it begins, and last {limit} days at most.",
)
LENT_ELSEWHERE = define(
    "T3025",
    409,
    vi="Ngày {day} bưu tá {name} đã cho bưu cục {office} mượn.",
    en="On {day} the courier {name} is lent to the office {office}.",
)
COURIER_LEFT = define(
    "T3026",
    409,
    vi="Bưu tá {name} đã nghỉ việc.",
    en="The courier {name} has left.",
)

"""Coded errors of couriers' days (T302x)."""

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

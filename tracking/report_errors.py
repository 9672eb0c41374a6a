"""Errors of reports, T6xxx."""

from core.errors import define

BAD_PERIOD = define(
    "T6001",
    422,
    vi="Khoảng thời gian từ {from_on} đến {to_on} không đúng: ngày đầu phải trước ngày cuối, tối đa 400 ngày.",
    en="The period from {from_on} to {to_on} is not valid: it must run forward and be 400 days at most.",
)

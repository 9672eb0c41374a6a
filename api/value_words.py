"""Pydantic's findings about a value in Vietnamese; its own sentences are English."""

import re
from collections.abc import Mapping
from typing import Any

_OTHERWISE = "không đúng dạng"
_AT = re.compile(r"line (\d+) column (\d+)")
# By the kind of the finding, with the values that pydantic gives.
_WORDS: Mapping[str, str] = {
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than": "phải nhỏ hơn {lt}",
    "less_than_equal": "phải từ {le} trở xuống",
    "multiple_of": "phải là bội số của {multiple_of}",
    "finite_number": "phải là số hữu hạn",
    "too_short": "phải có ít nhất {min_length} phần tử, đang có {actual_length}",
    "too_long": "chỉ được có tối đa {max_length} phần tử",
    "string_too_short": "phải có ít nhất {min_length} ký tự",
    "string_too_long": "chỉ được có tối đa {max_length} ký tự",
    "string_pattern_mismatch": "phải theo mẫu {pattern}",
    "string_not_ascii": "chỉ được có ký tự ASCII",
    "string_unicode": "phải là văn bản Unicode",
    "bytes_too_short": "phải có ít nhất {min_length} byte",
    "bytes_too_long": "chỉ được có tối đa {max_length} byte",
    "int_from_float": "phải là số nguyên",
    "int_parsing_size": "số quá lớn",
    "date_from_datetime_inexact": "phải là ngày, không kèm giờ",
    "date_past": "phải là ngày đã qua",
    "date_future": "phải là ngày sắp tới",
    "datetime_past": "phải là thời điểm đã qua",
    "datetime_future": "phải là thời điểm sắp tới",
    "timezone_naive": "không được kèm múi giờ",
    "timezone_aware": "phải kèm múi giờ",
    "url_scheme": "địa chỉ phải bắt đầu bằng {expected_schemes}",
    "url_too_long": "địa chỉ chỉ được có tối đa {max_length} ký tự",
    "none_required": "phải để trống",
    "decimal_max_digits": "chỉ được có tối đa {max_digits} chữ số",
    "decimal_max_places": "chỉ được có tối đa {decimal_places} chữ số thập phân",
}
# By how the kind begins: the value is of another type, or cannot be read as this one.
_TYPES: Mapping[str, str] = {
    "string": "phải là văn bản",
    "int": "phải là số nguyên",
    "float": "phải là số",
    "decimal": "phải là số",
    "bool": "phải là true hoặc false",
    "list": "phải là một danh sách",
    "tuple": "phải là một danh sách",
    "set": "phải là một danh sách",
    "dict": "phải là một đối tượng JSON",
    "mapping": "phải là một đối tượng JSON",
    "model": "phải là một đối tượng JSON",
    "dataclass": "phải là một đối tượng JSON",
    "datetime": "phải là thời điểm (ví dụ 2026-11-20T08:30:00+07:00)",
    "date": "phải là ngày (ví dụ 2026-11-20)",
    "time": "phải là giờ (ví dụ 07:30)",
    "uuid": "phải là mã UUID",
    "url": "phải là địa chỉ URL",
}


def in_vietnamese(kind: str, context: Mapping[str, Any]) -> str:
    """What is wrong with a value, as the end of a sentence."""
    if kind in _WORDS:
        return _WORDS[kind].format(**context)
    return _TYPES.get(kind.split("_", maxsplit=1)[0], _OTHERWISE)


def broken_at(error: str) -> str:
    """Where JSON breaks off, from pydantic's sentence."""
    found = _AT.search(error)
    return f"sai cú pháp ở dòng {found[1]}, cột {found[2]}" if found else "sai cú pháp"


def choices(expected: str) -> str:
    """The values that are allowed."""
    return expected.replace(" or ", " hoặc ")

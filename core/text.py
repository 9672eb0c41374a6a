"""How text and figures are written in Vietnamese: without marks for look-ups, with dots between the thousands."""

import unicodedata


def without_marks(text: str) -> str:
    """`Đường Nguyễn Ảnh Thủ` → `Duong Nguyen Anh Thu`; case is kept."""
    flat = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(mark for mark in flat if not unicodedata.combining(mark))


def grouped(number: int, language: str = "vi") -> str:
    """`1234567` → `1.234.567`; `1,234,567` in English."""
    return f"{number:,}".replace(",", "." if language == "vi" else ",")

"""Vietnamese text without its marks, for people who type without them and for look-ups."""

import unicodedata


def without_marks(text: str) -> str:
    """`Đường Nguyễn Ảnh Thủ` → `Duong Nguyen Anh Thu`; case is kept."""
    flat = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(mark for mark in flat if not unicodedata.combining(mark))

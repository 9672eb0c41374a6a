"""Errors of the lists that dossier systems publish, T51xx."""

from core.errors import define

NOT_A_PAGE = define(
    "T5101",
    422,
    vi="Trang kết quả không đọc được: {why}.",
    en="The page of results cannot be read: {why_en}.",
)
NOT_OWN_SOURCE = define(
    "T5102",
    403,
    vi="Chỉ được đặt nguồn kết quả cho chính cơ quan của mình.",
    en="A source of results can be set for one's own agency only.",
)
SOURCE_DISABLED = define(
    "T5103",
    409,
    vi="Nguồn kết quả đang tắt; hãy bật lại trước.",
    en="The source of results is disabled; enable it first.",
)

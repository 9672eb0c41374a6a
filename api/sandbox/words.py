"""The sandbox page's words in both languages."""

from typing import Literal

from api.sandbox.faults import Fault

Language = Literal["vi", "en"]

STATUS: dict[str, tuple[str, str]] = {
    "accepted": ("Đã tiếp nhận", "Accepted"),
    "ready": ("Sẵn sàng phát", "Ready"),
    "planned": ("Đã xếp tuyến", "Planned"),
    "out": ("➤ Đang đi phát", "➤ Out for delivery"),
    "delivered": ("● Đã phát", "● Delivered"),
    "attempt_failed": ("▲ Phát chưa thành công", "▲ Attempt failed"),
    "held": ("■ Lưu tại bưu cục", "■ Held at the office"),
    "forwarded": ("Chuyển tiếp", "Forwarded"),
    "returning": ("Đang chuyển hoàn", "On its way back"),
    "returned": ("Đã chuyển hoàn", "Returned"),
    "collected": ("Đã thu hồ sơ", "Collected"),
    "handed_in": ("● Đã nộp hồ sơ", "● Handed in"),
    "lost": ("▲ Đang tìm", "▲ Being searched for"),
    "withdrawn": ("Đã rút", "Withdrawn"),
}

OUTCOME: dict[str, tuple[str, str]] = {
    "applied": ("● đã ghi", "● applied"),
    "repeated": ("○ gửi lại, không ghi trùng", "○ repeated, no second effect"),
    "test": ("○ tin thử, không ghi", "○ a test event, not kept"),
    "refused": ("▲ từ chối: chữ ký không đúng", "▲ refused: wrong signature"),
    "unreadable": ("▲ từ chối: không phải sự kiện", "▲ refused: not an event"),
    Fault.ERROR: ("lỗi 500, chưa ghi", "error 500, not applied"),
    Fault.TIMEOUT: ("đã ghi rồi im lặng", "applied, then silent"),
    Fault.SLOW: ("đã ghi, trả lời chậm", "applied, answered slowly"),
    Fault.RESET: ("đã ghi rồi ngắt kết nối", "applied, then reset"),
    Fault.OVERTAKEN: ("đã ghi, giữ lại câu trả lời đến sau lần gửi lại", "applied, answered after a later try"),
    Fault.DOWN: ("ngừng hoạt động", "down"),
}

FAULT: dict[Fault, tuple[str, str]] = {
    Fault.ERROR: ("Lỗi 5xx trước khi ghi", "5xx before applying"),
    Fault.TIMEOUT: ("Im lặng sau khi ghi", "Time-out after applying"),
    Fault.SLOW: ("Trả lời chậm", "Slow answer"),
    Fault.RESET: ("Ngắt kết nối sau khi ghi", "Reset after applying"),
    Fault.OVERTAKEN: ("Trả lời sau lần gửi lại", "Answer overtaken by a later try"),
    Fault.DOWN: ("Ngừng hẳn", "Down"),
}

TEXT: dict[str, tuple[str, str]] = {
    "title": ("Hệ thống một cửa (mô phỏng)", "Dossier system (sandbox)"),
    "lead": (
        "Nhận trạng thái từ Bưu Tá qua webhook có chữ ký. Trang tự làm mới. Dữ liệu là bịa đặt.",
        "Takes statuses from Bưu Tá by signed webhooks. The page renews itself. All data are made up.",
    ),
    "other": ("English", "Tiếng Việt"),
    "dossiers": ("hồ sơ", "dossiers"),
    "returned": ("đã trả kết quả (10)", "returned (10)"),
    "applied": ("trạng thái đã ghi", "statuses applied"),
    "faults": ("lỗi cố ý", "faults on purpose"),
    "repeated": ("gửi lại, không ghi trùng", "repeats, no second effect"),
    "late": ("đến muộn, không lùi trạng thái", "late, nothing moved back"),
    "refused": ("bị từ chối", "refused"),
    "switches": ("Lỗi cố ý", "Faults on purpose"),
    "share": ("{share} % số tin gặp một lỗi", "{share} % of the messages meet one"),
    "on": ("bật", "on"),
    "off": ("tắt", "off"),
    "send": ("Gửi kết quả", "Send results"),
    "no_secret": (
        "Chưa có khoá bí mật: mọi tin bị từ chối (401). Chạy với --secret, hoặc --server và --key.",
        "No secret yet: every message is refused (401). Run with --secret, or with --server and --key.",
    ),
    "code": ("Mã hồ sơ", "Dossier"),
    "status": ("Trạng thái", "Status"),
    "portal": ("Mã cổng", "Portal"),
    "why": ("Lý do, việc tiếp theo", "Reason, next action"),
    "at": ("Lúc", "At"),
    "journal": ("Tin vừa đến", "Latest requests"),
    "made_of_it": ("Kết quả", "Outcome"),
    "empty": ("Chưa có trạng thái nào.", "No status yet."),
    "raw": ("Mọi sự kiện của hồ sơ", "All events of the dossier"),
    "back": ("← Danh sách", "← The list"),
}


def pick(pair: tuple[str, str], language: Language) -> str:
    """The text in one of the two languages."""
    return pair[language == "en"]

"""Errors of what citizens say of the service: ratings and complaints, T8xxx."""

from core.errors import define

STARS_WRONG = define("T8001", 422, vi="Hãy chọn từ 1 đến 5 sao.", en="Choose from 1 to 5 stars.")
WORDS_LONG = define(
    "T8002", 422, vi="Lời viết dài quá {limit} chữ cái.", en="The text is longer than {limit} characters."
)
WORDS_PERSONAL = define(
    "T8003",
    422,
    vi="Xin bỏ số điện thoại, số giấy tờ hoặc địa chỉ thư điện tử khỏi lời viết.",
    en="Please leave telephone numbers, identity numbers and e-mail addresses out of the text.",
)
NOT_DELIVERED = define(
    "T8004",
    409,
    vi="Chỉ đánh giá được sau khi giấy tờ đã giao.",
    en="A rating can be given once the paper has been delivered.",
)
RATING_LATE = define(
    "T8005",
    409,
    vi="Đã hết hạn đánh giá hoặc sửa đánh giá (ngày {until}).",
    en="The time to give or change a rating ended on {until}.",
)
WORDS_MISSING = define("T8101", 422, vi="Hãy viết điều cần khiếu nại.", en="Say what the complaint is about.")
COMPLAINT_LATE = define(
    "T8102",
    409,
    vi="Đã hết thời hiệu khiếu nại loại này (ngày {until}, Luật Bưu chính điều 38).",
    en="The time to complain of this ended on {until} (Postal Law, article 38).",
)
COMPLAINT_OPEN = define(
    "T8103",
    409,
    vi="Đã có khiếu nại loại này đang được xử lý; không cần gửi lại.",
    en="A complaint of this kind is being handled already; there is no need to send it again.",
)
STEP_REFUSED = define(
    "T8104",
    409,
    vi="Khiếu nại đang ở trạng thái «{state}», không thể chuyển sang «{to}».",
    en="The complaint is “{state}”; “{to}” cannot follow.",
)
ANSWER_MISSING = define(
    "T8105",
    422,
    vi="Hãy viết câu trả lời hoặc lý do cho người khiếu nại.",
    en="Write the answer or the reason for the complainant.",
)

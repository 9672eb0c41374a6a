"""Words of ratings and complaints on the citizen's page; a test holds both languages complete."""

from collections.abc import Mapping

from api.pages.texts import Words
from tracking.complaint_values import ComplaintKind, ComplaintState

VOICE: Mapping[str, Words] = {
    "vi": {
        "rate": "Đánh giá lần phát này",
        "stars": "Ông, bà hài lòng đến mức nào?",
        "star_1": "Rất không hài lòng",
        "star_2": "Không hài lòng",
        "star_3": "Bình thường",
        "star_4": "Hài lòng",
        "star_5": "Rất hài lòng",
        "rating_words": "Lời nhận xét (không bắt buộc)",
        "no_names": "Không ghi tên, số điện thoại hay số giấy tờ.",
        "send_rating": "Gửi đánh giá",
        "change_rating": "Sửa đánh giá",
        "rated": "Cảm ơn. Đánh giá sửa được trong 7 ngày.",
        "was_rated": "Đã đánh giá {stars}/5.",
        "complain": "Khiếu nại",
        "complain_lead": "Bưu cục phụ trách phải giải quyết trong 2 tháng (Luật Bưu chính, điều 38).",
        "kind": "Khiếu nại về việc",
        "kind_none": "— chọn một —",
        "complaint_words": "Nội dung",
        "send_complaint": "Gửi khiếu nại",
        "filed": "Đã nhận khiếu nại. Xem trả lời ngay tại trang này bằng mã tra cứu.",
        "number": "Khiếu nại số {number}",
        "filed_on": "gửi ngày {day}",
        "due_on": "giải quyết chậm nhất {day}",
        "answer": "Trả lời",
    },
    "en": {
        "rate": "Rate this delivery",
        "stars": "How satisfied are you?",
        "star_1": "Very dissatisfied",
        "star_2": "Dissatisfied",
        "star_3": "Neither",
        "star_4": "Satisfied",
        "star_5": "Very satisfied",
        "rating_words": "A few words (if you like)",
        "no_names": "No names, telephone or identity numbers, please.",
        "send_rating": "Send the rating",
        "change_rating": "Change the rating",
        "rated": "Thank you. You can change it for 7 days.",
        "was_rated": "Rated {stars}/5.",
        "complain": "Complain",
        "complain_lead": "The office in charge must settle it within 2 months (Postal Law, article 38).",
        "kind": "What is it about",
        "kind_none": "— choose one —",
        "complaint_words": "What happened",
        "send_complaint": "Send a complaint",
        "filed": "The complaint was received. Its answer will stand on this page, under your tracking code.",
        "number": "Complaint no. {number}",
        "filed_on": "sent on {day}",
        "due_on": "to be settled by {day}",
        "answer": "Answer",
    },
}

KIND: Mapping[str, Mapping[ComplaintKind, str]] = {
    "vi": {
        ComplaintKind.LOSS: "Mất giấy tờ",
        ComplaintKind.LATENESS: "Phát chậm",
        ComplaintKind.DAMAGE: "Giấy tờ hư hỏng",
        ComplaintKind.CHARGE: "Cước, lệ phí đã thu",
        ComplaintKind.CONDUCT: "Thái độ phục vụ",
        ComplaintKind.OTHER: "Việc khác",
    },
    "en": {
        ComplaintKind.LOSS: "A lost paper",
        ComplaintKind.LATENESS: "A late delivery",
        ComplaintKind.DAMAGE: "A damaged paper",
        ComplaintKind.CHARGE: "What was charged",
        ComplaintKind.CONDUCT: "How we behaved",
        ComplaintKind.OTHER: "Something else",
    },
}

STATE: Mapping[str, Mapping[ComplaintState, str]] = {
    "vi": {
        ComplaintState.OPEN: "Đã nhận, đang xem",
        ComplaintState.ANSWERED: "Đã trả lời",
        ComplaintState.SETTLED: "Đã giải quyết",
        ComplaintState.REJECTED: "Không chấp nhận",
    },
    "en": {
        ComplaintState.OPEN: "Received, being looked at",
        ComplaintState.ANSWERED: "Answered",
        ComplaintState.SETTLED: "Settled",
        ComplaintState.REJECTED: "Rejected",
    },
}

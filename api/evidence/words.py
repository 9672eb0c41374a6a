"""Words of the evidence on paper that the citizen's page does not have."""

from collections.abc import Mapping

Words = Mapping[str, Mapping[str, str]]

SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}

PARTY: Words = {
    "vi": {
        "agency": "Cơ quan",
        "office": "Bưu cục",
        "courier": "Bưu tá",
        "citizen": "Người dân",
        "unknown": "Chưa rõ",
    },
    "en": {
        "agency": "Agency",
        "office": "Office",
        "courier": "Courier",
        "citizen": "Citizen",
        "unknown": "Not known",
    },
}
FILE_KIND: Words = {
    "vi": {"photo": "Ảnh", "signature": "Chữ ký"},
    "en": {"photo": "Photo", "signature": "Signature"},
}
FILE_STATE: Words = {
    "vi": {
        "stored": "đã lưu, khớp mã băm",
        "awaited": "chưa được gửi lên",
        "missing": "KHÔNG CÒN TRONG KHO",
        "changed": "ĐÃ BỊ THAY ĐỔI, không khớp mã băm",
        "unreadable": "đã lưu, khớp mã băm, không hiển thị được",
    },
    "en": {
        "stored": "stored, hash holds",
        "awaited": "not sent yet",
        "missing": "NO LONGER IN THE STORE",
        "changed": "CHANGED, the hash does not hold",
        "unreadable": "stored, hash holds, cannot be shown",
    },
}
RELATION: Words = {
    "vi": {
        "self": "chính người nhận",
        "addressee": "chính người nhận",
        "agent": "người được ủy quyền",
    },
    "en": {
        "self": "the addressee",
        "addressee": "the addressee",
        "agent": "an authorised agent",
    },
}
FLAG: Words = {
    "vi": {
        "future_time": "giờ ở tương lai",
        "clock_skewed": "đồng hồ máy lệch",
        "clock_jump": "đồng hồ máy nhảy giờ",
        "old_position": "vị trí cũ",
        "far_from_address": "xa địa chỉ",
        "no_position": "không có vị trí",
        "impossible_speed": "đi nhanh không thể có",
        "photo_reused": "ảnh đã dùng cho nhà khác",
        "not_taken_out": "chưa quét xuất bưu cục",
        "other_amount": "thu khác số tiền ghi",
        "superseded": "báo muộn, đã có tin mới hơn",
        "held_by_another": "bưu tá khác đang giữ",
        "not_in_person": "không phải chính chủ",
        "agent_refused": "không được nhận thay",
        "authorisation_missing": "thiếu giấy ủy quyền",
        "identity_missing": "thiếu giấy tờ tùy thân",
        "slip_missing": "chưa thu lại giấy hẹn",
        "otp_missing": "thiếu mã của người dân",
        "otp_wrong": "sai mã của người dân",
    },
    "en": {
        "future_time": "time in the future",
        "clock_skewed": "phone clock off",
        "clock_jump": "phone clock jumped",
        "old_position": "old position",
        "far_from_address": "far from the address",
        "no_position": "no position",
        "impossible_speed": "impossible speed",
        "photo_reused": "photo used for another household",
        "not_taken_out": "never scanned out",
        "other_amount": "other amount collected",
        "superseded": "late report, overtaken",
        "held_by_another": "held by another courier",
        "not_in_person": "not the addressee in person",
        "agent_refused": "no agent allowed",
        "authorisation_missing": "authorisation missing",
        "identity_missing": "identity paper missing",
        "slip_missing": "slip not taken back",
        "otp_missing": "citizen's code missing",
        "otp_wrong": "citizen's code wrong",
    },
}
# Told by the citizen at the door.
OTP: Mapping[str, Mapping[bool, str]] = {
    "vi": {True: "đã kiểm, đúng", False: "không có"},
    "en": {True: "checked and right", False: "none given"},
}
ACTION: Words = {
    "vi": {
        "redeliver": "phát lại",
        "hold": "lưu giữ, gửi giấy mời",
        "forward": "chuyển tiếp",
        "correct_address": "sửa địa chỉ",
        "return": "chuyển hoàn",
        "search": "bưu cục tìm giấy tờ",
    },
    "en": {
        "redeliver": "redeliver",
        "hold": "hold and invite",
        "forward": "forward",
        "correct_address": "correct the address",
        "return": "return to the agency",
        "search": "the office searches for it",
    },
}
FAULT: Words = {
    "vi": {
        "hash": "nội dung đã bị đổi",
        "link": "không nối tiếp mốc trước",
        "sequence": "sai thứ tự",
        "foreign": "của bưu gửi khác",
    },
    "en": {
        "hash": "its content was changed",
        "link": "does not follow the one before",
        "sequence": "out of order",
        "foreign": "of another item",
    },
}

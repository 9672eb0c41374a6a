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

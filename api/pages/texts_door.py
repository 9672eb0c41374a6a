"""Words of the form in which a citizen says where the door is; a test holds both languages complete."""

from collections.abc import Mapping

from api.pages.texts import Words

DOOR: Mapping[str, Words] = {
    "vi": {
        "heading": "Chỉ nhà cho bưu tá",
        "lead": "Nhà khó tìm? Ghi một trong các cách dưới đây. Chỉ bưu cục phụ trách đọc được.",
        "place": "Thôn, ấp, khu phố hoặc địa danh gần nhà",
        "place_none": "— không chọn —",
        "words": "Tả đường đến nhà",
        "words_hint": "Ví dụ: qua cầu, rẽ trái, cổng xanh đối diện trường học. Không ghi tên hay số điện thoại.",
        "share": "Gửi vị trí của điện thoại này",
        "share_hint": "Chỉ bấm khi đang ở nhà. Trình duyệt sẽ hỏi trước.",
        "sharing": "Đang tìm vị trí…",
        "shared": "Sẽ gửi vị trí này, sai số khoảng {m} m.",
        "share_refused": "Trình duyệt không cho vị trí. Vẫn có thể tả bằng lời.",
        "share_again": "Lấy lại vị trí",
        "send": "Gửi cho bưu cục",
        "thanks": "Đã nhận. Bưu cục sẽ xem trước khi bưu tá đến.",
    },
    "en": {
        "heading": "Show the courier your door",
        "lead": "Hard to find? Tell us in one of these ways. Only the office in charge can read it.",
        "place": "Hamlet, quarter or landmark near the door",
        "place_none": "— none —",
        "words": "Describe the way to the door",
        "words_hint": "For example: over the bridge, left, green gate facing the school. No names or phone numbers.",
        "share": "Share the location of this phone",
        "share_hint": "Only when you are at home. The browser will ask first.",
        "sharing": "Finding the location…",
        "shared": "This location will be sent, within about {m} m.",
        "share_refused": "The browser gives no location. You can still describe it in words.",
        "share_again": "Find the location again",
        "send": "Send to the office",
        "thanks": "Received. The office will look at it before the courier comes.",
    },
}

"""Words of the public tariff in Vietnamese and English; a test holds both complete."""

from collections.abc import Mapping

from api.pages.texts import Words
from tracking.tariff import Zone

TARIFF: Mapping[str, Words] = {
    "vi": {
        "title": "Cước chuyển trả kết quả hồ sơ",
        "service": "Bưu Tá · trả kết quả hồ sơ tại nhà",
        "language": "English",
        "unit": "Đồng cho một bưu gửi",
        "weight": "Khối lượng",
        "up_to": "Đến {to} g",
        "between": "Trên {start} g đến {to} g",
        "further": "Mỗi {step} g tiếp theo",
        "reductions": "Miễn, giảm cước",
        "who": "Đối tượng",
        "share": "Mức giảm",
        "free": "Miễn cước",
        "off": "Giảm {percent} %",
        "fee": "Lệ phí của cơ quan giải quyết hồ sơ thu riêng theo từng thủ tục và nộp lại cho cơ quan đó.",
        "old_districts": "Quận, huyện tính theo địa giới trước ngày 1/7/2025.",
        "source": "Căn cứ: {source}. Áp dụng từ {day}.",
        "complain": "Thu sai cước? Khiếu nại trong 1 tháng tại bưu cục hoặc ở trang tra cứu.",
        "track": "Tra cứu",
    },
    "en": {
        "title": "Postage for returning results",
        "service": "Bưu Tá · results returned to your door",
        "language": "Tiếng Việt",
        "unit": "VND an item",
        "weight": "Weight",
        "up_to": "Up to {to} g",
        "between": "Over {start} g up to {to} g",
        "further": "Each further {step} g",
        "reductions": "Who pays less",
        "who": "Whom",
        "share": "Reduction",
        "free": "Free",
        "off": "{percent} % off",
        "fee": "The agency's own fee depends on the procedure, is collected apart and passed on to the agency.",
        "old_districts": "Districts are those before 1 July 2025.",
        "source": "By {source}. In force from {day}.",
        "complain": "Charged too much? Complain within a month at the office or on the tracking page.",
        "track": "Track",
    },
}

ZONE: Mapping[str, Mapping[Zone, str]] = {
    "vi": {
        Zone.SAME_DISTRICT: "Cùng quận, huyện cũ",
        Zone.IN_PROVINCE: "Trong tỉnh, thành phố",
        Zone.BEYOND_NEAR: "Tỉnh khác, gần",
        Zone.BEYOND_FAR: "Tỉnh khác, xa",
    },
    "en": {
        Zone.SAME_DISTRICT: "Same former district",
        Zone.IN_PROVINCE: "Within the province",
        Zone.BEYOND_NEAR: "Another province, near",
        Zone.BEYOND_FAR: "Another province, far",
    },
}

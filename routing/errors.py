"""Coded errors of planning: requests (R1), problems (R2), reasons why something is not planned (R3)."""

from core.errors import ErrorSpec, define
from routing.model import Reason

DAY_PAST = define(
    "R1001", 422, vi="Ngày {day} đã qua, không lập kế hoạch được.", en="The day {day} is past and cannot be planned."
)
PLAN_NOT_DRAFT = define(
    "R1002",
    409,
    vi="Kế hoạch đang ở trạng thái «{state}», chỉ bản nháp mới phát hành được.",
    en="The plan is “{state}”; only a draft can be published.",
)
PLAN_CHANGED = define(
    "R1003",
    409,
    vi="Kế hoạch đã được sửa (phiên bản {current}, bạn đang xem {given}). Hãy tải lại.",
    en="The plan has changed (version {current}, you look at {given}). Load it again.",
)
PLAN_BROKEN = define(
    "R1004",
    409,
    vi="Kế hoạch vi phạm {count} ràng buộc ({first}), không phát hành được.",
    en="The plan breaks {count} rules ({first}) and cannot be published.",
)
ITEMS_CHANGED = define(
    "R1005",
    409,
    vi="{count} bưu gửi trong kế hoạch không còn chờ phát. Hãy lập lại kế hoạch.",
    en="{count} items of the plan are no longer waiting for delivery. Plan again.",
)
PLAN_ENDED = define(
    "R1006", 409, vi="Kế hoạch đã kết thúc («{state}»), không hủy được.", en="The plan has ended (“{state}”)."
)
BAD_LIMIT = define(
    "R1007",
    422,
    vi="Giới hạn «{field}» = {value} phải từ {low} đến {high}.",
    en="The limit “{field}” = {value} must be from {low} to {high}.",
)

RUN_FAILED = define(
    "R1008",
    500,
    vi="Lập kế hoạch gặp sự cố ({kind}). Hãy thử lại hoặc báo quản trị.",
    en="Planning broke down ({kind}). Try again or tell the administrator.",
)
COUNTED_ON = define(
    "R1009",
    409,
    vi="Kế hoạch đã phát hành ngày {day} có tuyến của bưu tá {name}. Hãy lập lại kế hoạch không có người này trước.",
    en="The published plan of {day} has a route of the courier {name}. Plan that day again without the courier first.",
)

DUPLICATE = define("R2001", 422, vi="«{value}» xuất hiện hai lần.", en="“{value}” stands twice.")
NO_SUCH_PLACE = define(
    "R2002",
    422,
    vi="Vị trí {index} nằm ngoài ma trận {size} điểm.",
    en="Place {index} is outside the matrix of {size}.",
)
WINDOW_REVERSED = define(
    "R2003",
    422,
    vi="Khung giờ {start}-{end} kết thúc trước khi bắt đầu.",
    en="The window {start}-{end} ends before it starts.",
)
NEGATIVE = define("R2004", 422, vi="{what} = {value} không được âm.", en="{what} = {value} must not be negative.")
SHIFT_WRONG = define(
    "R2005",
    422,
    vi="Ca {start}-{end} rỗng, kết thúc sau giờ hợp pháp hoặc đứng trước ca trước nó.",
    en="The shift {start}-{end} is empty, ends beyond its legal end, or comes before the one before it.",
)
MATRIX_SHAPE = define(
    "R2006",
    422,
    vi="Ma trận đường đi {shape} không khớp với {points} điểm.",
    en="The travel matrix {shape} does not fit {points} points.",
)
MATRIX_VALUES = define(
    "R2007", 422, vi="Ma trận đường đi có {count} giá trị âm.", en="The travel matrix has {count} negative values."
)
LOCK_UNKNOWN = define(
    "R2008",
    422,
    vi="Ghim điểm «{visit}» vào bưu tá hoặc ca không tồn tại.",
    en="The lock of “{visit}” names a visit, courier or round that is not there.",
)
TOO_LARGE = define(
    "R2009", 422, vi="{what} = {value} vượt mức {high}.", en="{what} = {value} is above the limit of {high}."
)
PAIR_WRONG = define(
    "R2010",
    422,
    vi="Cặp nhận-giao «{pickup}» → «{delivery}» nêu điểm không có, trùng nhau hoặc đã thuộc cặp khác.",
    en="The pair “{pickup}” → “{delivery}” names a visit that is not there, stands twice, or has another pair.",
)
FORBIDDEN_UNKNOWN = define(
    "R2011",
    422,
    vi="Cấm điểm «{visit}» với bưu tá hoặc ca không tồn tại.",
    en="The ban of “{visit}” names a visit, courier or round that is not there.",
)
FROZEN_WRONG = define(
    "R2012",
    422,
    vi="Phần cố định của bưu tá {courier}, chuyến {round}: có điểm không tồn tại, lặp lại hoặc sai thứ tự giờ.",
    en="What is frozen of courier {courier}, round {round} is not there, stands twice, or runs back in time.",
)
DAYS_REVERSED = define(
    "R2013",
    422,
    vi="Ngày sớm nhất {first} sau ngày muộn nhất {last}.",
    en="The earliest day {first} is after the latest, {last}.",
)
DIMENSIONS = define(
    "R2014",
    422,
    vi="Có {given} đại lượng thêm, phải là {wanted}.",
    en="There are {given} further amounts; there must be {wanted}.",
)
PROFILE_UNKNOWN = define(
    "R2015",
    422,
    vi="Không có ma trận đường đi cho loại phương tiện «{profile}».",
    en="There is no travel matrix for the profile “{profile}”.",
)
FROZEN_UNRIDABLE = define(
    "R2016",
    422,
    vi="Phần cố định của bưu tá {courier}, chuyến {round} không còn chỗ cho giờ nghỉ.",
    en="What is frozen of courier {courier}, round {round} leaves no place for a break.",
)

NO_COURIER = define("R3001", 409, vi="Hôm nay không có bưu tá nào làm việc.", en="No courier is on duty today.")
SKILL_MISSING = define(
    "R3002",
    409,
    vi="Không bưu tá nào đang làm được giao loại giấy tờ này; cần người đã tập huấn: {skills}.",
    en="No courier on duty may bring these papers; one trained for it is needed: {skills}.",
)
IDENTIFIER_MISSING = define(
    "R3016",
    409,
    vi="Giấy tờ phải trao tận tay chính chủ, nhưng không bưu tá nào đang làm được phép xác minh người nhận.",
    en="The papers go to the addressee in person only, and no courier on duty may identify the addressee.",
)
TOO_HEAVY = define(
    "R3003",
    409,
    vi="Vượt sức chở của mọi bưu tá: {items} bưu gửi, {grams} g.",
    en="Above every courier's capacity: {items} items, {grams} g.",
)
CASH_ABOVE = define(
    "R3013",
    409,
    vi="Thu hộ {vnd} đ tại điểm này vượt hạn mức tiền mặt của mọi bưu tá.",
    en="The {vnd} VND collected here are above every courier's cash limit.",
)
NO_WINDOW_FITS = define(
    "R3004",
    409,
    vi="Khung giờ hẹn {windows} nằm ngoài giờ đi phát.",
    en="The appointment {windows} lies outside delivery hours.",
)
BEYOND_SHIFT = define(
    "R3005",
    409,
    vi="Quá xa: riêng điểm này cần {minutes} phút, ca dài nhất {shift} phút.",
    en="Too far: this visit alone takes {minutes} minutes, the longest shift has {shift}.",
)
DISPLACED = define(
    "R3006",
    409,
    vi="Các tuyến đã kín việc gấp hơn ({rounds} chuyến đã thử).",
    en="The routes are full with more urgent items ({rounds} rounds were tried).",
)
KEPT = define(
    "R3007",
    409,
    vi="Để ngày khác lợi hơn: đi hôm nay thêm {minutes} phút, hạn {due}.",
    en="Better on another day: today it costs {minutes} minutes more, due {due}.",
)
ADDRESS_UNRESOLVED = define(
    "R3008", 409, vi="Địa chỉ chưa rõ, đang chờ người xác định.", en="The address is not resolved yet; a person has to."
)
NOT_YET = define("R3009", 409, vi="Hẹn phát ngày {day}.", en="Not to be delivered before {day}.")
LOCKED_OUT = define(
    "R3010",
    409,
    vi="Đã ghim cho một bưu tá nhưng tuyến của người đó không còn chỗ.",
    en="Locked to one courier whose route has no room for it.",
)
TOO_LATE = define("R3011", 409, vi="Chỉ phát đến hết ngày {day}.", en="Not to be delivered after {day}.")

NOT_ALLOWED = define(
    "R3014",
    409,
    vi="Bưu tá nào có thể đi đều bị cấm tới điểm này, không xuất phát từ bưu cục giữ bưu gửi, hoặc không mang theo nó.",
    en="Whoever could go is barred from this visit, starts at another office, or has not got its items on board.",
)
NOT_REACHED = define(
    "R3015",
    409,
    vi="Còn chỗ (đi thêm {minutes} phút) nhưng hết giờ tính trước khi xếp. Hãy lập lại với thời gian dài hơn.",
    en="There is room ({minutes} minutes more), but time to plan ran out before. Plan again with more time.",
)

KEPT_DAY = define(
    "R3012",
    409,
    vi="Chờ ngày lợi hơn: trong {futures} tương lai dự kiến có {percent} % đi sau rẻ hơn; có thể ngày {likely}, "
    "chậm nhất {until}.",
    en="Waits for a better day: of {futures} expected futures {percent} % make it cheaper later; likely on {likely}, "
    "on {until} at the latest.",
)


def reason(spec: ErrorSpec, **values: object) -> Reason:
    """A reason of the registry with its sentences filled in."""
    return Reason(code=spec.code, vi=spec.vi.format_map(values), en=spec.en.format_map(values))

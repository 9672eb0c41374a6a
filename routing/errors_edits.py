"""Coded errors of edits: what cannot be done (R40), versions that meet (R41), rules an edit would break (R42)."""

from core.errors import define

NOT_EDITABLE = define(
    "R4001",
    409,
    vi="Kế hoạch đang ở trạng thái «{state}», chỉ sửa được bản nháp hoặc bản đã phát hành.",
    en="The plan is “{state}”; only a draft or a published plan can be edited.",
)
NOT_KEPT = define(
    "R4002",
    409,
    vi="Kế hoạch này lập trước khi có chức năng sửa. Hãy lập lại kế hoạch.",
    en="This plan was made before plans could be edited. Plan again.",
)
STOP_UNKNOWN = define(
    "R4003", 422, vi="Điểm «{visit}» không nằm trong kế hoạch.", en="The stop “{visit}” is not in the plan."
)
ROUND_UNKNOWN = define(
    "R4004",
    422,
    vi="Không có bưu tá hoặc chuyến đó trong ngày (chuyến {round}).",
    en="There is no such courier or round on the day (round {round}).",
)
POSITION_WRONG = define(
    "R4005",
    422,
    vi="Vị trí {position} phải từ {low} đến {high}.",
    en="The position {position} must be from {low} to {high}.",
)
NOT_THE_ROUND = define(
    "R4006",
    422,
    vi="Thứ tự mới phải có đúng các điểm của chuyến, mỗi điểm một lần.",
    en="The new order must have exactly the stops of the round, each once.",
)
ALREADY_PLANNED = define(
    "R4007", 409, vi="Điểm «{visit}» đã nằm trong một tuyến.", en="The stop “{visit}” is on a route already."
)
ITEM_NOT_READY = define(
    "R4008",
    409,
    vi="Bưu gửi {item_code} không chờ phát ở bưu cục này, không chèn được.",
    en="The item {item_code} does not wait at this office and cannot be inserted.",
)
NO_PLACE = define(
    "R4009",
    409,
    vi="Không chuyến nào nhận được điểm này.",
    en="No round can take this stop.",
)
NOTHING_CHANGES = define("R4010", 409, vi="Lần sửa này không đổi gì.", en="This edit changes nothing.")
STOP_VISITED = define("R4011", 409, vi="Điểm «{visit}» đã đến rồi.", en="The stop “{visit}” has been visited.")
STOP_CARRIED = define(
    "R4012",
    409,
    vi="Bưu tá đang giữ giấy tờ của điểm «{visit}»; phải giao lại bưu cục trước.",
    en="The courier holds the papers of the stop “{visit}”; they must be handed back first.",
)
STOP_NEXT = define(
    "R4013",
    409,
    vi="Bưu tá đang trên đường đến điểm «{visit}».",
    en="The courier is on the way to the stop “{visit}”.",
)
STOP_LOCKED = define(
    "R4014",
    409,
    vi="Điểm «{visit}» đã ghim cho bưu tá. Hãy bỏ ghim trước.",
    en="The stop “{visit}” is locked to its courier. Unlock it first.",
)
NO_CREW = define(
    "R4015",
    409,
    vi="Kế hoạch không có bưu tá nào, không so sánh được.",
    en="The plan has no courier to compare with.",
)
NOT_ON_DUTY = define(
    "R4016",
    409,
    vi="Bưu tá {courier} không làm việc ở bưu cục này, không thêm vào kế hoạch được.",
    en="The courier {courier} does not work at this office and cannot join the plan.",
)

EDIT_OVERTAKEN = define(
    "R4101",
    409,
    vi="Có người vừa sửa cùng tuyến hoặc cùng điểm (phiên bản {versions}). Hãy xem lại rồi sửa tiếp.",
    en="Someone has just edited the same route or stop (version {versions}). Look again, then go on.",
)
VERSION_UNKNOWN = define(
    "R4102",
    409,
    vi="Kế hoạch chưa có phiên bản {given} (đang là {current}).",
    en="The plan has no version {given} yet (it is at {current}).",
)
NOTHING_TO_UNDO = define("R4103", 409, vi="Không còn gì để hoàn tác.", en="There is nothing left to undo.")
NOTHING_TO_REDO = define("R4104", 409, vi="Không còn gì để làm lại.", en="There is nothing left to redo.")
TOO_LATE_TO_UNDO = define(
    "R4105",
    409,
    vi="Bưu tá đã đi tiếp trên tuyến này, không hoàn tác được nữa.",
    en="The courier has gone on along this route; it cannot be taken back any more.",
)

WINDOW_MISSED = define(
    "R4201",
    409,
    vi="Trễ giờ hẹn của điểm «{visit}»: đến lúc {start}, hẹn {windows}.",
    en="Misses the appointment of the stop “{visit}”: there at {start}, agreed {windows}.",
)
SHIFT_EXCEEDED = define(
    "R4202",
    409,
    vi="Chuyến về lúc {back}, quá giờ làm {end}.",
    en="The round is back at {back}, after the shift's end at {end}.",
)
OVERLOADED = define("R4203", 409, vi="Quá sức chở của chuyến: {detail}.", en="Above the round's capacity: {detail}.")
NOT_QUALIFIED = define(
    "R4204",
    409,
    vi="Bưu tá chưa được tập huấn ({skills}) cho điểm «{visit}».",
    en="The courier is not trained ({skills}) for the stop “{visit}”.",
)
MAY_NOT_IDENTIFY = define(
    "R4207",
    409,
    vi="Điểm «{visit}» phải trao tận tay chính chủ, bưu tá này không được phép xác minh người nhận.",
    en="The stop “{visit}” goes to the addressee in person; this courier may not identify the addressee.",
)
BREAK_MISSED = define(
    "R4208",
    409,
    vi="Chuyến không còn chỗ cho giờ nghỉ {windows} của bưu tá.",
    en="The round leaves no room for the courier's break at {windows}.",
)
LOCK_BROKEN = define("R4205", 409, vi="Trái với ghim của điểm «{visit}».", en="Against the lock of the stop “{visit}”.")
RULE_BROKEN = define("R4206", 409, vi="Trái ràng buộc «{rule}»: {detail}.", en="Breaks the rule “{rule}”: {detail}.")
DROPPED = define(
    "R4301", 409, vi="Điều phối viên đã đưa ra khỏi tuyến hôm nay.", en="The dispatcher took it off today's routes."
)

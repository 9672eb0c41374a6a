"""Coded errors of changes of hands, holding and transfers (T24xx)."""

from core.errors import define

NOT_ON_LIST = define(
    "T2401",
    422,
    vi="Bưu gửi báo thiếu không có trong danh sách bàn giao.",
    en="An item reported missing is not on the list.",
)
CODE_NOT_HERE = define(
    "T2402",
    404,
    vi="Mã «{code}» không có trong danh sách bàn giao này.",
    en="Code “{code}” is not on this list.",
)
IN_A_BAG = define(
    "T2403",
    409,
    vi="Bưu gửi {item_code} đang trong túi gửi sang bưu cục khác.",
    en="Item {item_code} is in a bag on its way to another office.",
)
OFFICE_ITSELF = define(
    "T2404",
    422,
    vi="Bưu gửi {item_code} đang ở chính bưu cục này.",
    en="Item {item_code} lies at that very office.",
)
NOT_FOR_HANDOVER = define(
    "T2405",
    409,
    vi="Bưu gửi {item_code} đang ở trạng thái «{status}», không bàn giao lần này được.",
    en="Item {item_code} is “{status}” and cannot change hands here.",
)
NOTHING_TO_LOAD = define(
    "T2406",
    409,
    vi="Bưu gửi {item_code} là hồ sơ thu tại nhà, không nhận từ bưu cục.",
    en="Item {item_code} is a dossier to be collected; there is nothing to take out.",
)
SEAL_DIFFERS = define(
    "T2407",
    409,
    vi="Niêm phong không đúng với lúc đóng túi, bị mất hoặc bị rách. Đọc lại, hoặc xác nhận: sẽ mở sự cố ngay.",
    en="The seal is not the bag's own, is missing or broken. Read it again, or confirm: an incident is opened.",
)
SEAL_NEEDED = define(
    "T2408",
    422,
    vi="Đóng túi cần ghi số niêm phong.",
    en="A bag is closed under a seal: its number is needed.",
)
OTHER_COUNTER = define(
    "T2409",
    409,
    vi="Bưu gửi {item_code} thuộc bưu cục khác: giao nhận riêng tại bưu cục đó.",
    en="Item {item_code} belongs to another office: it changes hands there, by itself.",
)
INVITED_TOO_SOON = define(
    "T2410",
    409,
    vi="Giấy mời lần sau chỉ được gửi từ ngày {on} (cách lần trước {days} ngày làm việc).",
    en="The next invitation may be sent from {on} on ({days} working days after the last).",
)
RETURN_TOO_SOON = define(
    "T2411",
    409,
    vi="Chưa được hoàn bưu gửi {item_code}: cần mời {needed} lần cách nhau {days} ngày làm việc, mới mời {invited}.",
    en="Item {item_code} may not go back yet: {needed} invitations {days} working days apart, {invited} so far.",
)
EVENT_UNKNOWN = define(
    "T2412",
    422,
    vi="Bưu gửi không có mốc số {seq}.",
    en="The item has no event number {seq}.",
)
NOT_INVITED = define(
    "T2413",
    409,
    vi="Bưu gửi {item_code} không lưu giữ chờ nhận theo giấy mời.",
    en="Item {item_code} is not held for collection by invitation.",
)
TRANSFER_PARTIES = define(
    "T2420",
    422,
    vi="Chuyển tuyến phải giữa hai bưu tá khác nhau của cùng bưu cục.",
    en="A transfer is between two couriers of one office.",
)
TRANSFER_OWN = define(
    "T2421",
    403,
    vi="Người đề nghị không tự duyệt được mà chỉ rút lại được; bưu tá kia hoặc điều hành khác duyệt.",
    en="Who asked can only withdraw; the other courier or another dispatcher approves.",
)
TRANSFER_DECIDED = define(
    "T2422",
    409,
    vi="Đề nghị chuyển tuyến này đã có quyết định ({state}).",
    en="This transfer has been decided already ({state}).",
)
TRANSFER_NOT_CARRIED = define(
    "T2423",
    409,
    vi="Bưu gửi {item_code} không đang được đi phát bởi bưu tá giao.",
    en="Item {item_code} is not out with the giving courier.",
)
PAPERS_DIFFER = define(
    "T2431",
    409,
    vi="Giấy hẹn thu lại: phải có {due}, đếm được {counted}.",
    en="Appointment slips: {due} are due, {counted} were counted.",
)
CASH_DIFFERS = define(
    "T2432",
    409,
    vi="Tiền thu hộ: phải nộp {due} đồng, đếm được {counted} đồng.",
    en="Cash: {due} VND are due, {counted} VND were counted.",
)
INCIDENT_BACKWARDS = define(
    "T2440",
    409,
    vi="Sự cố đã ở trạng thái «{state}».",
    en="The incident is “{state}” already.",
)
EXPLANATION_MISSING = define(
    "T2441",
    422,
    vi="Cần ghi lời giải thích.",
    en="An explanation is needed.",
)
OUTCOME_OF_OTHER_LEG = define(
    "T2118",
    422,
    vi="Kết quả «{outcome}» không dành cho bưu gửi chiều «{leg}».",
    en="Outcome “{outcome}” is not for an item of leg “{leg}”.",
)
CHECKLIST_WRONG = define(
    "T2119",
    422,
    vi="Bảng kê hồ sơ cần từ 1 đến {limit} loại giấy tờ, mỗi loại có tên và ít nhất một bản chính hoặc bản sao.",
    en="The checklist needs 1 to {limit} papers, each with a name and at least one original or copy.",
)

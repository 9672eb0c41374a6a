"""Coded errors of items, intake, custody, proof and positions (T1xxx intake, T2xxx items and proof, T3xxx the rest)."""

from core.errors import define

BATCH_TOO_LARGE = define(
    "T1000",
    413,
    vi="Mỗi lần gửi tối đa {limit} hồ sơ, lần này có {count}.",
    en="A batch holds at most {limit} rows, this one has {count}.",
)
MISSING_VALUE = define("T1001", 422, vi="Thiếu {field}.", en="{field} is missing.")
DOSSIER_CODE_TOO_LONG = define(
    "T1002",
    422,
    vi="Mã hồ sơ «{value}» dài quá {limit} ký tự.",
    en="Dossier code “{value}” is longer than {limit} characters.",
)
DOSSIER_CODE_UNKNOWN_FORM = define(
    "T1003",
    200,
    vi="Mã hồ sơ «{value}» không theo mẫu thường gặp; vẫn nhận, xin kiểm tra lại.",
    en="Dossier code “{value}” has an unknown form; it was accepted, please check it.",
)
PHONE_WRONG = define(
    "T1004",
    422,
    vi="Số điện thoại «{value}» không phải số Việt Nam hợp lệ.",
    en="Phone number “{value}” is not a valid Vietnamese number.",
)
DATE_WRONG = define(
    "T1005",
    422,
    vi="{field} «{value}» không phải ngày hợp lệ (ngày/tháng/năm hoặc năm-tháng-ngày).",
    en="{field} “{value}” is not a valid date (day/month/year or year-month-day).",
)
TIME_WITHOUT_OFFSET = define(
    "T1006",
    422,
    vi="{field} «{value}» thiếu múi giờ (ví dụ 2026-11-20T08:30:00+07:00).",
    en="{field} “{value}” has no offset (for example 2026-11-20T08:30:00+07:00).",
)
NUMBER_OUT_OF_RANGE = define(
    "T1007",
    422,
    vi="{field} phải từ {low} đến {high}, nhận được «{value}».",
    en="{field} must be from {low} to {high}, got “{value}”.",
)
TEXT_TOO_LONG = define(
    "T1008",
    422,
    vi="{field} dài quá {limit} ký tự.",
    en="{field} is longer than {limit} characters.",
)
READY_IN_FUTURE = define(
    "T1009",
    422,
    vi="Ngày có kết quả {value} ở tương lai.",
    en="The result's time {value} lies in the future.",
)
LEG_UNKNOWN = define(
    "T1010",
    422,
    vi="Chiều «{value}» không có; dùng «return» (trả kết quả) hoặc «collect» (thu hồ sơ).",
    en="Leg “{value}” does not exist; use “return” or “collect”.",
)
WINDOW_WRONG = define(
    "T1011",
    422,
    vi="Khung giờ hẹn phải kết thúc sau khi bắt đầu và dài ít nhất 30 phút.",
    en="An appointment window must end after it starts and last at least 30 minutes.",
)
POINT_WRONG = define(
    "T1012",
    422,
    vi="Tọa độ ({lon}, {lat}) nằm ngoài Việt Nam.",
    en="The point ({lon}, {lat}) lies outside Vietnam.",
)
NO_OFFICE = define(
    "T1013",
    422,
    vi="Không xác định được bưu cục phát: xã/phường chưa có bưu cục phụ trách và mã bưu cục không có hoặc không đúng.",
    en="No delivery office: no office covers the commune and the row names no known office.",
)
OFFICE_UNKNOWN = define(
    "T1014",
    422,
    vi="Không có bưu cục mã «{value}» trong phạm vi của bạn.",
    en="There is no office with code “{value}” within your reach.",
)
DOUBLE_IN_BATCH = define(
    "T1015",
    422,
    vi="Mã hồ sơ «{value}» đã có ở dòng {first} của cùng lần gửi với nội dung khác.",
    en="Dossier code “{value}” already stands in row {first} of the same batch with other content.",
)
UPDATE_TOO_LATE = define(
    "T1016",
    409,
    vi="Hồ sơ «{value}» đã đi phát ({status}), không sửa được nữa.",
    en="Dossier “{value}” is already on its way ({status}) and can no longer be changed.",
)
ITEM_CODE_CHECK_DIGIT = define(
    "T1017",
    200,
    vi="Mã bưu gửi «{value}» sai số kiểm tra; vẫn nhận, xin kiểm tra lại.",
    en="Item code “{value}” has a wrong check digit; it was accepted, please check it.",
)
ITEM_CODE_TAKEN = define(
    "T1018",
    409,
    vi="Mã bưu gửi «{value}» đã dùng cho bưu gửi khác.",
    en="Item code “{value}” already belongs to another item.",
)
ADDRESS_UNDECIDED = define(
    "T1019",
    200,
    vi="Chưa xác định chắc xã/phường của địa chỉ; hồ sơ chờ người kiểm tra địa chỉ.",
    en="The commune of the address is not certain; the item waits for a person to decide.",
)
SERIALS_USED_UP = define(
    "T1020",
    500,
    vi="Dải mã bưu gửi của tỉnh {province} đã hết.",
    en="The range of item codes of province {province} is used up.",
)
PHONE_MISSING = define(
    "T1021",
    200,
    vi="Không có số điện thoại: người dân sẽ không tra cứu được trên trang công khai.",
    en="No phone number: the citizen will not be able to look the item up on the public page.",
)
NOT_HANDED_IN = define(
    "T1023",
    404,
    vi="Cơ quan chưa gửi hồ sơ «{value}».",
    en="The agency has not handed in dossier “{value}”.",
)
HANDED_IN_AGAIN = define(
    "T1025",
    200,
    vi="Kết quả của hồ sơ «{value}» đã chuyển hoàn về cơ quan; lần gửi này là bưu gửi mới, có mã mới.",
    en="The result of dossier “{value}” went back to the agency before; this hand-in is a new item with new codes.",
)
WITHDRAWAL_TOO_LATE = define(
    "T1024",
    409,
    vi="Hồ sơ «{value}» không rút lại được nữa ({status}).",
    en="Dossier “{value}” can no longer be withdrawn ({status}).",
)
TEXT_NOT_PRINTABLE = define(
    "T1022",
    422,
    vi="{field} có ký tự điều khiển hoặc mã hóa hỏng.",
    en="{field} has control characters or broken encoding.",
)

SHEET_UNREADABLE = define(
    "T1101",
    422,
    vi="Không đọc được tệp: cần XLSX hoặc CSV (UTF-8, UTF-16 hoặc Windows-1258).",
    en="The file cannot be read: XLSX or CSV (UTF-8, UTF-16 or Windows-1258) is needed.",
)
COLUMN_MISSING = define("T1102", 422, vi="Thiếu cột «{column}».", en="Column “{column}” is missing.")
COLUMN_TWICE = define("T1103", 422, vi="Cột «{column}» có hai lần.", en="Column “{column}” stands twice.")
SHEET_EMPTY = define("T1104", 422, vi="Tệp không có dòng hồ sơ nào.", en="The file has no rows.")
SHEET_TOO_LARGE = define(
    "T1105",
    413,
    vi="Tệp quá lớn: tối đa {limit}.",
    en="The file is too large: at most {limit}.",
)
CELL_NOT_NUMBER = define(
    "T1106", 422, vi="{field} «{value}» không phải là số nguyên.", en="{field} “{value}” is not a whole number."
)
CELL_NOT_YES_NO = define(
    "T1107", 422, vi="{field} «{value}» phải là «có» hoặc «không».", en="{field} “{value}” must be yes or no."
)

TRANSITION_REFUSED = define(
    "T2001",
    409,
    vi="Bưu gửi đang ở trạng thái «{status}», không thể ghi «{kind}».",
    en="The item is “{status}”; “{kind}” cannot follow.",
)
STALE_ITEM = define(
    "T2002",
    409,
    vi="Bưu gửi vừa được người khác cập nhật, hãy thử lại.",
    en="The item was changed by someone else just now, try again.",
)
NOT_ASSIGNED = define(
    "T2003",
    409,
    vi="Bưu gửi {item_code} không được phân cho bưu tá này hôm nay.",
    en="Item {item_code} is not planned for this courier.",
)
COMMUNE_UNKNOWN = define(
    "T2004",
    422,
    vi="Không có xã/phường mã «{value}» trong tỉnh.",
    en="The province has no commune with code “{value}”.",
)
NOT_HELD_BY_COURIER = define(
    "T2005",
    409,
    vi="Bưu gửi {item_code} không do bưu tá này giữ.",
    en="Item {item_code} is not in this courier's hands.",
)
COURIER_OTHER_OFFICE = define(
    "T2006",
    422,
    vi="Hôm đó bưu tá không làm cho bưu cục của bưu gửi {item_code}.",
    en="The courier does not work for the office of item {item_code} that day.",
)
COUNT_DIFFERS = define(
    "T2007",
    409,
    vi="Đếm được {counted} bưu gửi, danh sách có {listed}.",
    en="{counted} items were counted, the list has {listed}.",
)
STILL_CARRIED = define(
    "T2008",
    409,
    vi="Bưu gửi {item_code} còn ở chỗ bưu tá, chưa trả lại bưu cục.",
    en="Item {item_code} is still with a courier and was not handed back.",
)

PROOF_OTHER_CONTENT = define(
    "T2101",
    409,
    vi="Bằng chứng {proof_id} đã ghi với nội dung khác.",
    en="Proof {proof_id} already stands with other content.",
)
PROOF_FOREIGN_ITEM = define(
    "T2102",
    404,
    vi="Không tìm thấy bưu gửi này trong số bưu gửi bạn đã nhận đi phát.",
    en="This item is not among those you took out.",
)
REASON_MISSING = define(
    "T2103",
    422,
    vi="Phát không thành công phải có lý do và cách xử lý tiếp.",
    en="A failed attempt needs a reason and a next action.",
)
ACTION_NOT_ALLOWED = define(
    "T2104",
    422,
    vi="Lý do «{reason}» không cho phép xử lý «{action}»; được phép: {allowed}.",
    en="Reason “{reason}” does not allow “{action}”; allowed: {allowed}.",
)
REDELIVERY_DAY_WRONG = define(
    "T2105",
    422,
    vi="Ngày phát lại {value} phải từ hôm nay và không quá {limit} ngày.",
    en="Redelivery day {value} must be from today on and within {limit} days.",
)
IDENTITY_WRONG = define(
    "T2106",
    422,
    vi="Giấy tờ tùy thân chỉ ghi đúng 4 chữ số cuối.",
    en="Of an identity paper exactly the last 4 digits are recorded.",
)
RECIPIENT_MISSING = define(
    "T2107",
    422,
    vi="Phát thành công phải có tên người nhận.",
    en="A delivery needs the recipient's name.",
)
PROOF_ID_NOT_V7 = define(
    "T2109", 422, vi="Mã bằng chứng phải là UUID phiên bản 7.", en="A proof id must be a version 7 UUID."
)
FAILURE_FIELDS_ON_DELIVERY = define(
    "T2110",
    422,
    vi="Phát thành công không kèm lý do hay cách xử lý tiếp.",
    en="A delivery carries neither reason nor next action.",
)
FILE_CLAIM_WRONG = define(
    "T2111",
    422,
    vi="Khai báo tệp không hợp lệ: SHA-256 64 chữ số hex, dung lượng từ 1 byte, mỗi tệp một lần, tối đa {limit} tệp.",
    en="File claim not valid: 64 hex digits of SHA-256, at least 1 byte, each file once, at most {limit} files.",
)
FILE_TOO_LARGE = define(
    "T2112",
    413,
    vi="Tệp {size} byte quá lớn, tối đa {limit} byte.",
    en="The file has {size} bytes, at most {limit} are taken.",
)
FILE_HASH_DIFFERS = define(
    "T2113",
    422,
    vi="Nội dung tệp không khớp mã băm SHA-256 đã khai.",
    en="The file's content does not have the SHA-256 that was stated.",
)
FILE_TYPE_REFUSED = define(
    "T2114",
    415,
    vi="Tệp không phải ảnh JPEG, PNG hay WebP.",
    en="The file is not a JPEG, PNG or WebP picture.",
)
FILE_SIZE_DIFFERS = define(
    "T2115",
    422,
    vi="Tệp có {size} byte, bằng chứng khai {claimed}.",
    en="The file has {size} bytes, the proof says {claimed}.",
)
FILE_NOT_CLAIMED = define(
    "T2116",
    422,
    vi="Bằng chứng không khai tệp có mã băm này.",
    en="The proof does not name a file with this hash.",
)
PROOF_NUMBERS_WRONG = define(
    "T2117",
    422,
    vi="{field} «{value}» ngoài khoảng cho phép.",
    en="{field} “{value}” is out of range.",
)

CODE_TAKEN = define("T3001", 409, vi="Mã «{value}» đã có.", en="Code “{value}” is already used.")
COMMUNE_COVERED = define(
    "T3002",
    409,
    vi="Xã/phường {commune} đã do bưu cục {office} phụ trách.",
    en="Commune {commune} is already covered by office {office}.",
)
SHIFT_WRONG = define(
    "T3003",
    422,
    vi="Ca làm việc phải kết thúc sau khi bắt đầu và không chồng nhau.",
    en="Shifts must end after they start and not overlap.",
)
TOO_MANY_FIXES = define(
    "T3004", 413, vi="Mỗi lần gửi tối đa {limit} vị trí.", en="At most {limit} positions are taken at once."
)
DEVICE_UNKNOWN = define(
    "T3010", 403, vi="Thiết bị chưa được cấp khóa hoặc khóa đã thu hồi.", en="This device has no valid key."
)
DEVICE_TOO_FAST = define(
    "T3011",
    429,
    vi="Thiết bị gửi quá {limit} vị trí trong một phút. Hãy đợi phút sau.",
    en="The device sent more than {limit} positions in a minute. Wait for the next one.",
)
DEVICE_LABEL_WRONG = define(
    "T3012",
    422,
    vi="Tên thiết bị cần từ 1 đến {limit} chữ cái.",
    en="The name of a device needs 1 to {limit} characters.",
)
CURSOR_WRONG = define("T3005", 422, vi="Con trỏ trang không hợp lệ.", en="The page cursor is not valid.")

DOOR_WITHOUT_ADDRESS = define(
    "T2301",
    409,
    vi="Địa chỉ của bưu gửi {item_code} chưa được xác định: xử lý trong hàng chờ địa chỉ trước.",
    en="The address of item {item_code} is not decided yet: settle it in the address queue first.",
)
DOOR_FAR_AWAY = define(
    "T2302",
    422,
    vi="Vị trí cách xã/phường của địa chỉ {away_km} km. Nếu địa chỉ thuộc xã/phường khác, hãy xác định lại địa chỉ.",
    en="The place is {away_km} km from the commune of the address. If the address is wrong, decide it anew.",
)
DOOR_INEXACT = define(
    "T2303",
    422,
    vi="Máy định vị lệch tới {accuracy_m:.0f} m, cần trong {limit_m:.0f} m. Ra chỗ thoáng thử lại, hoặc tự dời ghim.",
    en="The phone's place may be {accuracy_m:.0f} m off; {limit_m:.0f} m are needed. Try outside, or move the pin.",
)
PROPOSAL_EMPTY = define(
    "T2304",
    422,
    vi="Hãy tả chỗ nhà, chọn thôn, ấp, hoặc gửi vị trí: cần ít nhất một điều.",
    en="Describe the place, choose a hamlet or share the location: one of them is needed.",
)
PROPOSAL_LONG = define(
    "T2305",
    422,
    vi="Lời tả dài quá {limit} chữ cái.",
    en="The description is longer than {limit} characters.",
)
PROPOSALS_TOO_MANY = define(
    "T2306",
    429,
    vi="Bưu cục đang xem {limit} lời chỉ đường của nhà này. Xin đợi, hoặc gọi bưu cục.",
    en="The office is looking at {limit} notes about this door already. Please wait, or call the office.",
)
PROPOSAL_LATE = define(
    "T2307",
    409,
    vi="Bưu gửi đã giao xong hoặc đã chuyển hoàn, không cần chỉ nhà nữa.",
    en="The item has been delivered or returned; its door is no longer needed.",
)

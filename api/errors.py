"""Coded errors of the doors: sign-in, permission, form of what comes in."""

from core.errors import define

SIGNED_OUT = define(
    "A1001", 401, vi="Chưa đăng nhập hoặc phiên đã hết hạn.", en="Not signed in, or the session has expired."
)
WRONG_SIGN_IN = define("A1002", 401, vi="Sai tên đăng nhập hoặc mật khẩu.", en="Wrong login or password.")
TOO_MANY = define(
    "A1003", 429, vi="Thử quá nhiều lần. Hãy đợi {minutes} phút.", en="Too many attempts. Wait {minutes} minutes."
)
FORBIDDEN = define("A1004", 403, vi="Vai trò của bạn không được làm việc này.", en="Your role may not do this.")
CSRF = define(
    "A1005",
    403,
    vi="Thiếu hoặc sai mã chống giả mạo (X-CSRF-Token).",
    en="The anti-forgery token (X-CSRF-Token) is missing or wrong.",
)
NOT_OFFICE_KEY = define("A1006", 403, vi="Khóa này không gắn với cơ quan nào.", en="This key belongs to no agency.")

LOGIN_TAKEN = define("A1008", 409, vi="Tên đăng nhập «{login}» đã có người dùng.", en="The login “{login}” is taken.")

PAGE_EXPIRED = define(
    "A1009",
    403,
    vi="Trang đã mở quá 30 phút. Hãy nhập lại mã và 4 số cuối.",
    en="The page was open for more than 30 minutes. Enter the code and the last 4 digits again.",
)

MISSING_FIELD = define("A1101", 422, vi="Thiếu trường «{field}».", en="The field “{field}” is missing.")
UNKNOWN_FIELD = define("A1102", 422, vi="Trường «{field}» không được biết.", en="The field “{field}” is not known.")
BAD_JSON = define(
    "A1103", 422, vi="Nội dung không phải JSON hợp lệ: {reason_vi}.", en="The content is not valid JSON: {reason}."
)
NOT_ALLOWED_VALUE = define(
    "A1104", 422, vi="«{field}» phải là một trong: {allowed_vi}.", en="“{field}” must be one of: {allowed}."
)
BAD_VALUE = define(
    "A1105",
    422,
    vi="Giá trị của «{field}» không hợp lệ: {reason_vi}.",
    en="The value of “{field}” is not valid: {reason}.",
)
BAD_DATE = define(
    "A1106",
    422,
    vi="«{value}» không phải ngày hoặc giờ đúng dạng (2026-11-20, 07:30), năm 1900 đến 2199.",
    en="“{value}” is not a date or time of day in the right form (2026-11-20, 07:30), years 1900 to 2199.",
)
BAD_TIME = define(
    "A1107",
    422,
    vi="«{value}» không phải thời điểm ISO 8601 (ví dụ 2026-11-20T08:30:00+07:00), năm 1900 đến 2199.",
    en="“{value}” is not an ISO 8601 instant (for example 2026-11-20T08:30:00+07:00), years 1900 to 2199.",
)
TOO_LARGE = define(
    "A1108",
    413,
    vi="Nội dung lớn hơn giới hạn {limit_kb} kB.",
    en="The content is larger than the limit of {limit_kb} kB.",
)
KEY_REUSED = define(
    "A1110",
    409,
    vi="Idempotency-Key này đã dùng cho nội dung khác.",
    en="This Idempotency-Key was used with other content.",
)
NO_ROUTE = define("A1111", 404, vi="Không có địa chỉ này.", en="There is nothing at this address.")
NO_METHOD = define("A1112", 405, vi="Địa chỉ này không nhận {method}.", en="This address does not take {method}.")
BAD_REQUEST = define("A1113", 400, vi="Yêu cầu không đọc được.", en="The request could not be read.")
BAD_HOST = define("A1114", 400, vi="Tên máy chủ không được phục vụ ở đây.", en="This host name is not served here.")

INCIDENT = define(
    "A1900",
    500,
    vi="Có lỗi ở máy chủ. Số sự cố {incident}.",
    en="Something failed on the server. Incident {incident}.",
)
SOLVER_BUSY = define(
    "A1902",
    429,
    vi="Quá nhiều bài toán đang chờ giải. Hãy thử lại sau ít giây.",
    en="Too many problems are waiting to be solved. Try again in a few seconds.",
)
NOT_READY = define("A1901", 503, vi="Máy chủ chưa sẵn sàng: {reason}.", en="The server is not ready: {reason}.")

DEMO_DATABASE_IN_USE = define(
    "A7001",
    409,
    vi=(
        "Cơ sở dữ liệu này đã có bưu cục hoặc bưu gửi; bản demo chỉ chạy trên cơ sở dữ liệu trống. Hãy tạo một cơ sở "
        "dữ liệu khác và trỏ DATABASE_URL tới đó, xoá rồi tạo lại cơ sở dữ liệu của lần demo trước (dropdb, "
        "createdb), hoặc bỏ DATABASE_URL để bản demo tự dựng lấy."
    ),
    en=(
        "This database holds offices or items already; the demo runs on an empty one only. Make another database and "
        "point DATABASE_URL to it, drop and make anew the one an earlier demo left (dropdb, createdb), or unset "
        "DATABASE_URL to let the demo make its own."
    ),
)

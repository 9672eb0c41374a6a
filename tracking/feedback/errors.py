"""Errors of feedback, T5xxx."""

from core.errors import define

BAD_URL = define(
    "T5001",
    422,
    vi="Địa chỉ nhận «{url}» không dùng được: {why}.",
    en="The endpoint address “{url}” cannot be used: {why_en}.",
)
PRIVATE_ADDRESS = define(
    "T5002",
    422,
    vi="Máy chủ «{host}» trỏ tới địa chỉ nội bộ {address}, không được phép gửi tới.",
    en="The host “{host}” points to the private address {address}, to which sending is not allowed.",
)
UNKNOWN_HOST = define(
    "T5003",
    422,
    vi="Không tìm thấy máy chủ «{host}».",
    en="The host “{host}” cannot be found.",
)
BAD_CURSOR = define(
    "T5004",
    422,
    vi="Con trỏ «{cursor}» không đúng; hãy dùng giá trị next_after của lần đọc trước.",
    en="The cursor “{cursor}” is not valid; use next_after of the answer before.",
)
NOT_OWN_AGENCY = define(
    "T5005",
    403,
    vi="Chỉ được đặt địa chỉ nhận cho chính cơ quan của mình.",
    en="An endpoint can be set for one's own agency only.",
)
UNREADABLE_SECRET = define(
    "T5006",
    500,
    vi=(
        "Không giải mã được một bí mật đã lưu (khoá ký của địa chỉ nhận, mật khẩu của nguồn kết quả hay của kênh báo "
        "tin): khoá chính của hệ thống đã đổi. Hãy đặt lại secret.key từ bản sao lưu, hoặc đặt mới từng bí mật."
    ),
    en=(
        "A stored secret (an endpoint's signing secret, the password of a source of results or of a channel) cannot be "
        "decrypted: the system's own key has changed. Put secret.key back from the backup, or set each secret anew."
    ),
)
NO_RECEIPT_CODE = define(
    "T5007",
    409,
    vi="Chưa có mã biên nhận (D-…) của hồ sơ; hãy gửi lại dòng kết quả kèm receipt_code rồi phát lại.",
    en="The dossier's receipt code (D-…) is not known; send its row again with receipt_code, then replay.",
)
OTHER_KIND = define(
    "T5008",
    409,
    vi="Địa chỉ này thuộc loại khác: webhook có khoá ký, OpenCPS có tài khoản của hệ thống nhận.",
    en="This endpoint is of another kind: a webhook has signing keys, OpenCPS the receiving system's account.",
)
TRIAL_RUNS = define(
    "T5009",
    409,
    vi="Đang gửi thử một tin khác; hãy chờ vài giây rồi thử lại.",
    en="Another test is being sent; wait a few seconds and try again.",
)
UNTOLD_DOSSIER = define(
    "T5010",
    422,
    vi="Chưa có tin nào về hồ sơ «{dossier_code}» của cơ quan; hãy xem lại mã.",
    en="Nothing was ever told of a dossier “{dossier_code}” of this agency; check the code.",
)

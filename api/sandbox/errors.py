"""Errors of the sandbox and of the conformance test."""

from core.errors import define

RECEIVER_UNREACHABLE = define(
    "A8001",
    503,
    vi="Không kết nối được tới {url}: {reason}.",
    en="{url} cannot be reached: {reason}.",
)
SECRET_WRONG = define(
    "A8002",
    422,
    vi="Khoá bí mật phải có dạng whsec_… như khi đặt địa chỉ nhận.",
    en="The secret must have the form whsec_… as it was shown when the endpoint was set.",
)
SERVER_REFUSED = define(
    "A8003",
    422,
    vi="Bưu Tá từ chối {path} (HTTP {status}): {reason}",
    en="Bưu Tá refused {path} (HTTP {status}): {reason}",
)
KEY_MISSING = define(
    "A8004",
    422,
    vi="Hãy cho cả --server và --key, hoặc không cho cái nào.",
    en="Give both --server and --key, or neither.",
)
PRIVATE_KEY_WRONG = define(
    "A8005",
    422,
    vi="Khoá riêng để thử phải có dạng whsk_… như lệnh «buuta sandbox keys» tạo ra.",
    en="The private key to test with must have the form whsk_… as `buuta sandbox keys` makes it.",
)

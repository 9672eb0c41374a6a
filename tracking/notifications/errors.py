"""Errors of notifications, T55xx."""

from core.errors import define

BAD_CHANNEL = define(
    "T5501",
    422,
    vi="Kênh gửi tin không dùng được, mục «{field}»: {why}.",
    en="The channel cannot be used, “{field}”: {why_en}.",
)
UNKNOWN_CHANNEL = define(
    "T5502",
    422,
    vi="Chưa có kênh gửi tin «{name}».",
    en="There is no channel “{name}”.",
)
CHANNEL_IN_USE = define(
    "T5503",
    409,
    vi="Kênh gửi tin «{name}» đang được dùng; hãy bỏ khỏi danh sách kênh trước.",
    en="Channel “{name}” is in use; take it off the lists of channels first.",
)
BAD_CONTACT = define(
    "T5504",
    422,
    vi="Cần một số điện thoại hoặc địa chỉ thư điện tử hợp lệ.",
    en="A valid phone number or e-mail address is needed.",
)
LINK_UNKNOWN = define(
    "T5505",
    404,
    vi="Đường dẫn này không còn dùng được.",
    en="This link is not known.",
)
NOT_DEAD = define(
    "T5506",
    409,
    vi="Chỉ gửi lại được tin chưa gửi được; tin này: {state}.",
    en="Only a message that could not be sent can be sent again; this one: {state}.",
)
EMAIL_WRONG = define(
    "T5507",
    200,
    vi="Địa chỉ thư điện tử «{value}» không hợp lệ; vẫn nhận hồ sơ, không gửi thư.",
    en="E-mail address “{value}” is not valid; the row was accepted, no mail is sent.",
)
WANTS_NONE = define(
    "T5508",
    409,
    vi="Số hoặc địa chỉ này không muốn nhận tin; không gửi tin thử.",
    en="This phone or mail address wants no messages; no test was sent.",
)

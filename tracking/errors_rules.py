"""Coded errors of what a procedure asks of the door (T25xx): told before the act, flags once it has happened."""

from core.errors import define

IN_PERSON_ONLY = define(
    "T2501",
    422,
    vi="Bưu gửi {item_code} chỉ trao cho chính chủ.",
    en="Item {item_code} goes to the addressee in person only.",
)
AGENT_REFUSED = define(
    "T2502",
    422,
    vi="Thủ tục của bưu gửi {item_code} không cho người khác nhận thay.",
    en="The procedure of item {item_code} lets nobody else receive it.",
)
AUTHORISATION_MISSING = define(
    "T2503",
    422,
    vi="Cần xem giấy ủy quyền để trao bưu gửi {item_code} cho người nhận thay.",
    en="The written authorisation must be seen before an agent receives item {item_code}.",
)
IDENTITY_MISSING = define(
    "T2504",
    422,
    vi="Cần xem giấy tờ tùy thân và ghi 4 số cuối cho bưu gửi {item_code}.",
    en="An identity paper must be seen for item {item_code}, with its last 4 digits.",
)
SLIP_MISSING = define(
    "T2505",
    422,
    vi="Cần thu lại giấy hẹn của bưu gửi {item_code}.",
    en="The appointment slip of item {item_code} must be taken back.",
)
OTP_MISSING = define(
    "T2506",
    422,
    vi="Cần mã nhận 6 số mà người dân được báo cho bưu gửi {item_code}.",
    en="The citizen's 6-digit code is needed for item {item_code}.",
)
OTP_WRONG = define(
    "T2507",
    422,
    vi="Mã nhận của bưu gửi {item_code} không đúng.",
    en="The citizen's code for item {item_code} is wrong.",
)

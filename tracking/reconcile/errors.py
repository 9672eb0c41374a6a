"""Errors of the reconciliation, T52xx."""

from core.errors import define

NO_REPAIR = define(
    "T5201",
    409,
    vi="Khác biệt này của hồ sơ {dossier_code} không sửa được bằng một nút: {kind}.",
    en="This difference of dossier {dossier_code} has no repair of one click: {kind}.",
)
REPAIRED = define(
    "T5202",
    409,
    vi="Khác biệt của hồ sơ {dossier_code} đã được sửa rồi.",
    en="This difference of dossier {dossier_code} has been repaired already.",
)
NOT_PUSHED = define(
    "T5203",
    409,
    vi="Cơ quan chưa đặt địa chỉ nhận tin nào đang bật, nên không có nơi để gửi lại.",
    en="The agency has no endpoint that is switched on, so there is nowhere to send it again.",
)
NOT_TAKEN_BACK = define(
    "T5209",
    409,
    vi="Chỉ ngày hẹn vừa lấy của cơ quan mới trả lại được; hồ sơ {dossier_code} không có việc đó.",
    en="Only a due date taken from the agency can be put back; dossier {dossier_code} has none such.",
)
LISTED_TWICE = define(
    "T5204",
    422,
    vi="Hồ sơ {value} có hai dòng khác nhau trong danh sách.",
    en="Dossier {value} stands in the list twice with different content.",
)
UNKNOWN_STATE = define(
    "T5205",
    422,
    vi="Không hiểu trạng thái «{value}»; hãy ghi số 1 đến 10 của Cổng dịch vụ công, hoặc lời như «Đã trả kết quả».",
    en="The state “{value}” is not known; write the portal's number 1 to 10, or words such as “Đã trả kết quả”.",
)
NOT_LISTED_NOW = define(
    "T5208",
    409,
    vi="Danh sách mới nhất của cơ quan không còn nội dung của hồ sơ {dossier_code}; hãy đối soát lại.",
    en="The agency's newest list does not tell of dossier {dossier_code} any more; compare again.",
)
LISTED_AHEAD = define(
    "T5207",
    422,
    vi="Danh sách ghi lúc {value}, ở tương lai.",
    en="The list says that it was made at {value}, which is in the future.",
)

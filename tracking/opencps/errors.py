"""What the order interface alone tells: nothing of it stops an order."""

from core.errors import define

FLAG_PASSED_OVER = define(
    "T1026",
    200,
    vi="FlagConfig «{value}» được bỏ qua: bưu điện đến nhận giấy tờ tại cơ quan, hoặc tại nhà người gửi khi thu gom.",
    en="FlagConfig “{value}” is passed over: the post fetches papers, at the agency or, to collect, at the sender's.",
)

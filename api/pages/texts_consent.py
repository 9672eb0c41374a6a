"""The words of the page about messages."""

CONSENT: dict[str, dict[str, str]] = {
    "vi": {
        "service": "Bưu chính công ích",
        "title": "Tin nhắn về kết quả hồ sơ",
        "language": "English",
        "is_on": "Bạn đang nhận tin khi kết quả đến bưu điện, khi bưu tá đến và khi đã phát.",
        "is_out": "Bạn không nhận tin nữa. Giấy tờ vẫn được phát như thường.",
        "stop": "Dừng nhận tin",
        "resume": "Nhận tin trở lại",
        "done": "Đã ghi nhận, có hiệu lực ngay.",
        "track": "Theo dõi giấy tờ",
    },
    "en": {
        "service": "Public post",
        "title": "Messages about your results",
        "language": "Tiếng Việt",
        "is_on": "You get messages when a result is at the post, when the courier comes and when it was delivered.",
        "is_out": "You get no more messages. Your papers are delivered as before.",
        "stop": "Stop messages",
        "resume": "Get messages again",
        "done": "Noted; it holds from now on.",
        "track": "Follow a paper",
    },
}

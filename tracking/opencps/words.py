"""What our events are called on the other side: status codes and sentences of the order interface. Pure.

Of its codes one is known from the systems that read them: 4, the recipient has the paper. The others are our own, in
the order in which they come; a system that knows only 4 passes over them.
"""

from collections.abc import Mapping
from typing import Any

from tracking.feedback.cloudevents import PORTAL_DELIVERED
from tracking.model import Status

DELIVERED = 4
_CODES: Mapping[Status, tuple[int, str]] = {
    Status.ACCEPTED: (1, "Đã tiếp nhận yêu cầu"),
    Status.READY: (1, "Chờ phát"),
    Status.PLANNED: (1, "Đã xếp tuyến phát"),
    Status.OUT: (2, "Bưu tá đang đi phát"),
    Status.FORWARDED: (2, "Đang chuyển đến bưu cục phát"),
    Status.COLLECTED: (2, "Đã thu hồ sơ, đang chuyển đến cơ quan"),
    Status.ATTEMPT_FAILED: (3, "Phát chưa thành công"),
    Status.HELD: (3, "Lưu giữ tại bưu cục"),
    Status.LOST: (3, "Bưu cục đang tìm"),
    Status.DELIVERED: (DELIVERED, "Phát thành công"),
    Status.RETURNING: (5, "Đang chuyển hoàn về cơ quan"),
    Status.RETURNED: (5, "Đã chuyển hoàn về cơ quan"),
    Status.WITHDRAWN: (6, "Cơ quan đã hủy yêu cầu"),
    Status.HANDED_IN: (7, "Đã nộp hồ sơ cho cơ quan"),
}


def status_of(data: Mapping[str, Any]) -> tuple[int, str]:
    """Code and sentence of a message's `data`. Once the recipient had the paper it is delivered: 4 never goes back."""
    is_delivered = data["portal_status"] == PORTAL_DELIVERED
    return _CODES[Status.DELIVERED if is_delivered else Status(data["status"])]

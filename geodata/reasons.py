"""Why an address was read as it was: short sentences for people, by code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry: code and its sentence in Vietnamese and English."""

    code: str
    vi: str
    en: str

    def text(self, language: str) -> str:
        """The sentence in `vi` or `en`."""
        return self.en if language == "en" else self.vi


REASONS: dict[str, Reason] = {}


def _reason(code: str, vi: str, en: str) -> str:
    REASONS[code] = Reason(code, vi, en)
    return code


NEW_NAME = _reason("new_name", "Tên đơn vị hiện nay.", "Name of a unit in force.")
OLD_NAME = _reason("old_name", "Đơn vị cũ, theo bảng chuyển đổi 2025.", "Former unit, by the 2025 conversion table.")
FORMER_NAME = _reason("former_name", "Tên đã nhập trước 2025.", "Name of a unit merged before 2025.")
ENDED_NAME = _reason("ended_name", "Đơn vị đã hết hiệu lực, theo bảng chuyển đổi.", "Unit that ended, by its changes.")
MIXED = _reason("mixed", "Lẫn tên đơn vị cũ và mới.", "Mixes former and present units.")
MISSPELLED = _reason("misspelled", "Gần đúng chính tả một đơn vị.", "Near the spelling of a unit.")
WHOLE_DISTRICT = _reason(
    "whole_district", "Cả huyện cũ nay là một đơn vị.", "The whole former district is one unit today."
)
BY_PLACE = _reason("by_place", "Xác định nhờ thôn, làng.", "Settled by the village.")
BY_POINT = _reason("by_point", "Xác định nhờ tọa độ.", "Settled by the given point.")
SPLIT = _reason("split", "Đơn vị cũ bị chia cho nhiều đơn vị mới.", "The former unit was split between several.")
NAME_REUSED = _reason(
    "name_reused",
    "Tên có cả trong danh mục cũ và mới, chỉ hai nơi khác nhau.",
    "The name stands in both lists for different places.",
)
SEVERAL = _reason("several", "Nhiều đơn vị khớp như nhau.", "Several units fit equally well.")
UNSURE = _reason("unsure", "Chưa đủ chắc chắn.", "Not sure enough.")
DISTRICT_ONLY = _reason("district_only", "Chỉ nhận ra huyện cũ.", "Only the former district was understood.")
NOT_FOUND = _reason("not_found", "Không nhận ra xã, phường nào.", "No commune was understood.")

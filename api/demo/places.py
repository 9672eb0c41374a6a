"""The demo's offices, couriers and agencies: made-up people, real communes of Ho Chi Minh City."""

from dataclasses import dataclass
from datetime import time

PROVINCE = "79"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOffice:
    """A delivery office, the communes it serves and its couriers' names."""

    code: str
    name: str
    address: str
    lon: float
    lat: float
    commune_codes: tuple[str, ...]
    couriers: tuple[str, ...]
    cut_off: time = time(6, 30)


OFFICES = (
    DemoOffice(
        code="HMN",
        name="Bưu cục Hóc Môn",
        address="57A Bà Triệu, xã Hóc Môn",
        lon=106.5947,
        lat=10.8866,
        commune_codes=("27541", "27544", "27553", "27559", "27568", "27577", "27592"),
        couriers=("Nguyễn Văn Phước", "Lê Thị Cẩm Tú", "Huỳnh Minh Đức"),
    ),
    DemoOffice(
        code="GVP",
        name="Bưu cục Gò Vấp",
        address="555 Lê Quang Định, phường Hạnh Thông",
        lon=106.6880,
        lat=10.8205,
        commune_codes=("26876", "26878", "26882", "26884", "26890", "26898"),
        couriers=("Trần Quốc Bảo", "Phạm Thị Ngọc Ánh", "Võ Hoàng Nam"),
    ),
    DemoOffice(
        code="TDC",
        name="Bưu cục Thủ Đức",
        address="128A Kha Vạn Cân, phường Thủ Đức",
        lon=106.7560,
        lat=10.8490,
        commune_codes=("26800", "26803", "26809", "26824", "26833", "26842"),
        couriers=("Đặng Thanh Tùng", "Bùi Thị Mỹ Hạnh", "Ngô Gia Huy"),
    ),
    DemoOffice(
        code="BCH",
        name="Bưu cục Bình Chánh",
        address="E8/9 Nguyễn Hữu Trí, xã Bình Chánh",
        lon=106.5745,
        lat=10.6785,
        commune_codes=("27595", "27604", "27610", "27619", "27628", "27637"),
        couriers=("Dương Hữu Lộc", "Hồ Thị Kim Liên", "Lý Chí Khang"),
    ),
)

AGENCY_CODE = "H29.16"
AGENCY_CLERK = "Lê Thu Hà, cán bộ một cửa"
AGENCY_NAME = "Trung tâm Phục vụ hành chính công Thành phố Hồ Chí Minh"

PROCEDURES = (
    ("Cấp đổi Giấy chứng nhận quyền sử dụng đất", 120, 3, 100_000),
    ("Cấp lại Giấy phép lái xe", 30, 1, 135_000),
    ("Đăng ký hộ kinh doanh", 40, 2, 100_000),
    ("Cấp Phiếu lý lịch tư pháp số 1", 30, 1, 0),
    ("Trích lục khai sinh", 20, 1, 8_000),
    ("Đăng ký biến động đất đai", 150, 4, 80_000),
    ("Cấp Giấy chứng nhận đủ điều kiện an toàn thực phẩm", 60, 2, 0),
)
"""Procedure, grams, papers, State fee in dong (made up)."""

"""A made-up courier's day for the sheet tests: two rounds, a household, an appointment, money to collect."""

from datetime import UTC, date, datetime, timedelta

from geodata.model import LonLat
from routing.sheets.sheet import RouteSheet, SheetItem, SheetStop

START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
OFFICE = LonLat(lon=106.6297, lat=10.8231)


def example_sheet(stops: int = 24) -> RouteSheet:
    made = tuple(_stop(n, stops) for n in range(1, stops + 1))
    rounds = tuple((OFFICE, *(s.point for s in made if s.round == r), OFFICE) for r in (0, 1))
    return RouteSheet(
        office_code="700900",
        office_name="Bưu cục Gò Vấp",
        office_point=OFFICE,
        courier_name="Nguyễn Thị Ngọc Hường",
        courier_phone="0903 123 456",
        day=date(2026, 11, 23),
        plan_version=2,
        sheet_no="BK-231126-03",
        stops=made,
        line=rounds,
        distance_m=41_870,
        travel_s=6_180,
        service_s=7_200,
        start_at=START,
        finish_at=START + timedelta(hours=9),
    )


def _stop(n: int, total: int) -> SheetStop:
    arrival = START + timedelta(minutes=18 * n)
    items = tuple(_item(n, k) for k in range(3 if n % 7 == 0 else 1))
    return SheetStop(
        seq=n,
        round=int(n > total // 2),
        addressee="Trần V*** Đ***",
        phone="09** *** 321",
        address=f"{n * 3}/12 hẻm 45 đường Nguyễn Ảnh Thủ, khu phố {n % 6 + 1}",
        commune="Xã Hóc Môn",
        point=LonLat(lon=106.60 + 0.006 * (n * 7 % 11), lat=10.80 + 0.005 * (n * 5 % 13)),
        error_m=1200 if n % 5 == 0 else 60,
        arrival_at=arrival,
        departure_at=arrival + timedelta(minutes=4),
        window=(START + timedelta(hours=1), START + timedelta(hours=3)) if n % 6 == 0 else None,
        items=items,
        in_person=n % 9 == 0,
    )


def _item(n: int, k: int) -> SheetItem:
    return SheetItem(
        item_code=f"RA{n:02d}34567{k}5VN",
        dossier_codes=(f"H29.16-261118-{n:04d}{k}",),
        procedure="Cấp đổi Giấy chứng nhận quyền sử dụng đất",
        due_on=date(2026, 11, 24),
        papers=2,
        weight_g=120,
        cod_vnd=26_000 if n % 3 == 0 else 0,
    )

"""Coded errors of files with geometry (G4xxx)."""

from core.errors import define

FILE_UNREADABLE = define(
    "G4001", 422, vi="Không đọc được tệp «{name}»: {reason}.", en="The file “{name}” cannot be read: {reason}."
)
FORMAT_UNKNOWN = define(
    "G4002",
    422,
    vi="Không biết định dạng của «{name}»; dùng được: {known}.",
    en="The format of “{name}” is unknown; known are: {known}.",
)
CRS_MISSING = define(
    "G4003",
    422,
    vi="Tệp «{name}» không nói hệ tọa độ. Hãy ghi rõ, ví dụ --crs EPSG:4326 hay --crs EPSG:3405 (VN-2000).",
    en="The file “{name}” names no coordinate reference system. Name it, e.g. --crs EPSG:4326 or EPSG:3405 (VN-2000).",
)
CRS_UNKNOWN = define(
    "G4004",
    422,
    vi="Không có hệ tọa độ «{value}».",
    en="There is no coordinate reference system “{value}”.",
)
CRS_CONTRADICTED = define(
    "G4005",
    422,
    vi="Tệp nói hệ tọa độ {own}, lệnh nói {given}.",
    en="The file says its coordinate reference system is {own}, the command says {given}.",
)
NO_GEOMETRY = define(
    "G4006",
    422,
    vi="Tệp «{name}» không có hình: cần cột wkt, hoặc lon và lat.",
    en="The file “{name}” has no geometry: it needs a column wkt, or lon and lat.",
)
COLUMN_MISSING = define(
    "G4007", 422, vi="Tệp «{name}» thiếu cột «{column}».", en="The file “{name}” has no column “{column}”."
)
ENCODING_MISSING = define(
    "G4008",
    422,
    vi="Shapefile «{name}» không nói bảng mã của chữ: hãy thêm tệp .cpg (ví dụ UTF-8).",
    en="The Shapefile “{name}” does not name the encoding of its text: add a .cpg file (e.g. UTF-8).",
)
FILE_UNWRITABLE = define(
    "G4009", 422, vi="Không ghi được tệp «{name}»: {reason}.", en="The file “{name}” cannot be written: {reason}."
)
GEOMETRY_EMPTY = define("G4010", 422, vi="Không có hình.", en="There is no geometry.")
GEOMETRY_TYPE = define(
    "G4011",
    422,
    vi="Hình là {found}, cần {wanted}.",
    en="The geometry is a {found}, wanted is a {wanted}.",
)
GEOMETRY_BROKEN = define(
    "G4012",
    422,
    vi="Hình không hợp lệ: {reason} tại {lon:.6f}, {lat:.6f}.",
    en="The geometry is invalid: {reason} at {lon:.6f}, {lat:.6f}.",
)
GEOMETRY_ABROAD = define(
    "G4013",
    422,
    vi="Hình nằm ngoài Việt Nam ({lon:.5f}, {lat:.5f}).",
    en="The geometry lies outside Vietnam ({lon:.5f}, {lat:.5f}).",
)
COORDINATE_WRONG = define(
    "G4014",
    422,
    vi="Tọa độ không đọc được: «{value}».",
    en="The coordinates cannot be read: “{value}”.",
)
VALUE_WRONG = define(
    "G4015",
    422,
    vi="Giá trị «{value}» của cột «{column}» không đúng; cần {wanted_vi}.",
    en="The value “{value}” of column “{column}” is wrong; wanted: {wanted_en}.",
)
TWICE = define("G4016", 422, vi="«{value}» có hai lần trong tệp.", en="“{value}” stands twice in the file.")
UNKNOWN = define("G4017", 422, vi="Không có {what_vi} «{value}».", en="There is no {what_en} “{value}”.")
NAME_DIFFERS = define(
    "G4018",
    422,
    vi="Đơn vị {code} tên là «{known}», tệp nói «{found}».",
    en="The unit {code} is named “{known}”, the file says “{found}”.",
)
TOO_LARGE = define(
    "G4019",
    422,
    vi="Tệp «{name}» lớn quá {limit_mb} MB (tính cả khi đã giải nén).",
    en="The file “{name}” has more than {limit_mb} MB (or has them when unpacked).",
)
AREA_MOVED = define(
    "G4020",
    422,
    vi="Ranh giới mới của {code} chỉ trùng {share:.0f} % với ranh giới đang dùng.",
    en="Only {share:.0f} % of the new polygon of {code} agree with the one in force.",
)
BEYOND_PROVINCE = define(
    "G4021",
    422,
    vi="Hình nằm ngoài tỉnh {province} ({lon:.5f}, {lat:.5f}).",
    en="The geometry lies outside province {province} ({lon:.5f}, {lat:.5f}).",
)
ZONES_OVERLAP = define(
    "G4022",
    422,
    vi="Vùng chồng lên vùng «{other}» của bưu cục khác {km2:.3f} km².",
    en="The zone overlaps the zone “{other}” of another office by {km2:.3f} km².",
)

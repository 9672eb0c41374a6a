"""Coded errors of reforms of the units (G3xxx)."""

from core.errors import define

FILE_UNREADABLE = define(
    "G3001", 422,
    vi="Không đọc được tệp cải cách «{name}»: {reason}.",
    en="The reform file “{name}” cannot be read: {reason}.",
)  # fmt: skip
COLUMN_MISSING = define(
    "G3003", 422, vi="Bảng «{table}» thiếu cột «{column}».", en="The table “{table}” has no column “{column}”."
)  # fmt: skip
VALUE_WRONG = define(
    "G3004", 422,
    vi="Giá trị «{value}» của cột «{column}» không đúng; cần {wanted_vi}.",
    en="The value “{value}” of column “{column}” is wrong; wanted: {wanted_en}.",
)  # fmt: skip
DATES_DIFFER = define(
    "G3005", 422,
    vi="Một tệp là một ngày hiệu lực, tệp này có {dates}.",
    en="A file is one day of entry into force, this one has {dates}.",
)  # fmt: skip
OLD_UNIT_UNKNOWN = define(
    "G3006", 422,
    vi="Không có đơn vị {code} hiệu lực từ {valid_from} vào ngày {on}.",
    en="No unit {code} valid from {valid_from} is in force on {on}.",
)  # fmt: skip
NEW_UNIT_UNKNOWN = define(
    "G3007", 422,
    vi="Đơn vị đích {code} không có trong bảng units.",
    en="The target unit {code} is not in the table units.",
)  # fmt: skip
CHANGE_WITHOUT_TARGET = define(
    "G3008", 422,
    vi="Đơn vị cũ {code} không có đơn vị đích.",
    en="The old unit {code} has no target.",
)  # fmt: skip
UNIT_WITHOUT_SOURCE = define(
    "G3009", 422,
    vi="Không thay đổi nào dẫn đến đơn vị mới {code} {name}.",
    en="No change leads to the new unit {code} {name}.",
)  # fmt: skip
UNIT_TWICE = define(
    "G3010", 422, vi="Mã {code} có hai lần trong bảng {table}.", en="The code {code} stands twice in the table {table}."
)  # fmt: skip
STILL_IN_FORCE = define(
    "G3011", 422,
    vi="Mã {code} đang là của {name} (từ {valid_from}), không thay đổi nào kết thúc đơn vị ấy.",
    en="The code {code} is that of {name} (since {valid_from}), and no change ends that unit.",
)  # fmt: skip
NAME_TWICE = define(
    "G3012", 422,
    vi="Tỉnh {province} sẽ có hai đơn vị cùng tên «{name}»: {codes}.",
    en="Province {province} would have two units named “{name}”: {codes}.",
)  # fmt: skip
PROVINCE_UNKNOWN = define(
    "G3013", 422,
    vi="Không có tỉnh {code} từ ngày {on}.",
    en="There is no province {code} from {on}.",
)  # fmt: skip
GEOMETRY_INVALID = define(
    "G3014", 422,
    vi="Ranh giới của {code} {name} không hợp lệ: {reason}.",
    en="The polygon of {code} {name} is invalid: {reason}.",
)  # fmt: skip
GEOMETRY_MISSING = define(
    "G3015", 422,
    vi="Đơn vị {code} {name} cần ranh giới: nó nhận một phần của đơn vị khác.",
    en="The unit {code} {name} needs a polygon: it takes a part of another unit.",
)  # fmt: skip
OVERLAP = define(
    "G3016", 422,
    vi="Ranh giới của {one} và {other} chồng lên nhau {km2:.2f} km².",
    en="The polygons of {one} and {other} overlap by {km2:.2f} km².",
)  # fmt: skip
GAP = define(
    "G3017", 422,
    vi="{km2:.2f} km² của đơn vị cũ {code} (từ {valid_from}) không thuộc đơn vị đích nào.",
    en="{km2:.2f} km² of the old unit {code} (since {valid_from}) lie in none of its targets.",
)  # fmt: skip
OUTSIDE_SOURCES = define(
    "G3018", 422,
    vi="{km2:.2f} km² của đơn vị mới {code} {name} nằm ngoài các đơn vị tạo thành nó.",
    en="{km2:.2f} km² of the new unit {code} {name} lie outside the units it is made of.",
)  # fmt: skip
SHARE_WRONG = define(
    "G3019", 422,
    vi="Tỷ lệ dân của đơn vị cũ {code} cộng lại là {total:.3f}, không phải 1.",
    en="The shares of the people of the old unit {code} add up to {total:.3f}, not 1.",
)  # fmt: skip
KIND_WRONG = define(
    "G3020", 422,
    vi="Đơn vị cũ {code} có {count} đơn vị đích, trái với cách chuyển «{kind}».",
    en="The old unit {code} has {count} targets, which contradicts the kind “{kind}”.",
)  # fmt: skip
CHANGE_TWICE = define(
    "G3021", 422,
    vi="Thay đổi {old} → {new} có hai lần.",
    en="The change {old} → {new} stands twice.",
)  # fmt: skip
NOT_AFTER = define(
    "G3022", 409,
    vi="Ngày hiệu lực {valid_from} không sau danh mục đang dùng ({newest}).",
    en="The day {valid_from} is not after the list in force ({newest}).",
)  # fmt: skip
OTHER_CONTENT = define(
    "G3023", 409,
    vi="Ngày {valid_from} đã nạp một cải cách khác nội dung; hãy rút lại trước (buuta communes revert {valid_from}).",
    en="Another reform of {valid_from} is loaded; take it back first (buuta communes revert {valid_from}).",
)  # fmt: skip
IN_USE = define(
    "G3024", 409,
    vi="Cải cách ngày {valid_from} đã được dùng, không rút lại được: {reason_vi}.",
    en="The reform of {valid_from} is in use and cannot be taken back: {reason_en}.",
)  # fmt: skip
PROVINCE_UNDECIDED = define(
    "G3025", 422,
    vi="Tỉnh {province} chia cho nhiều tỉnh, nên {code} {name} cần một dòng trong bảng changes.",
    en="Province {province} goes to several, so {code} {name} needs a row in the table changes.",
)  # fmt: skip
PROVINCE_OPEN = define(
    "G3026", 422,
    vi="Mã tỉnh {code} đang có hiệu lực, không thay đổi nào kết thúc tỉnh ấy.",
    en="The province code {code} is in force, and no change ends that province.",
)  # fmt: skip
CRS_UNKNOWN = define(
    "G3027", 422,
    vi="Bảng units có tọa độ nhưng không nói hệ tọa độ (dòng crs trong bảng about, hoặc --crs).",
    en="The table units has coordinates but no coordinate reference system (row crs of the table about, or --crs).",
)  # fmt: skip
LISTS_NOT_LOADED = define(
    "G3028", 409,
    vi="Chưa nạp danh mục xã. Nạp bằng: buuta communes load",
    en="The communes are not loaded. Load them with: buuta communes load",
)  # fmt: skip
EMPTY_REFORM = define(
    "G3029", 422, vi="Tệp không có thay đổi nào.", en="The file holds no change."
)  # fmt: skip

"""Coded errors of roads, travel times and the basemap (G2xxx)."""

from core.errors import define

FILE_MISSING = define(
    "G2001",
    422,
    vi="Không tìm thấy tệp đường bộ «{path}».",
    en="The road file “{path}” does not exist.",
)
FILE_EMPTY = define(
    "G2002",
    422,
    vi="Tệp đường bộ «{path}» rỗng.",
    en="The road file “{path}” is empty.",
)
FILE_UNREADABLE = define(
    "G2003",
    422,
    vi="Không đọc được «{path}» dưới dạng tệp OpenStreetMap PBF: {reason}.",
    en="“{path}” cannot be read as an OpenStreetMap PBF file: {reason}.",
)
NO_ROADS = define(
    "G2004",
    422,
    vi="Tệp «{path}» không có con đường nào trong vùng được chọn.",
    en="The file “{path}” holds no road in the chosen area.",
)
AREA_OUTSIDE = define(
    "G2005",
    422,
    vi="Vùng được chọn nằm ngoài tệp «{path}» (tệp trải từ {west:.3f}, {south:.3f} đến {east:.3f}, {north:.3f}).",
    en="The chosen area lies outside the file “{path}” "
    "(the file spans {west:.3f}, {south:.3f} to {east:.3f}, {north:.3f}).",
)
PROGRAM_FAILED = define(
    "G2006",
    500,
    vi="Chương trình {program} dừng với mã {code}: {reason}",
    en="The program {program} ended with code {code}: {reason}",
)
PROGRAMS_MISSING = define(
    "G2007",
    503,
    vi="Thiếu các chương trình OSRM ({missing}). Cài đặt bằng: {command}",
    en="The OSRM programs are missing ({missing}). Install them with: {command}",
)
IMPORT_RUNNING = define(
    "G2008",
    409,
    vi="Một lần nạp đường bộ khác đang chạy trên thư mục «{folder}».",
    en="Another road import is running on the folder “{folder}”.",
)
NO_DATASET = define(
    "G2009",
    503,
    vi="Chưa nạp dữ liệu đường bộ. Nạp bằng: buuta roads import <tệp.osm.pbf>",
    en="No road data is loaded. Load it with: buuta roads import <file.osm.pbf>",
)
SERVER_NOT_READY = define(
    "G2010",
    503,
    vi="osrm-routed chưa sẵn sàng sau {seconds:.0f} giây: {reason}",
    en="osrm-routed was not ready after {seconds:.0f} s: {reason}",
)
TILER_MISSING = define(
    "G2011",
    503,
    vi="Thiếu chương trình tippecanoe để vẽ bản đồ nền.",
    en="The program tippecanoe, which makes the basemap, is missing.",
)
INDEX_MISSING = define(
    "G2012",
    409,
    vi="Dữ liệu đường bộ này được nạp từ phiên bản cũ, chưa có chỉ mục đoạn đường. Hãy nạp lại tệp đường bộ.",
    en="These roads were imported by an older version and have no index of segments. Import the road file again.",
)
AREA_BROKEN = define(
    "G2013",
    422,
    vi="Vùng vẽ phải có ít nhất ba đỉnh và các cạnh không cắt nhau.",
    en="The drawn area needs three corners at least, and edges that do not cross.",
)
AREA_TOO_LARGE = define(
    "G2014",
    422,
    vi="Vùng vẽ rộng {km2:.0f} km², lớn hơn mức cho phép {limit_km2:.0f} km².",
    en="The drawn area has {km2:.0f} km², more than the allowed {limit_km2:.0f} km².",
)
PERIOD_REVERSED = define(
    "G2015",
    422,
    vi="Thời điểm mở lại phải sau thời điểm cấm và sau hiện tại.",
    en="The road must open again after it is closed, and after the present.",
)
LINE_BROKEN = define(
    "G2017",
    422,
    vi="Đường vẽ phải có ít nhất hai điểm khác nhau.",
    en="The drawn line needs two different points at least.",
)
TOO_MANY_CLOSURES = define(
    "G2016",
    409,
    vi="Đã có {limit} vùng cấm đường còn hiệu lực. Hãy gỡ bớt vùng không còn cần.",
    en="There are already {limit} road closures. Remove those no longer needed.",
)

"""Coded errors of requests in VROOM's JSON: wrong (R51), not supported (R52); reasons (R53) and notes (R54)."""

from core.errors import define

NO_VEHICLE = define("R5101", 422, vi="Không có xe nào.", en="No vehicle is given.")
NO_TASK = define("R5102", 422, vi="Không có việc nào.", en="No task is given.")
TWICE = define("R5103", 422, vi="Mã {id} của {what} xuất hiện hai lần.", en="The id {id} of {what} stands twice.")
NO_PLACE = define(
    "R5104",
    422,
    vi="Thiếu «{field}»: có ma trận thì cần chỉ số, không có thì cần tọa độ.",
    en="“{field}” is missing: with matrices an index is needed, without them coordinates.",
)
OUTSIDE_MATRIX = define(
    "R5105",
    422,
    vi="Chỉ số {index} nằm ngoài ma trận {size} × {size}.",
    en="Index {index} is outside the matrix of {size} × {size}.",
)
NO_END = define(
    "R5106",
    422,
    vi="Xe {id} phải có điểm đầu hoặc điểm cuối.",
    en="Vehicle {id} needs a start or an end.",
)
WRONG_LENGTH = define(
    "R5107",
    422,
    vi="{what} có {given} số lượng, cần {wanted}.",
    en="{what} has {given} amounts, {wanted} are needed.",
)
REVERSED = define(
    "R5108",
    422,
    vi="Khung giờ [{start}, {end}] kết thúc trước khi bắt đầu.",
    en="The window [{start}, {end}] ends before it starts.",
)
WRONG_MATRIX = define(
    "R5109",
    422,
    vi="Ma trận «{name}» phải vuông, {size} × {size}.",
    en="The matrix “{name}” must be square, {size} × {size}.",
)
NO_DURATIONS = define(
    "R5110",
    422,
    vi="Hồ sơ «{profile}» không có ma trận thời gian.",
    en="The profile “{profile}” has no durations.",
)
TWO_MATRICES = define(
    "R5111", 422, vi="Chỉ dùng một trong hai: matrix, matrices.", en="Give either matrix or matrices, not both."
)
COSTS_TWICE = define(
    "R5112",
    422,
    vi="Xe {id} vừa có ma trận chi phí vừa có giá theo giờ hoặc km.",
    en="Vehicle {id} has both a matrix of costs and a price per hour or km.",
)
NO_DISTANCES = define(
    "R5113",
    422,
    vi="«{field}» cần quãng đường: hãy gửi ma trận distances hoặc tọa độ của mọi điểm.",
    en="“{field}” needs distances: send a matrix of distances or the coordinates of every place.",
)
NO_COORDINATES = define(
    "R5114",
    422,
    vi="Muốn có hình tuyến (g) thì mọi điểm phải có tọa độ.",
    en="A geometry (g) needs the coordinates of every place.",
)
BREAK_OUTSIDE = define(
    "R5115",
    422,
    vi="Giờ nghỉ {id} không nằm trọn trong giờ làm của xe {vehicle}.",
    en="Break {id} does not fit the hours of vehicle {vehicle}.",
)
STEP_UNKNOWN = define(
    "R5116", 422, vi="Bước «{type}» {id} không có trong yêu cầu.", en="The step “{type}” {id} is not in the request."
)
STEP_TWICE = define("R5117", 422, vi="«{type}» {id} nằm trong nhiều bước.", en="“{type}” {id} stands in several steps.")
STEP_ORDER = define(
    "R5118",
    422,
    vi="«start» chỉ đứng đầu, «end» chỉ đứng cuối các bước.",
    en="“start” stands only first, “end” only last among the steps.",
)
STEPS_BROKEN = define(
    "R5119",
    422,
    vi="Các bước cho trước của xe {id} phạm ràng buộc, không chạy được.",
    en="The given steps of vehicle {id} break a constraint and cannot be driven.",
)
TOO_MANY_PARTS = define(
    "R5120",
    422,
    vi="{count} {what}, nhiều nhất {most}.",
    en="{count} {what}, at most {most}.",
)
NO_STEPS = define(
    "R5121",
    422,
    vi="Chế độ tính giờ (c) cần các bước của ít nhất một xe.",
    en="Plan mode (c) needs the steps of at least one vehicle.",
)
STEP_TIMES = define(
    "R5122",
    422,
    vi="Các giờ bắt buộc của xe {id} mâu thuẫn nhau.",
    en="The hard times of the steps of vehicle {id} contradict each other.",
)

SOME_PROFILES = define(
    "R5201",
    422,
    vi="Chưa hỗ trợ: hồ sơ «{profile}» không có ma trận trong khi hồ sơ khác có.",
    en="Not supported: the profile “{profile}” has no matrix while others have.",
)
TIMES_PER_TYPE = define(
    "R5202",
    422,
    vi="Chưa hỗ trợ khi tối ưu: thời gian làm việc khác nhau theo loại xe.",
    en="Not supported when optimising: task times that differ between the types of the vehicles.",
)
LOAD_AT_BREAK = define(
    "R5203",
    422,
    vi="Chưa hỗ trợ khi tối ưu: giờ nghỉ chỉ được khi xe chở ít (max_load).",
    en="Not supported when optimising: breaks bound to a small load (max_load).",
)
COSTS_AND_DISTANCE = define(
    "R5204",
    422,
    vi="Chưa hỗ trợ: vừa có ma trận chi phí vừa có max_distance.",
    en="Not supported: a matrix of costs together with max_distance.",
)
SETUP_PRICED = define(
    "R5205",
    422,
    vi="Chưa hỗ trợ khi tối ưu: per_task_hour khi việc có thời gian chuẩn bị (setup).",
    en="Not supported when optimising: per_task_hour where tasks have a set-up.",
)
STEP_TIME_UNUSED = define(
    "R5206",
    422,
    vi="«{field}» của bước chỉ dùng trong chế độ tính giờ (c).",
    en="“{field}” of a step is for plan mode (c) only.",
)

WHY_SKILLS = define("R5301", 409, vi="Không xe nào đủ kỹ năng.", en="No vehicle has the skills.")
WHY_LOAD = define("R5302", 409, vi="Vượt sức chở của mọi xe đủ kỹ năng.", en="Above every able vehicle's capacity.")
WHY_TIME = define(
    "R5303",
    409,
    vi="Ngay cả đi riêng việc này cũng không kịp giờ hoặc vượt giới hạn của xe.",
    en="Even alone it fits no vehicle's hours, windows or limits.",
)
WHY_FULL = define(
    "R5304", 409, vi="Không còn chỗ trong tuyến nào.", en="No route has room for it beside what is served."
)

STRAIGHT = define(
    "R5401",
    200,
    vi="Không có dữ liệu đường: thời gian và quãng đường là ước lượng theo đường chim bay.",
    en="There are no roads: times and distances are estimates along straight lines.",
)
PARTLY_STRAIGHT = define(
    "R5404",
    200,
    vi="Một số điểm xa đường hoặc không có lối đi: giữa chúng là ước lượng theo đường chim bay.",
    en="Some places are far from roads or have no way between them: there it is estimates along straight lines.",
)
ONE_PROFILE = define(
    "R5402",
    200,
    vi="Hồ sơ «{profile}» dùng đường của máy chủ này (xe máy).",
    en="The profile “{profile}” was answered with this server's own roads (motorbike).",
)
THREADS = define(
    "R5403",
    200,
    vi="t = {given} không có tác dụng: máy chủ tự chia lõi xử lý.",
    en="t = {given} has no effect: the server shares its cores itself.",
)

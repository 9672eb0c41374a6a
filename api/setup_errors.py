"""Errors of the ground: machine, environment, database cluster. Standard library only (the set-up imports it)."""

from core.errors import define

SETUP_STEP_FAILED = define(
    "A9001",
    500,
    vi="Bước «{step}» không thành công: {reason}",
    en="The step “{step}” failed: {reason}",
)
NO_POSTGIS_HERE = define(
    "A9002",
    500,
    vi=(
        "Máy này chưa có PostgreSQL với PostGIS và không dùng apt. Hãy chạy bằng compose (docker compose up), cài "
        "PostGIS bằng trình quản lý gói của máy, hoặc đặt DATABASE_URL trỏ tới một máy chủ PostGIS."
    ),
    en=(
        "This machine has no PostgreSQL with PostGIS and no apt. Run it with compose (docker compose up), install "
        "PostGIS with the machine's own package manager, or set DATABASE_URL to a PostGIS server."
    ),
)
CLUSTER_NOT_STARTED = define(
    "A9003",
    500,
    vi="Cụm PostgreSQL trong «{folder}» không khởi động được: {reason}",
    en="The PostgreSQL cluster in “{folder}” did not start: {reason}",
)
NO_UNPRIVILEGED_USER = define(
    "A9004",
    500,
    vi="PostgreSQL không chạy dưới quyền root và máy không có người dùng «postgres» hay «nobody».",
    en="PostgreSQL refuses to run as root and the machine has no user “postgres” or “nobody”.",
)
MISSING_PROGRAM = define(
    "A9005",
    500,
    vi="Thiếu chương trình {program}. Hãy cài nó (trên Debian/Ubuntu: {packages}) rồi chạy lại.",
    en="The program {program} is missing. Install it (on Debian/Ubuntu: {packages}) and run again.",
)
CHROMIUM_IS_A_SNAP = define(
    "A9007",
    500,
    vi=(
        "Kiểm thử cần Chromium. Trên Ubuntu gói apt «chromium» không có trình duyệt; hãy chạy «sudo snap install "
        "chromium» rồi chạy lại. `make demo` không cần Chromium."
    ),
    en=(
        "The tests need Chromium. On Ubuntu the apt package “chromium” holds no browser; run “sudo snap install "
        "chromium” and run again. `make demo` needs no Chromium."
    ),
)
BAD_SETTING = define(
    "A9006",
    500,
    vi="Biến môi trường {name} không hợp lệ: {reason}",
    en="The environment variable {name} is not valid: {reason}",
)
PORT_TAKEN = define(
    "A9008",
    500,
    vi="Cổng {port} trên {host} đang có chương trình khác dùng. Hãy dừng chương trình đó hoặc chọn cổng khác: --port.",
    en="Port {port} on {host} is taken by another program. Stop that program or choose another port: --port.",
)
DEMO_RUNNING = define(
    "A9009",
    500,
    vi="Bản chạy thử đang chạy trong thư mục này (tiến trình {pid}). Hãy dừng nó bằng Ctrl-C rồi chạy lại.",
    en="The demo is already running in this folder (process {pid}). Stop it with Ctrl-C, then run again.",
)
DEMO_BROKEN = define(
    "A9010",
    500,
    vi="Máy chủ của bản chạy thử không chạy được hoặc đã dừng giữa chừng. Nhật ký trong {folder}: {reason}",
    en="The demo's server did not start or stopped on the way. Its logs are in {folder}: {reason}",
)

"""A sender of notifications as a program of its own, to be killed: `python -m tests.tracking.notification_worker <url>
<now>`.
"""

import sys
from datetime import datetime

from core.db import Database
from tests.tracking.notification_scene import port_of
from tests.tracking.office_scene import PROVINCE
from tracking.notifications.dispatch import dispatch


def main() -> None:
    url, now = sys.argv[1:]
    dispatch(port_of(Database(url), lambda: datetime.fromisoformat(now), lambda _: None), PROVINCE)


if __name__ == "__main__":
    main()

"""A planning worker as a program of its own, to be killed: `python -m tests.routing.plan_worker <url>`."""

import sys
from datetime import timedelta

from procrastinate import PsycopgConnector

from core.db import Database
from core.jobs import JOBS
from geodata.straight_line import StraightLine
from routing.jobs import configure
from tests.tracking.office_scene import NOW


def main() -> None:
    url = sys.argv[1]
    configure(Database(url), travel=StraightLine(), clock=lambda: NOW, silent_for=timedelta(seconds=2))
    with JOBS.replace_connector(PsycopgConnector(conninfo=url)) as app:
        app.run_worker(queues=["plans"], wait=False, listen_notify=False)


if __name__ == "__main__":
    main()

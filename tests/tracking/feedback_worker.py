"""A feedback worker as a program of its own, to be killed: `python -m tests.tracking.feedback_worker <url> <key>`."""

import sys

from procrastinate import PsycopgConnector

from core.clock import utc_now
from core.db import Database
from core.jobs import JOBS
from tracking.feedback.delivery import configure
from tracking.feedback.secrets import SecretBox


def main() -> None:
    url, key = sys.argv[1:]
    configure(Database(url), box=SecretBox([key]), clock=utc_now, allow_private=True)
    with JOBS.replace_connector(PsycopgConnector(conninfo=url)) as app:
        app.run_worker(queues=["feedback"], wait=False, listen_notify=False)


if __name__ == "__main__":
    main()

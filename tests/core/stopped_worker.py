"""A worker as a program of its own, to be told to stop: `python -m tests.core.stopped_worker <url> <grace in s>`.

It says on its output when a job begins and how it ended.
"""

import sys
import time

import procrastinate
from procrastinate import PsycopgConnector

from core.jobs import JOBS, must_stop, work

# Far beyond a test's patience: a job that does not hear of the stop is seen.
_LONG_S = 300.0
_SHORT_S = 2.0


def say(what: str) -> None:
    """Tell the test at once."""
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


@JOBS.task(name="test.endless", queue="test", pass_context=True)
def endless(context: procrastinate.JobContext) -> None:
    """Can be broken off anywhere."""
    stop, until = must_stop(context), time.monotonic() + _LONG_S
    say("endless began")
    while not stop() and time.monotonic() < until:
        time.sleep(0.02)
    say("endless heard" if time.monotonic() < until else "endless was never told")


@JOBS.task(name="test.whole", queue="test")
def whole() -> None:
    """Must be done whole."""
    say("whole began")
    time.sleep(_SHORT_S)
    say("whole done")


def main() -> None:
    url, grace_s = sys.argv[1:]
    with JOBS.replace_connector(PsycopgConnector(conninfo=url)) as app:
        work(app, queues=["test"], concurrency=2, shutdown_graceful_timeout=float(grace_s), delete_jobs="successful")
    say("ended")


if __name__ == "__main__":
    main()

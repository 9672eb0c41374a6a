"""A worker for sources as a program of its own, to be killed: `python -m tests.api.source_worker <url> <key>`."""

import sys
from pathlib import Path

from procrastinate import PsycopgConnector

from api.pulling import poller_of
from api.runtime import Runtime, WebOptions
from core.blobs import BlobStore
from core.clock import utc_now
from core.db import Database
from core.jobs import JOBS
from tests.tracking.office_scene import RESOLVER
from tracking.feedback.secrets import SecretBox
from tracking.sources.jobs import configure
from tracking.sources.registry import POLL_QUEUE


def main() -> None:
    url, key, folder = sys.argv[1:]
    runtime = Runtime(
        database=Database(url),
        blobs=BlobStore(str(Path(folder) / "blobs")),
        secrets=SecretBox([key]),
        identity_key=b"k" * 32,
        clock=utc_now,
        options=WebOptions(allow_private_webhooks=True),
        load_resolver=lambda: RESOLVER,
    )
    configure(poller_of(runtime))
    with JOBS.replace_connector(PsycopgConnector(conninfo=url)) as app:
        app.run_worker(queues=[POLL_QUEUE], wait=False, listen_notify=False)


if __name__ == "__main__":
    main()

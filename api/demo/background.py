"""Work beside the main thread that never keeps the program from ending."""

import threading
from collections.abc import Callable
from concurrent.futures import Future


def in_background(work: Callable[[], None], name: str) -> Future[None]:
    """Start `work` in a daemon thread: a pool's threads would be waited for when the user asks to stop."""
    outcome: Future[None] = Future()

    def run() -> None:
        try:
            work()
        except BaseException as failed:  # noqa: BLE001  whoever waits for the outcome gets it
            outcome.set_exception(failed)
        else:
            outcome.set_result(None)

    threading.Thread(target=run, name=name, daemon=True).start()
    return outcome

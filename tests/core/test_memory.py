"""The collector of a process that has settled."""

import gc
from typing import Any

from core.memory import settle


def test_a_settled_process_does_not_look_through_a_batch_while_it_is_made() -> None:
    walks: list[str] = []

    def walked(phase: str, _info: dict[str, Any]) -> None:
        walks.append(phase)

    before = gc.get_threshold()
    settle()
    gc.callbacks.append(walked)
    try:
        batch = [[number] for number in range(10_000)]
    finally:
        gc.callbacks.remove(walked)
        gc.set_threshold(*before)
        gc.unfreeze()
    assert len(batch) == 10_000
    assert walks == []

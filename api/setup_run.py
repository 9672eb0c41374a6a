"""Running the set-up's steps with progress and time. Standard library only."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from api.setup_ground import Ground, Step, StepFailedError
from api.setup_steps import steps_for
from core.errors import CodedError

ROOT = Path(__file__).resolve().parents[1]
_ABOUT = "Make the environment: libraries, programs, pages. What is done already is skipped."
PURPOSES = ("product", "test", "check")
_INTERRUPTED = 130


def main(arguments: Iterable[str] | None = None) -> int:
    """Do the steps that are not done; 0 when the environment stands, 1 with a coded message when a step fails."""
    parser = argparse.ArgumentParser(prog="python3 -m api.bootstrap", description=_ABOUT)
    parser.add_argument("purpose", nargs="?", choices=PURPOSES, default="product")
    purpose = parser.parse_args(None if arguments is None else list(arguments)).purpose
    ground = Ground(root=ROOT, environment=dict(os.environ))
    try:
        run_steps(steps_for(ground, purpose), ground)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except CodedError as failed:
        for found in failed.problems:
            _say(f"{found.code} {found.text('vi')}\n{found.code} {found.text('en')}")
        return 1
    return 0


def run_steps(lanes: list[list[Step]], ground: Ground) -> None:
    """The first lane stands alone; the others go side by side, because most of their time is the network's."""
    started = time.monotonic()
    open_lanes = [[step for step in lane if not step.done()] for lane in lanes]
    if not any(open_lanes):
        return
    _say(f"Chuẩn bị môi trường · making the environment ({ground.log})")
    _run_lane(open_lanes[0], ground)
    with ThreadPoolExecutor(max_workers=max(1, len(lanes) - 1)) as pool:
        for lane in [pool.submit(_run_lane, steps, ground) for steps in open_lanes[1:]]:
            lane.result()
    _say(f"  sẵn sàng · ready  {time.monotonic() - started:.0f} s")


def _run_lane(steps: list[Step], ground: Ground) -> None:
    for step in steps:
        # An earlier step of the lane may have done this one's work too.
        if step.done():
            continue
        _say(f"  … {step.vi} · {step.en}")
        started = time.monotonic()
        try:
            step.do()
        except (subprocess.CalledProcessError, OSError) as error:
            raise StepFailedError(step, error, ground.log) from error
        _say(f"  ✓ {step.vi} · {step.en}  {time.monotonic() - started:.1f} s")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()

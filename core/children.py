"""Programs we start that must not outlive us."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Runs in the child before exec: the kernel ends the child when the thread that started it is gone.

    Only the pre-loaded C library is called here: between fork and exec no lock may be taken. Linux only (prctl(2)).
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

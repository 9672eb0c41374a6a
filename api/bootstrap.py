"""Make the environment of a fresh machine: `python3 -m api.bootstrap [product|test|check]`. Standard library only.

Each step knows when it is done and then costs nothing, so a warm run asks no network and ends well under a second.
"""

import sys

OLDEST_PYTHON = (3, 11)
_TOO_OLD = (
    "A9000 Cần Python 3.11 trở lên; máy này có {0}.{1}. Cài python3.11 rồi chạy: make PYTHON=python3.11 demo\n"
    "A9000 Python 3.11 or newer is needed; this is {0}.{1}. Install python3.11 and run: make PYTHON=python3.11 demo\n"
)

# Older versions cannot even import the modules below, so they are told before that.
if sys.version_info < OLDEST_PYTHON:
    sys.stderr.write(_TOO_OLD.format(*sys.version_info))
    sys.exit(3)

from api.setup_run import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())

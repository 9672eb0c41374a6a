"""Whether an address can be listened at, asked before anything is started."""

import errno

from api.setup_errors import PORT_TAKEN
from core.errors import fail
from core.ports import free_port


def require_free(host: str, port: int) -> None:
    """Raises A9008 when someone listens there already; a bad address is left to the server."""
    try:
        free_port(port, host)
    except OSError as refused:
        if refused.errno == errno.EADDRINUSE:
            raise fail(PORT_TAKEN, host=host, port=port) from refused

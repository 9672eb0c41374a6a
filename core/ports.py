"""Ports of this machine: asked for before anything is started, so that nobody talks to a stranger."""

import socket


def free_port(wanted: int = 0, host: str = "127.0.0.1") -> int:
    """The wanted port, any free one for 0.

    Raises:
        OSError: somebody listens there (EADDRINUSE), or the address is not this machine's.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As servers ask: connections that have just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, wanted))
        return int(probe.getsockname()[1])

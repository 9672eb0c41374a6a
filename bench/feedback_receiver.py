"""A receiver as fast as Python makes one: counts posts and distinct ids in a process of its own, answers 204."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import cast

import uvloop

_ANSWER = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"


class _Counting(asyncio.Protocol):
    def __init__(self, ids: set[bytes]) -> None:
        self._ids, self._buffer = ids, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = int(_header(head, b"content-length"))
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._ids.add(_header(head, b"webhook-id"))
            self._transport.write(_ANSWER)


def _header(head: bytes, name: bytes) -> bytes:
    start = head.index(b"\r\n" + name + b":") + len(name) + 3
    return head[start:].split(b"\r\n", 1)[0].strip()


async def _serve(pipe: Connection) -> None:
    ids: set[bytes] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Counting(ids), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    while await loop.run_in_executor(None, pipe.recv):
        pipe.send(len(ids))


def _run(pipe: Connection) -> None:
    uvloop.run(_serve(pipe))


class FastReceiver:
    """The receiver as the bench sees it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url = f"http://127.0.0.1:{pipe.recv()}/hook"

    def distinct(self) -> int:
        """How many different messages have arrived."""
        self._pipe.send(True)
        return int(self._pipe.recv())


@contextmanager
def fast_receiver() -> Iterator[FastReceiver]:
    """A receiver on a free port of this machine."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    try:
        yield FastReceiver(ours)
    finally:
        ours.send(False)
        process.join(10)

"""A flood of connections that ask for nothing, or never come to an end with it."""

import resource
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

ROUND_SECONDS: Final = 0.02
_HEAD: Final = b"POST /sign-in HTTP/1.1\r\nHost: desk.test\r\n"
_FORM: Final = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n"
BEGINNINGS: Final = (
    b"",
    b"GET /verify HTTP/1.1\r\nHost: desk.test\r\nAuthorization: Bea",
    _HEAD + _FORM + b"email=",
    b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n\r\n",
)
"""Silence, half a head, a body that dribbles, a connection kept for nothing."""

_DRIBBLING: Final = frozenset({BEGINNINGS[1], BEGINNINGS[2]})


class Flood:
    """Holds so many connections from some addresses, and opens each anew that was ended."""

    def __init__(self, port: int, number: int, addresses: Sequence[str]) -> None:
        self._port = port
        self._addresses = addresses
        self._held: list[socket.socket | None] = [None] * number
        self._stopping = threading.Event()
        self._full = threading.Event()
        self.opened = 0

    def wait_until_full(self) -> None:
        """Until as many were opened as it holds."""
        if not self._full.wait(60):
            raise RuntimeError("the flood did not begin")

    def run(self) -> None:
        """Until it is stopped."""
        while not self._stopping.wait(ROUND_SECONDS):
            for slot, connection in enumerate(self._held):
                beginning = BEGINNINGS[slot % len(BEGINNINGS)]
                if connection is None or not _lives(connection, beginning in _DRIBBLING):
                    self._held[slot] = self._open(slot, beginning)
            self._full.set()
        for connection in self._held:
            if connection is not None:
                connection.close()

    def stop(self) -> None:
        """End all of it."""
        self._stopping.set()

    def _open(self, slot: int, beginning: bytes) -> socket.socket | None:
        former = self._held[slot]
        if former is not None:
            former.close()
        connection = socket.socket()
        connection.settimeout(2)
        try:
            connection.bind((self._addresses[slot % len(self._addresses)], 0))
            connection.connect(("127.0.0.1", self._port))
            connection.sendall(beginning)
        except OSError:
            connection.close()
            return None
        connection.setblocking(False)
        self.opened += 1
        return connection


def _lives(connection: socket.socket, dribbles: bool) -> bool:
    try:
        if dribbles:
            connection.send(b"x")
        return connection.recv(4096) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@contextmanager
def flooding(port: int, number: int, addresses: Sequence[str]) -> Iterator[Flood]:
    """A flood for this block, at its full height when the block begins."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, number + 2_000)), hard))
    flood = Flood(port, number, addresses)
    thread = threading.Thread(target=flood.run)
    thread.start()
    try:
        flood.wait_until_full()
        yield flood
    finally:
        flood.stop()
        thread.join()


def several_addresses(number: int) -> list[str]:
    """Of this machine: Linux answers for all of 127.0.0.0/8."""
    return [f"127.0.0.{10 + each}" for each in range(number)]

"""Bytes to a live server and back, as only a socket can send them."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

PATIENCE_SECONDS: Final = 30


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """Everything until the server closes. A reset is an error, a wait too long as well."""
    received = bytearray()
    while piece := connection.recv(65536):
        received += piece
    return bytes(received)


def exchange(port: int, *pieces: bytes) -> bytes:
    """What the pieces are answered with until the server closes."""
    with connected(port) as connection:
        for piece in pieces:
            # It may have been refused already: what it answered is there to be read.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(piece)
        return read_all(connection)


def statuses(answers: bytes) -> list[int]:
    """The status of each answer, in order."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]

"""A Redis server of a test's own, which the test can stop and start again."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.live import free_port

_PATIENCE_SECONDS: Final = 20


class RedisServer:
    """`redis-server` on a port of this machine; nothing is written to disk."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As TOKENDESK_REDIS_URL has it."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Empty, and ready for connections."""
        options = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self._process = subprocess.Popen(
            [self._program, "--port", str(self._port), *options, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.02)  # nothing tells when its socket opens

    def stop(self) -> None:
        """Gone, as after a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def find_redis() -> str | None:
    """The program, where it is installed."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


@contextmanager
def redis_server(program: str, folder: Path) -> Iterator[RedisServer]:
    """A started server, stopped at the end."""
    server = RedisServer(program, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()

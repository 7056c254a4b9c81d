"""A process that sends requests over and over, and tells when they were accepted last.

It is a process of its own, so that nothing but its own work stands between two requests, and is
spoken to through a pipe, by `hammering.py`. `(key, request)` has a request sent in every round from
then on, `(key, None)` in one more round and no other. It answers `(key, None)` when the request was
accepted several times on every connection, and `(key, last accepted)` at its end: when the last one
accepted was sent, by `time.monotonic()`.
"""

import socket
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Final

EVERY_SECONDS: Final = 0.004
"""A round on every connection with every request; longer where there is more to send."""

IDLE_SECONDS: Final = 1.0
"""A round of nothing, before the server closes connections that nobody uses."""

ACCEPTED_TIMES: Final = 3
"""So often on each connection: the first answer may come from the database, not from memory."""

REFUSED: Final = frozenset({401, 403})
NOTHING: Final = b"GET /verify HTTP/1.1\r\nHost: desk.bench\r\n\r\n"


@dataclass
class Watched:
    """A request, and what became of it on each connection."""

    request: bytes
    accepted: list[int]
    last_accepted: float = 0.0
    told: bool = False
    ending: bool = False

    def note(self, at: int, status: int, sent_at: float) -> None:
        """The answer on one connection."""
        if status == 200:
            self.accepted[at] += 1
            self.last_accepted = max(self.last_accepted, sent_at)
        elif status not in REFUSED:
            raise RuntimeError(f"the desk answered {status}")


class Connection:
    """A keep-alive connection, one request at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> float:
        """Send it; the moment before."""
        sent_at = time.monotonic()
        self._socket.sendall(request)
        return sent_at

    def status(self) -> int:
        """Read one answer to its end."""
        received = self._more()
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        lengths = [line.partition(b":")[2] for line in lines if line.startswith(b"content-length")]
        left = int(lengths[0]) - len(body)
        while left > 0:
            left -= len(self._more())
        return int(lines[0].split()[1])

    def close(self) -> None:
        """Let it go."""
        self._socket.close()

    def _more(self) -> bytes:
        received = self._socket.recv(65_536)
        if not received:
            raise RuntimeError("the desk closed the connection")
        return received


def ask(connections: list[Connection], request: bytes) -> list[tuple[int, float]]:
    """The status on each connection, and when its request was sent: all first, then all answers."""
    sent_at = [each.send(request) for each in connections]
    return [(each.status(), sent) for each, sent in zip(connections, sent_at, strict=True)]


def work(pipe: Pipe, ports: list[int]) -> None:
    """The process: a connection to each port, in this order, until the pipe is closed."""
    connections = [Connection(port) for port in ports]
    ask(connections, NOTHING)  # an answer on each, so that a worker has taken it
    pipe.send(("connected", None))
    watched: dict[str, Watched] = {}
    while True:
        began = time.monotonic()
        while pipe.poll(0 if watched else IDLE_SECONDS):
            try:
                key, request = pipe.recv()
            except EOFError:
                return
            if request is None:
                watched[key].ending = True
            else:
                watched[key] = Watched(request, [0] * len(connections))
        for key, each in list(watched.items()):
            for at, (status, sent_at) in enumerate(ask(connections, each.request)):
                each.note(at, status, sent_at)
            if not each.told and min(each.accepted) >= ACCEPTED_TIMES:
                pipe.send((key, None))
                each.told = True
            if each.ending:
                pipe.send((key, each.last_accepted))
                del watched[key]
        if not watched:
            ask(connections, NOTHING)
        time.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - began)))

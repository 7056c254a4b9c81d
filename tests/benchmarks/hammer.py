"""Uses one token over and over on several connections, until all of them see it refused.

A process of its own, told tokens on standard input. It says `connected` at first; `accepted` when
every connection has seen the token accepted; then, as JSON, when the last request was sent that
was accepted.
"""

import json
import socket
import sys
import time
from typing import Final

REFUSED_IN_TURN: Final = 5
"""So many refusals in turn on each connection, and the token is over everywhere."""
AT_MOST_SECONDS: Final = 5


class Connection:
    """A keep-alive connection; what a token got on it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.accepted = False
        self.refused_in_turn = 0
        self.last_accepted = 0.0

    def forget(self) -> None:
        """Begin with another token."""
        self.accepted, self.refused_in_turn, self.last_accepted = False, 0, 0.0

    def use(self, request: bytes) -> None:
        """Send the token once, and read the answer."""
        sent_at = time.monotonic()
        self._socket.sendall(request)
        status = self._answer()
        if status == 200:
            self.accepted, self.refused_in_turn, self.last_accepted = True, 0, sent_at
        elif status == 401:
            self.refused_in_turn += 1
        else:
            raise RuntimeError(f"the desk answered {status}")

    def _answer(self) -> int:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        lengths = [line.partition(b":")[2] for line in lines if line.startswith(b"content-length")]
        left = int(lengths[0]) - len(body)
        while left > 0:
            left -= len(self._more())
        return int(lines[0].split()[1])

    def _more(self) -> bytes:
        received = self._socket.recv(65_536)
        if not received:
            raise RuntimeError("the desk closed the connection")
        return received


def hammer(connections: list[Connection], secret: str) -> dict[str, float]:
    """From the first acceptance until the last."""
    request = (
        f"GET /verify HTTP/1.1\r\nHost: desk.bench\r\nAuthorization: Bearer {secret}\r\n\r\n"
    ).encode()
    for each in connections:
        each.forget()
    told = False
    began = time.monotonic()
    while time.monotonic() - began < AT_MOST_SECONDS:
        for each in connections:
            each.use(request)
        if not told and all(each.accepted for each in connections):
            sys.stdout.write("accepted\n")
            sys.stdout.flush()
            told = True
        if told and all(each.refused_in_turn >= REFUSED_IN_TURN for each in connections):
            break
    return {"last_accepted": max(each.last_accepted for each in connections)}


def main() -> None:
    """Arguments: the port, and the number of connections."""
    connections = [Connection(int(sys.argv[1])) for _ in range(int(sys.argv[2]))]
    # An answer on each, so that a worker has taken it.
    for each in connections:
        each.use(b"GET /verify HTTP/1.1\r\nHost: desk.bench\r\n\r\n")
    sys.stdout.write("connected\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(hammer(connections, line.strip())) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

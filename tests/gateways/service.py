"""A small service behind the gateway: it remembers what reached it, and can stand for Tokendesk."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Arrival:
    """One request, as the service got it."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        """All values of a header, whatever the case of its name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class Service:
    """Answers everything with one status, and keeps what arrived."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    arrivals: list[Arrival] = field(default_factory=list)


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """The service on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            # The library reads headers as Latin-1; names of tokens are UTF-8.
            headers = [
                (name, value.encode("latin-1").decode()) for name, value in self.headers.items()
            ]
            service.arrivals.append(Arrival(self.command, self.path, headers, body))
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815

    return Handler

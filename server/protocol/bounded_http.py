"""uvicorn's HTTP protocol, with a limit on everything that a client controls.

Ordinary requests pay nothing for it: a request that arrives in one piece is not counted, and no
request has a timer.
"""

import asyncio
from functools import partial
from typing import Any, Final, cast

import httptools
from starlette.requests import ClientDisconnect
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from server.domain.address_block import address_block
from server.protocol.connections import connections_of
from server.protocol.framing import (
    ENDING,
    HEAD_TOO_LARGE,
    MALFORMED,
    TOO_MANY_WAITING,
    UNUSUAL,
    URL_TOO_LONG,
    Fault,
    find_fault,
)
from server.protocol.patience import (
    BODY,
    DEAF,
    DRAIN_IDLE_SECONDS,
    DRAIN_REQUEST_SECONDS,
    HEAD,
    IDLE,
    End,
    Patience,
)
from server.protocol.refusing_http import RefusingHttp
from server.protocol.unread import unread_bytes

MOST_HEAD: Final = 64 * 1024
"""Bytes of request line and headers; also the limit of a chunked body's overhead (sizes,
extensions, trailers). Browsers and proxies send a tenth of it at most."""

SLICE: Final = 16 * 1024
"""Bytes that are parsed at a time, so that the parser buffers little more than one whole head."""

FRAME_OF_BYTE: Final = 8
"""Overhead in bytes that each byte of a body may have: chunks may be as short as one byte."""

MOST_PIPELINED: Final = 100
"""Requests of one connection that wait for a response: each is far larger here than on the wire."""


USED: Final = 5
"""Requests after which a connection counts as well used when others are evicted."""


class Refused(Exception):
    """Stops the parser in the middle of a request."""


class _NoTrailers(list[tuple[bytes, bytes]]):
    """Discards the trailers of a chunked body: they are not headers (RFC 9110, section 6.5.1)."""

    def append(self, _: tuple[bytes, bytes]) -> None:
        """Discard a trailer."""


_NO_TRAILERS: Final = _NoTrailers()


class BoundedHttp(RefusingHttp):
    """HTTP protocol for uvicorn's setting `http`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # With trusted proxies, uvicorn wraps the application in `ProxyHeadersMiddleware`.
        wrapped = isinstance(self.app, ProxyHeadersMiddleware)
        self.proxies = cast("Any", self.app).trusted_hosts if wrapped else None
        self.kin = connections_of(self.server_state, self.proxies or ())
        self.address = ""
        self.messages = 0
        self.body_bytes = 0
        self.unusual = False
        self.draining = False
        self._fault: Fault | None = None
        self._counted = 0
        self._received = 0
        self._patience = Patience(self.loop.time())

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit the connection, or abort it if there is no room."""
        super().connection_made(transport)
        self.address = address_block(self.client[0]) if self.client else ""
        self.draining = self.kin.draining_since is not None
        if not self.kin.admit(self):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection."""
        self.kin.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes by slices; refuse what is malformed or beyond the limits."""
        size = len(data)
        if size > SLICE:
            whole = memoryview(data)
            for begin in range(0, size, SLICE):
                self.data_received(cast("bytes", whole[begin : begin + SLICE]))
            return
        if self.state == DEAF:
            self.drop(size)
            return
        try:
            self.parser.feed_data(data)
            if self.state:
                self._count(size)
        except httptools.HttpParserUpgrade:
            self._upgrade()
        except (httptools.HttpParserError, Refused):
            self.refuse(self._fault or MALFORMED)

    def on_message_begin(self) -> None:
        """Reset what belongs to one request; its ASGI scope is only made once the head is valid."""
        self.state = HEAD
        self.messages += 1
        self.url = b""
        self.headers = []
        self.unusual = self.draining
        self.expect_100_continue = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Store a header with its name in lower case."""
        name = name.lower()
        if name in UNUSUAL:
            self.unusual = True
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Check the head, then let the application answer the request."""
        self._fault = self._find_fault()
        if self._fault is not None:
            raise Refused
        self.state, self.body_bytes = BODY, 0
        self._make_scope()
        super().on_headers_complete()
        upgrades = self.parser.should_upgrade()
        if upgrades and self._should_upgrade():
            return
        self.end_head()
        if self.draining or upgrades:
            # After a request to upgrade, the parser no longer separates requests.
            self.cycle.keep_alive = False

    def end_head(self) -> None:
        """Discard all later headers: they are trailers."""
        self.headers = _NO_TRAILERS

    def on_body(self, body: bytes) -> None:
        """Count a piece of the body and pass it on."""
        self.body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is complete."""
        self.state = IDLE
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Start the next pipelined request; `look` closes idle connections, so no timer is set."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)

    def shutdown(self) -> None:
        """Make the current response the last, and say so in its headers: the server stops."""
        self.draining = self.unusual = True
        if self.is_answering and not getattr(self.cycle, "response_started", False):
            # A response that has begun cannot announce it any more, so one more request may follow.
            self.cycle.keep_alive = False
        self.kin.drain()

    def look(self, now: float) -> None:
        """End the connection if it has waited too long for its client."""
        match self._patience.ends(self, now):
            case Fault() as fault:
                self.refuse(fault)
            case End.QUIET:
                self.transport.close()
            case End.CUT:
                self.transport.abort()

    def drain(self, now: float, since: float) -> None:
        """Close the connection if nothing is under way or unread; refuse a slow request."""
        if self.transport.is_closing() or self.state == DEAF:
            return
        waited = now - since
        if self.state:
            if waited >= DRAIN_REQUEST_SECONDS and not self.flow.read_paused:
                self.refuse(ENDING)
        elif self.is_answering or waited < DRAIN_IDLE_SECONDS:
            return
        elif not unread_bytes(self.transport):
            self.transport.close()

    def idleness(self) -> tuple[int, float] | None:
        """Return the eviction order: no complete request yet, then a slow body, then idle.

        Idle connections that served few requests go first.
        """
        since = self._patience.since
        if self.state == BODY:
            return 1, since
        if self.is_answering:
            return None
        asked = self.messages - (self.state == HEAD)
        return (1 + min(asked, USED) if asked else 0), since

    def end(self) -> None:
        """Abort the connection."""
        self.transport.abort()

    def _count(self, size: int) -> None:
        """Count bytes of an incomplete request; refuse it if too few of them are body."""
        if self._counted != self.messages:
            # This piece may hold the end of the previous request, so it is not counted.
            self._counted, self._received = self.messages, 0
            return
        self._received += size
        self.unusual = True
        if self.state == HEAD:
            excess = self._received > MOST_HEAD
        else:
            excess = self._received > 2 * MOST_HEAD + (1 + FRAME_OF_BYTE) * self.body_bytes
        if excess:
            self._fault = self._too_large()
            raise Refused

    def _too_large(self) -> Fault:
        return URL_TOO_LONG if len(self.url) > MOST_HEAD // 2 else HEAD_TOO_LARGE

    def _find_fault(self) -> Fault | None:
        parser = self.parser
        if self._counted == self.messages:  # it came in several pieces
            size = sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size + len(self.url) > MOST_HEAD:
                return self._too_large()
        if len(self.pipeline) >= MOST_PIPELINED:
            return TOO_MANY_WAITING
        upgrades = parser.should_upgrade()
        return find_fault(self.headers, parser.get_http_version(), upgrades=upgrades)

    def _make_scope(self) -> None:
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme or "http",
            "root_path": self.root_path,
            "headers": self.headers,
            "state": self.app_state.copy(),
        }  # type: ignore[typeddict-item]

    def _upgrade(self) -> None:
        """Switch to a WebSocket if no response is due; discard input after other upgrades."""
        if not self._should_upgrade():
            self.hear_no_more()
        elif self.is_answering:
            self.refuse(MALFORMED)
        else:
            self.kin.forget(self)  # the WebSocket protocol counts it from here on
            self.handle_websocket_upgrade()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        super()._start_asgi_task(cycle, partial(self._run, app, cycle))

    async def _run(self, app: Any, cycle: Any, scope: Any, receive: Any, send: Any) -> None:
        """Call the application; a client that left or a stopping server is no failure."""
        try:
            await app(scope, receive, send)
        except ClientDisconnect:
            cycle.disconnected = True
        except asyncio.CancelledError:
            if not self.draining or self.transport.is_closing():
                raise
            cycle.disconnected = True
            if not cycle.response_started:
                self.transport.write(self.answer_to(ENDING))
            self.transport.close()

"""uvicorn's WebSocket protocol, with a bound on the frames that a client sends.

A ping, an empty message or an empty piece of one costs the server far more than its six bytes, and
each kind of them can be sent without end.
"""

import asyncio
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from server.domain.address_block import address_block
from server.protocol.connections import connections_of

FRAMES_A_SECOND: Final = 100
"""What a socket may send all the time; the limit of GraphQL's points is lower, as a rule."""

MOST_FRAMES_AT_ONCE: Final = 500
"""A client that comes back begins all its operations at once, and may have asked for much."""

MOST_PIECES: Final = 1_000
"""Frames of one message; a client sends a mebibyte in 16 of them, or in one."""

SLICE: Final = 4 * 1024
"""Received bytes are parsed in such pieces: about 700 of the smallest frames."""

LINGER_SECONDS: Final = 2.0
"""For a client to see why its socket was closed."""

TOO_MANY_FRAMES: Final = 4429
TOO_LARGE: Final = 1009


class BoundedSocket(WebSocketsSansIOProtocol):
    """To be named as uvicorn's `ws`."""

    def __init__(self, config: Config, server_state: ServerState, *more: Any, **named: Any) -> None:
        super().__init__(config, server_state, *more, **named)
        self.kin = connections_of(server_state)
        self.address = ""
        self._left = float(MOST_FRAMES_AT_ONCE)
        self._counted_at = self.loop.time()
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Go on counting the connection."""
        super().connection_made(transport)
        self.address = address_block(self.client[0]) if self.client else ""
        self.kin.hold(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self.kin.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, as far as it stays within bounds."""
        for begin in range(0, len(data), SLICE):
            if self._refused:
                return
            super().data_received(data[begin : begin + SLICE])

    def handle_events(self) -> None:
        """Count what was parsed before anything is done with it."""
        now = self.loop.time()
        refilled = self._left + (now - self._counted_at) * FRAMES_A_SECOND
        self._counted_at = now
        self._left = min(refilled, float(MOST_FRAMES_AT_ONCE)) - len(self.conn.events)
        if self._left < 0:
            self._refuse(TOO_MANY_FRAMES, "Too many messages")
            return
        super().handle_events()
        if len(self.frames) > MOST_PIECES:
            self._refuse(TOO_LARGE, "Too many pieces of a message")

    def look(self, now: float) -> None:
        """Whoever answers no ping is given up without that."""

    def drain(self, now: float, since: float) -> None:
        """uvicorn closes it when the server stops."""

    def idleness(self) -> tuple[int, float] | None:
        """It never ends for another one: how many there may be is bounded otherwise."""
        return None

    def end(self) -> None:
        """End now."""
        self.transport.abort()

    def _refuse(self, code: int, reason: str) -> None:
        """Close, and drop what still comes for a while: else the client would not see why."""
        self._refused = True
        self.frames = []
        self.stop_keepalive()
        if self.close_sent or not self.handshake_complete:
            self.transport.abort()
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(LINGER_SECONDS, self.transport.abort)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

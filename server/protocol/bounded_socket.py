"""uvicorn's WebSocket protocol, with a rate limit on the frames that a client sends.

A ping, an empty message or an empty fragment costs the server far more than its six bytes, and a
client could send any of them without end.
"""

import asyncio
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from server.domain.address_block import address_block
from server.protocol.connections import connections_of

FRAMES_A_SECOND: Final = 100
"""Sustained rate of frames; GraphQL's own limit in points is usually lower."""

MOST_FRAMES_AT_ONCE: Final = 500
"""Burst of frames: a client that reconnects starts all its operations at once."""

MOST_PIECES: Final = 1_000
"""Frames of one message; clients send a mebibyte in 16 frames or in one."""

SLICE: Final = 4 * 1024
"""Bytes that are parsed at a time: about 700 of the smallest frames."""

LINGER_SECONDS: Final = 2.0
"""Time for the client to receive the close frame with its reason."""

TOO_MANY_FRAMES: Final = 4429
TOO_LARGE: Final = 1009


class BoundedSocket(WebSocketsSansIOProtocol):
    """WebSocket protocol for uvicorn's setting `ws`."""

    def __init__(self, config: Config, server_state: ServerState, *more: Any, **named: Any) -> None:
        super().__init__(config, server_state, *more, **named)
        self.kin = connections_of(server_state)
        self.address = ""
        self._left = float(MOST_FRAMES_AT_ONCE)
        self._counted_at = self.loop.time()
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection among those held."""
        super().connection_made(transport)
        self.address = address_block(self.client[0]) if self.client else ""
        self.kin.hold(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection."""
        self.kin.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes, slice by slice, until the connection is refused."""
        for begin in range(0, len(data), SLICE):
            if self._refused:
                return
            super().data_received(data[begin : begin + SLICE])

    def handle_events(self) -> None:
        """Count the parsed frames before they are handled, and refuse them beyond the limits."""
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
        """Do nothing: uvicorn's keep-alive closes a socket that answers no ping."""

    def drain(self, now: float, since: float) -> None:
        """Do nothing: uvicorn closes the socket when the server stops."""

    def idleness(self) -> tuple[int, float] | None:
        """Return None: a socket is never closed to make room; other limits bound their number."""
        return None

    def end(self) -> None:
        """Abort the connection."""
        self.transport.abort()

    def _refuse(self, code: int, reason: str) -> None:
        """Close the socket, and discard further input for `LINGER_SECONDS`.

        An immediate abort would reset the connection before the client reads the reason.
        """
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

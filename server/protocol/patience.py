"""How long a connection waits for its client; checked once a second instead of by timers."""

from asyncio import Transport
from enum import Enum
from typing import Any, Final, Protocol

from server.protocol.framing import TOO_SLOW, Fault

IDLE: Final = 0
HEAD: Final = 1
BODY: Final = 2
DEAF: Final = 3
"""State of a connection: between requests, in a head, in a body, or after its last request."""

HEAD_WITHIN_SECONDS: Final = 10.0
"""Counts from the start of the connection, or from the first byte of a later request.

A head is one or two packets, which even a poor link retransmits within a few seconds.
"""

KEEP_ALIVE_SECONDS: Final = 65.0
"""Longer than proxies keep idle connections (nginx: 60), so that the proxy closes them first and
none closes while a request is on its way.
"""

BODY_WITHIN_SECONDS: Final = 20.0
SLOWEST_BODY: Final = 500
"""Bytes per second that a body must average after `BODY_WITHIN_SECONDS`.

A logo of 5 MB may take hours, but nobody holds a connection without sending.
"""

UNREAD_WITHIN_SECONDS: Final = 30.0
"""A client that reads nothing of a response for this long is disconnected."""

LINGER_SECONDS: Final = 2.0
"""Time for a client to read a refusal, or for the last response to be transmitted."""

CLOSED_WITHIN_SECONDS: Final = 30.0

DRAIN_IDLE_SECONDS: Final = 1.0
"""How long an idle connection stays open when the server stops.

Clients that send requests more often learn of the stop from their last response.
"""

DRAIN_REQUEST_SECONDS: Final = 5.0
"""How long an incomplete request may still take when the server stops."""


class End(Enum):
    """How a connection ends without a response."""

    QUIET = "closed"
    CUT = "aborted"


class WatchedConnection(Protocol):
    """What `Patience` needs to know of a connection."""

    state: int
    messages: int
    body_bytes: int
    transport: Transport
    flow: Any

    @property
    def is_answering(self) -> bool:
        """Whether a response is under way."""


class Patience:
    """Tracks how long one connection has been in its current state."""

    def __init__(self, now: float) -> None:
        self.since = now
        self._looked_at = now
        self._mark: object = 0
        self._unread = 0
        self._unread_since = now

    def ends(self, connection: WatchedConnection, now: float) -> Fault | End | None:
        """Return how the connection ends now: by a refusal or an `End`; None if it stays open."""
        mark = _mark(connection)
        if mark != self._mark:
            self._mark, self.since = mark, now
        elif connection.flow.read_paused:
            self.since += now - self._looked_at  # the wait is ours: reading is paused
        self._looked_at = now
        waited = now - self.since
        if connection.transport.is_closing():
            return End.CUT if waited >= CLOSED_WITHIN_SECONDS else None
        if self._reads_nothing(connection, now):
            return End.CUT
        state = connection.state
        if state == BODY:
            allowed = BODY_WITHIN_SECONDS + connection.body_bytes / SLOWEST_BODY
            return TOO_SLOW if waited >= allowed else None
        if state == HEAD:
            return TOO_SLOW if waited >= HEAD_WITHIN_SECONDS else None
        if connection.is_answering:
            return None
        if state == DEAF:
            return End.CUT if waited >= LINGER_SECONDS else None
        allowed = KEEP_ALIVE_SECONDS if connection.messages else HEAD_WITHIN_SECONDS
        return End.QUIET if waited >= allowed else None

    def _reads_nothing(self, connection: WatchedConnection, now: float) -> bool:
        """Return whether the client has read none of the pending output for too long."""
        unread = connection.transport.get_write_buffer_size()
        if not unread or unread != self._unread:
            self._unread, self._unread_since = unread, now
        return now - self._unread_since >= UNREAD_WITHIN_SECONDS


def _mark(connection: WatchedConnection) -> object:
    """Return a value that changes when a new phase of the connection begins.

    The head of the first request belongs to the phase that began with the connection.
    """
    state, messages = connection.state, connection.messages
    if connection.transport.is_closing():
        return -1
    if messages == 0 or (messages == 1 and state == HEAD):
        return 0
    return messages, state, connection.is_answering

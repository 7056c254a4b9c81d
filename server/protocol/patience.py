"""How long a client may let the server wait, looked at once a second."""

from asyncio import Transport
from enum import Enum
from typing import Any, Final, Protocol

from server.protocol.framing import TOO_SLOW, Fault

IDLE: Final = 0
HEAD: Final = 1
BODY: Final = 2
DEAF: Final = 3
"""Where a connection is: between requests, amid a head, amid a body, or past its last request."""

HEAD_WITHIN_SECONDS: Final = 10.0
"""From the connection's beginning, or from the first byte of a later request. A head is a packet
or two, which even a poor line resends in a few seconds."""

KEEP_ALIVE_SECONDS: Final = 65.0
"""Longer than proxies keep idle connections (nginx: 60), so that it is they who end them, and none
is ended while a request is on its way."""

BODY_WITHIN_SECONDS: Final = 20.0
SLOWEST_BODY: Final = 500
"""A body has the time to begin, and then comes at so many bytes a second at least: a logo of 5 MB
may take hours, and nobody keeps a connection for nothing."""

UNREAD_WITHIN_SECONDS: Final = 30.0
"""Whoever takes nothing of an answer for so long is given up."""

LINGER_SECONDS: Final = 2.0
"""For a refused client to see why, or for what was written last to leave."""

CLOSED_WITHIN_SECONDS: Final = 30.0

DRAIN_IDLE_SECONDS: Final = 1.0
"""When the server stops: whoever uses a connection more often learns that by the last answer."""

DRAIN_REQUEST_SECONDS: Final = 5.0
"""When the server stops: for the rest of a request that has begun."""


class End(Enum):
    """How a connection ends that gets no answer."""

    QUIET = "closed"
    CUT = "aborted"


class WatchedConnection(Protocol):
    """What is looked at of a connection."""

    state: int
    messages: int
    body_bytes: int
    transport: Transport
    flow: Any

    @property
    def is_answering(self) -> bool:
        """Whether an answer is on its way."""


class Patience:
    """One connection's: since when it has been where it is."""

    def __init__(self, now: float) -> None:
        self.since = now
        self._looked_at = now
        self._mark: object = 0
        self._unread = 0
        self._unread_since = now

    def ends(self, connection: WatchedConnection, now: float) -> Fault | End | None:
        """Whether it ends now, and with which answer."""
        mark = _mark(connection)
        if mark != self._mark:
            self._mark, self.since = mark, now
        elif connection.flow.read_paused:
            self.since += now - self._looked_at  # it is we who do not read
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
        """Whether the client has taken nothing of what is written for too long."""
        unread = connection.transport.get_write_buffer_size()
        if not unread or unread != self._unread:
            self._unread, self._unread_since = unread, now
        return now - self._unread_since >= UNREAD_WITHIN_SECONDS


def _mark(connection: WatchedConnection) -> object:
    """Changes when something new begins; the first request counts from the connection's start."""
    state, messages = connection.state, connection.messages
    if connection.transport.is_closing():
        return -1
    if messages == 0 or (messages == 1 and state == HEAD):
        return 0
    return messages, state, connection.is_answering

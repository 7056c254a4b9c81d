"""All connections of a process: their number, their addresses, and which are evicted for new ones.

No request has a timer. Once a second, every connection checks whether it has waited too long for
its client.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Container
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from uvicorn.server import ServerState

from server.protocol.descriptors import connection_ceiling

LOOK_EVERY_SECONDS: Final = 1.0
DRAIN_EVERY_SECONDS: Final = 0.1

ADDRESS_SHARE: Final = 0.25
"""Share of all connections that one address (a /64 of IPv6) may hold.

It is enough for an office behind one address, and filling a process takes several addresses.
Trusted proxies may hold all connections, as they stand for many clients.
"""

ENDED_AT_ONCE: Final = 20
"""One in this many is evicted when room is needed: each search visits all connections."""

TELL_EVERY_SECONDS: Final = 60.0

log = logging.getLogger("tokendesk")


class Connection(Protocol):
    """What `Connections` needs of a connection; `now` and `since` are times of the event loop."""

    address: str

    def look(self, now: float) -> None:
        """End the connection if it has waited too long for its client."""

    def drain(self, now: float, since: float) -> None:
        """End the connection if nothing is under way; the server began to stop at `since`."""

    def idleness(self) -> tuple[int, float] | None:
        """Return the eviction order, lowest first; None if the connection must not be evicted."""

    def end(self) -> None:
        """End the connection now."""


class Connections:
    """The connections of one server in this process."""

    def __init__(self, ceiling: int, trusted: Container[str]) -> None:
        self.ceiling = ceiling
        self.share = max(1, int(ceiling * ADDRESS_SHARE))
        self.draining_since: float | None = None
        self._trusted = trusted
        self._held: dict[Connection, None] = {}
        self._by_address: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None
        self._ended = 0
        self._logged_at = float("-inf")

    def __len__(self) -> int:
        return len(self._held)

    def admit(self, connection: Connection) -> bool:
        """Count a new connection, evicting idle ones if needed; return whether there is room."""
        address = connection.address
        held = self._by_address[address]
        if held >= self.share and not self._may_have_all(address):
            own = [each for each in self._held if each.address == address]
            if not self._end_some(own, self.share // ENDED_AT_ONCE):
                self._ended += 1
                return False
        if len(self._held) >= self.ceiling and not self._end_some(
            list(self._held), self.ceiling // ENDED_AT_ONCE
        ):
            self._ended += 1
            return False
        self.hold(connection)
        return True

    def hold(self, connection: Connection) -> None:
        """Count a connection that was admitted before."""
        self._held[connection] = None
        self._by_address[connection.address] += 1
        if self._timer is None:
            self._schedule(LOOK_EVERY_SECONDS)

    def forget(self, connection: Connection) -> None:
        """Stop counting a connection that has ended."""
        if connection in self._held:
            del self._held[connection]
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]

    def drain(self) -> None:
        """Start ending connections as soon as nothing is under way on them: the server stops."""
        if self.draining_since is None:
            self.draining_since = asyncio.get_running_loop().time()
            self._schedule(DRAIN_EVERY_SECONDS)

    def _may_have_all(self, address: str) -> bool:
        return not address or address in self._trusted

    def _end_some(self, among: list[Connection], number: int) -> bool:
        """End idle connections of the addresses that hold most; return whether any could end."""
        found = []
        for each in among:
            idleness = each.idleness()
            if idleness is not None:
                trusted = self._may_have_all(each.address)
                found.append((0 if trusted else -self._by_address[each.address], idleness, each))
        found.sort(key=lambda one: one[:2])
        chosen = found[: max(1, number)]
        for _, _, each in chosen:
            self._ended += 1
            # Free the place now; the descriptor is closed in the event loop's next iteration.
            self.forget(each)
            each.end()
        return bool(chosen)

    def _schedule(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        since = self.draining_since
        for each in list(self._held):
            each.look(now)
            if since is not None:
                each.drain(now, since)
        self._tell(now)
        if self._held:
            self._schedule(LOOK_EVERY_SECONDS if since is None else DRAIN_EVERY_SECONDS)

    def _tell(self, now: float) -> None:
        """Log how many connections were ended or refused, at most once a minute."""
        if self._ended and now - self._logged_at >= TELL_EVERY_SECONDS:
            log.warning(
                "%d connections were ended or refused, as there is room for %d, %d of one address",
                self._ended,
                self.ceiling,
                self.share,
            )
            self._ended, self._logged_at = 0, now


_OF_SERVERS: WeakKeyDictionary[ServerState, Connections] = WeakKeyDictionary()


def connections_of(server: ServerState, trusted: Container[str] = ()) -> Connections:
    """Return the connections of a server; `trusted` counts only when they are created."""
    found = _OF_SERVERS.get(server)
    if found is None:
        _OF_SERVERS[server] = found = Connections(connection_ceiling(), trusted)
    return found

"""All connections of a process: how many there may be, from where, and which one ends for another.

Nothing is timed for each request. Once a second every connection is looked at, and tells by
itself whether its sender has been waited for too long.
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
"""Of all connections, what one address (a /64 of IPv6) may hold. An office behind one address has
room at that, and it takes several such addresses to fill a process. Trusted proxies may hold
all: they speak for many."""

ENDED_AT_ONCE: Final = 20
"""Where room is needed, one of so many is ended, as finding them means to look at all."""

TELL_EVERY_SECONDS: Final = 60.0

log = logging.getLogger("tokendesk")


class Connection(Protocol):
    """What the connections are asked for; `now` is the event loop's time."""

    address: str

    def look(self, now: float) -> None:
        """End if the sender has been waited for too long."""

    def drain(self, now: float, since: float) -> None:
        """End as soon as nothing is under way: the server stops since then."""

    def idleness(self) -> tuple[int, float] | None:
        """The lower, the sooner it may end for another one; None: something is under way."""

    def end(self) -> None:
        """End now."""


class Connections:
    """The connections of one server."""

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
        """Hold one more; others that are idle end where it takes that. False: there is no room."""
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
        """Count one that was admitted before."""
        self._held[connection] = None
        self._by_address[connection.address] += 1
        if self._timer is None:
            self._schedule(LOOK_EVERY_SECONDS)

    def forget(self, connection: Connection) -> None:
        """It has ended."""
        if connection in self._held:
            del self._held[connection]
            self._by_address[connection.address] -= 1
            if not self._by_address[connection.address]:
                del self._by_address[connection.address]

    def drain(self) -> None:
        """The server stops: from now on connections end as soon as nothing is under way."""
        if self.draining_since is None:
            self.draining_since = asyncio.get_running_loop().time()
            self._schedule(DRAIN_EVERY_SECONDS)

    def _may_have_all(self, address: str) -> bool:
        return not address or address in self._trusted

    def _end_some(self, among: list[Connection], number: int) -> bool:
        """End the most idle ones of the addresses that hold the most; whether there were any."""
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
            # The place is free at once; its descriptor is closed in the loop's next round.
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
        """In the log, but not for each of what may be thousands."""
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
    """Those of one server in this process; who is trusted counts when they begin."""
    found = _OF_SERVERS.get(server)
    if found is None:
        _OF_SERVERS[server] = found = Connections(connection_ceiling(), trusted)
    return found

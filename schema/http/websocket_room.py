"""Limits on open sockets, so that no address or account takes them all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from server.domain.errors import TooMany

MOST_SOCKETS: Final = 1_000
"""Open sockets per process."""

MOST_OF_ACCOUNT: Final = 200
"""Per account: a fifth of all. Its programs and open explorers need dozens."""

KEPT: Final = 200
FEW: Final = 20
"""The last `KEPT` sockets go to accounts that hold fewer than `FEW`.

So another account still gets in, however many accounts reach their own limit.
"""

MOST_UNKNOWN: Final = 500
"""Sockets of callers who have not authenticated yet, for which they have 10 seconds.

Half of all, so that unauthenticated sockets block nobody else for longer.
"""

MOST_UNKNOWN_OF_ADDRESS: Final = 50
"""Unauthenticated sockets per address: an office that reconnects all at once stays below it."""

TOO_MANY: Final = "There are too many open sockets. Try again later."


class Place:
    """The place of one socket: its address's at first, its account's once it is known."""

    def __init__(self, room: "SocketRoom", address: str) -> None:
        self._room = room
        self.address = address
        self.account_id: str | None = None

    def take_for(self, account_id: str) -> None:
        """Count the place for the caller's account; raise `TooMany` if the account has no room."""
        self._room.must_have_room_for(account_id)
        self._room.move(self, account_id)


class SocketRoom:
    """All sockets of a process."""

    def __init__(self) -> None:
        self._unknown: Counter[str] = Counter()
        self._known: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str) -> Iterator[Place]:
        """Hold a place for a new socket of an address block; raise `TooMany` if full."""
        unknown = self._unknown.total()
        if (
            unknown + self._known.total() >= MOST_SOCKETS
            or unknown >= MOST_UNKNOWN
            or self._unknown[address] >= MOST_UNKNOWN_OF_ADDRESS
        ):
            raise _too_many()
        place = Place(self, address)
        self._unknown[address] += 1
        try:
            yield place
        finally:
            if place.account_id is None:
                _give_back(self._unknown, place.address)
            else:
                _give_back(self._known, place.account_id)

    def must_have_room_for(self, account_id: str) -> None:
        """Raise `TooMany` if the account already holds as many sockets as it may."""
        own = self._known[account_id]
        is_nearly_full = self._known.total() >= MOST_SOCKETS - KEPT
        if own >= MOST_OF_ACCOUNT or (is_nearly_full and own >= FEW):
            raise _too_many()

    def move(self, place: Place, account_id: str) -> None:
        """Move a place from its address to an account."""
        _give_back(self._unknown, place.address)
        self._known[account_id] += 1
        place.account_id = account_id


def _give_back(held: Counter[str], key: str) -> None:
    held[key] -= 1
    if not held[key]:
        del held[key]


def _too_many() -> TooMany:
    return TooMany(TOO_MANY, retry_after=timedelta(seconds=30))

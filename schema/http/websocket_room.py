"""Room for sockets: what one address or account holds leaves enough for the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from server.domain.errors import TooMany

MOST_SOCKETS: Final = 1_000
"""Open at once, in one process."""

MOST_OF_ACCOUNT: Final = 200
"""An account's: a fifth. Its programs and open explorers are dozens."""

KEPT: Final = 200
FEW: Final = 20
"""So many of all are for accounts that hold few: however many accounts hold all that they may,
another one gets in."""

MOST_UNKNOWN: Final = 500
"""Of callers who have not said who they are, for which they have 10 seconds: half of all, so that
nobody who does is kept out by them for longer."""

MOST_UNKNOWN_OF_ADDRESS: Final = 50
"""Of these, one address's: an office whose sockets all come back at once says hello in time."""

TOO_MANY: Final = "There are too many open sockets. Try again later."


class Place:
    """One socket's, its address's until it is known whose it is, then its account's."""

    def __init__(self, room: "SocketRoom", address: str) -> None:
        self._room = room
        self.address = address
        self.account_id: str | None = None

    def take_for(self, account_id: str) -> None:
        """The caller is known. `TooMany`."""
        self._room.must_have_room_for(account_id)
        self._room.move(self, account_id)


class SocketRoom:
    """All places of a process."""

    def __init__(self) -> None:
        self._unknown: Counter[str] = Counter()
        self._known: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str) -> Iterator[Place]:
        """A place for this block. `TooMany`."""
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
        """`TooMany` when the account holds what it may."""
        own = self._known[account_id]
        is_nearly_full = self._known.total() >= MOST_SOCKETS - KEPT
        if own >= MOST_OF_ACCOUNT or (is_nearly_full and own >= FEW):
            raise _too_many()

    def move(self, place: Place, account_id: str) -> None:
        """From the address to the account."""
        _give_back(self._unknown, place.address)
        self._known[account_id] += 1
        place.account_id = account_id


def _give_back(held: Counter[str], key: str) -> None:
    held[key] -= 1
    if not held[key]:
        del held[key]


def _too_many() -> TooMany:
    return TooMany(TOO_MANY, retry_after=timedelta(seconds=30))

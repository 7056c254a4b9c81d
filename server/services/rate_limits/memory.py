"""Rate limit counts of this process: sliding windows, dropped when over, bounded in number."""

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from server.services.clock import Clock
from server.services.rate_limits.rate_limit import RateLimit, RateLimitResult

MOST_KEYS: Final = 20_000
"""Callers remembered for each limit: about 8 MB."""

_PARTS: Final = 120
"""Parts of a window. Hits within one part form a lot, and expire together."""

_DIGEST_BYTES: Final = 16


class _Counted:
    """A caller's points in lots, oldest first, each with the times of its first and last hit."""

    __slots__ = ("lots", "points", "until")

    def __init__(self, now: datetime) -> None:
        self.until = now
        self.points = 0
        self.lots: list[tuple[datetime, datetime, int]] = []

    def add(self, now: datetime, points: int, limit: RateLimit) -> None:
        """Count points that are taken now."""
        if self.lots and now - self.lots[-1][0] < limit.within / _PARTS:
            since, _, before = self.lots.pop()
            self.lots.append((since, now, before + points))
        else:
            self.lots.append((now, now, points))
        self.points += points
        self.until = now + limit.within

    def drop_older(self, moment: datetime) -> None:
        """Drop the lots whose last hit is not after that time."""
        while self.lots and self.lots[0][1] <= moment:
            self.points -= self.lots.pop(0)[2]

    def take_back(self, points: int) -> None:
        """Give points back, newest first."""
        while self.lots and points > 0:
            since, latest, taken = self.lots.pop()
            kept = max(0, taken - points)
            self.points -= taken - kept
            points -= taken
            if kept:
                self.lots.append((since, latest, kept))


class MemoryStore:
    """Counts in memory. A hit takes constant time, and a refused one takes no memory.

    Each limit remembers `MOST_KEYS` callers, as digests of equal length. Beyond that it drops the
    caller whose last granted hit is oldest; that count then starts at zero. A flood can therefore
    only gain hits that it has paid for (each failed sign-in is a password check), and it never
    locks anybody out.

    The in-memory storage of the package limits is not used because it walks through all callers at
    every hit: 1.6 ms for 20,000, and anyone with enough addresses can create as many.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted: dict[RateLimit, OrderedDict[bytes, _Counted]] = {}

    async def take(self, limit: RateLimit, who: tuple[str, ...], points: int) -> RateLimitResult:
        """Count all of the points, or none if they exceed the limit; then keep nothing either."""
        now, key = self._clock(), _digest(who)
        self._tidy(now)
        callers = self._counted.setdefault(limit, OrderedDict())
        counted = callers.get(key) or _Counted(now)
        counted.drop_older(now - limit.within)
        granted = counted.points + points <= limit.attempts
        if granted:
            counted.add(now, points, limit)
            callers[key] = counted
            callers.move_to_end(key)
            if len(callers) > MOST_KEYS:
                callers.popitem(last=False)
        remaining = limit.attempts - counted.points
        missing = 1 if granted else points - remaining
        return RateLimitResult(granted, limit, remaining, _until_free(counted, missing, limit, now))

    async def give_back(self, limit: RateLimit, who: tuple[str, ...], points: int) -> None:
        """Undo a granted hit."""
        callers, key = self._counted.get(limit, OrderedDict()), _digest(who)
        if counted := callers.get(key):
            counted.take_back(points)
            if not counted.lots:
                del callers[key]

    async def forget(self, limit: RateLimit, who: tuple[str, ...]) -> None:
        """Reset the caller's count."""
        self._counted.get(limit, OrderedDict()).pop(_digest(who), None)

    async def close(self) -> None:
        """Do nothing: no connection is open."""

    def __len__(self) -> int:
        return sum(map(len, self._counted.values()))

    def _tidy(self, now: datetime) -> None:
        """Drop expired callers. Each limit's callers are sorted by the end of their window."""
        for callers in self._counted.values():
            while callers and next(iter(callers.values())).until <= now:
                callers.popitem(last=False)


def _digest(who: tuple[str, ...]) -> bytes:
    text = "\0".join(who).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=_DIGEST_BYTES).digest()


def _until_free(counted: _Counted, points: int, limit: RateLimit, now: datetime) -> timedelta:
    for _, latest, taken in counted.lots:
        points -= taken
        if points <= 0:
            return latest + limit.within - now
    return limit.within

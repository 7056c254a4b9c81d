"""Counts of this process alone: moving spans, forgotten when they are over, bounded in number."""

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from server.services.clock import Clock
from server.services.rate_limits.limits import RateLimit, RateLimitResult

MOST_KEYS: Final = 20_000
"""Callers that are remembered for each limit: about 8 MB."""

_PARTS: Final = 120
"""Points that were taken within so small a part of a span come back together."""

_DIGEST_BYTES: Final = 16


class _Counted:
    """Points, each lot with its first and last moment, the oldest first."""

    __slots__ = ("lots", "points", "until")

    def __init__(self, now: datetime) -> None:
        self.until = now
        self.points = 0
        self.lots: list[tuple[datetime, datetime, int]] = []

    def add(self, now: datetime, points: int, limit: RateLimit) -> None:
        """Count points that were taken now."""
        if self.lots and now - self.lots[-1][0] < limit.within / _PARTS:
            since, _, before = self.lots.pop()
            self.lots.append((since, now, before + points))
        else:
            self.lots.append((now, now, points))
        self.points += points
        self.until = now + limit.within

    def drop_older(self, moment: datetime) -> None:
        """Forget lots that were complete at that moment."""
        while self.lots and self.lots[0][1] <= moment:
            self.points -= self.lots.pop(0)[2]

    def take_back(self, points: int) -> None:
        """Forget points, the newest first."""
        while self.lots and points > 0:
            since, latest, taken = self.lots.pop()
            kept = max(0, taken - points)
            self.points -= taken - kept
            points -= taken
            if kept:
                self.lots.append((since, latest, kept))


class MemoryStore:
    """What is over takes no memory. A wish takes constant time, a refused one no memory at all.

    Of each limit, `MOST_KEYS` callers are remembered, as digests of equal length. When there are
    more, the one that was granted something longest ago is forgotten: its count begins anew. A
    flood can so only gain what it has paid for (each failed sign-in is a password checked), and
    never keeps anybody out.
    It is our own as the memory of the package limits goes through all callers at every wish:
    1.6 ms where there are 20,000 of them, and anyone who has addresses can make as many.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted: dict[RateLimit, OrderedDict[bytes, _Counted]] = {}

    async def take(self, limit: RateLimit, who: tuple[str, ...], points: int) -> RateLimitResult:
        """All of the points or none of them; beyond the limit nothing is counted or kept."""
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
        """Undo a wish that was granted."""
        callers, key = self._counted.get(limit, OrderedDict()), _digest(who)
        if counted := callers.get(key):
            counted.take_back(points)
            if not counted.lots:
                del callers[key]

    async def forget(self, limit: RateLimit, who: tuple[str, ...]) -> None:
        """Begin to count anew."""
        self._counted.get(limit, OrderedDict()).pop(_digest(who), None)

    async def close(self) -> None:
        """Nothing is held open."""

    def __len__(self) -> int:
        return sum(map(len, self._counted.values()))

    def _tidy(self, now: datetime) -> None:
        """Callers of a limit stand in the order in which their spans end."""
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

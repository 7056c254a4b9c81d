"""Counts of this process alone: exact moving spans, forgotten when they are over."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from server.services.allowances import Allowance, Limit
from server.services.clock import Clock

_TIDY_EVERY: Final = timedelta(minutes=1)

_Key = tuple[Limit, tuple[str, ...]]


@dataclass
class _Counted:
    """Points with the moments at which they were taken, the oldest first."""

    until: datetime
    points: int = 0
    taken: deque[tuple[datetime, int]] = field(default_factory=deque)


class MemoryCounts:
    """What is over takes no memory after a minute or so. A wish takes constant time.

    It is our own as the memory of the package limits goes through all callers at every wish:
    1.6 ms where there are 20,000 of them, and anyone who has addresses can make as many.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted: dict[_Key, _Counted] = {}
        self._tidy_at = clock()

    async def take(self, limit: Limit, who: tuple[str, ...], points: int) -> Allowance:
        """All of the points or none of them; beyond the limit nothing is counted."""
        now = self._clock()
        self._tidy(now)
        counted = self._counted.setdefault((limit, who), _Counted(now))
        _drop_older(counted, now - limit.within)
        granted = counted.points + points <= limit.attempts
        if granted:
            counted.taken.append((now, points))
            counted.points += points
            counted.until = now + limit.within
        remaining = limit.attempts - counted.points
        missing = 1 if granted else points - remaining
        return Allowance(granted, limit, remaining, _until_free(counted, missing, limit, now))

    async def forget(self, limit: Limit, who: tuple[str, ...]) -> None:
        """Begin to count anew."""
        self._counted.pop((limit, who), None)

    async def close(self) -> None:
        """Nothing is held open."""

    def _tidy(self, now: datetime) -> None:
        if now < self._tidy_at:
            return
        self._tidy_at = now + _TIDY_EVERY
        over = [key for key, counted in self._counted.items() if counted.until <= now]
        for key in over:
            del self._counted[key]


def _drop_older(counted: _Counted, moment: datetime) -> None:
    while counted.taken and counted.taken[0][0] <= moment:
        counted.points -= counted.taken.popleft()[1]


def _until_free(counted: _Counted, points: int, limit: Limit, now: datetime) -> timedelta:
    for moment, taken in counted.taken:
        points -= taken
        if points <= 0:
            return moment + limit.within - now
    return limit.within

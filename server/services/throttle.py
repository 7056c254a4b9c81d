"""A throttle: so many attempts within a moving span of time, counted by this process."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from server.services.clock import Clock

_TIDY_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Limit:
    """At most `attempts` within any span as long as `within`."""

    attempts: int
    within: timedelta


@dataclass
class _Counted:
    until: datetime
    moments: deque[datetime] = field(default_factory=deque)


class Throttle:
    """Counts attempts by who makes them. What is over is forgotten within a minute or so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counted: dict[tuple[Limit, tuple[str, ...]], _Counted] = {}
        self._tidy_at = clock()

    def hit(self, limit: Limit, *who: str) -> bool:
        """Count one attempt, and whether it is within the limit; beyond it none is counted."""
        now = self._clock()
        self._tidy(now)
        counted = self._counted.setdefault((limit, who), _Counted(now))
        moments = counted.moments
        while moments and moments[0] <= now - limit.within:
            moments.popleft()
        if len(moments) >= limit.attempts:
            return False
        moments.append(now)
        counted.until = now + limit.within
        return True

    def forget(self, limit: Limit, *who: str) -> None:
        """Begin to count anew."""
        self._counted.pop((limit, who), None)

    def _tidy(self, now: datetime) -> None:
        if now < self._tidy_at:
            return
        self._tidy_at = now + _TIDY_EVERY
        over = [key for key, counted in self._counted.items() if counted.until <= now]
        for key in over:
            del self._counted[key]

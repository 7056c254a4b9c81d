"""How much of something a caller may have within a span of time, and what is left of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True)
class RateLimit:
    """At most `attempts` (or points) within any span as long as `within`."""

    attempts: int
    within: timedelta


@dataclass(frozen=True)
class RateLimitResult:
    """What became of a wish for points: granted or not, and what is left after it."""

    granted: bool
    limit: RateLimit
    remaining: int
    retry_after: timedelta
    """Until the points left are more than now; where refused, until the wish can be granted."""


class RateLimitStore(Protocol):
    """Remembers who had how much of which limit."""

    async def take(self, limit: RateLimit, who: tuple[str, ...], points: int) -> RateLimitResult:
        """All of the points or none of them; beyond the limit nothing is counted."""

    async def give_back(self, limit: RateLimit, who: tuple[str, ...], points: int) -> None:
        """Undo a wish that was granted."""

    async def forget(self, limit: RateLimit, who: tuple[str, ...]) -> None:
        """Begin to count anew."""

    async def close(self) -> None:
        """Let go of what is held open."""

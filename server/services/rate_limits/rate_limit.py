"""A rate limit, the result of a hit, and the interface of the stores that count."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True)
class RateLimit:
    """At most `attempts` points in any period of length `within`."""

    attempts: int
    within: timedelta


@dataclass(frozen=True)
class RateLimitResult:
    """Whether a hit was granted, and what remains of the limit afterwards."""

    granted: bool
    limit: RateLimit
    remaining: int
    retry_after: timedelta
    """If granted, the time until more points are free; if refused, until the hit can succeed."""


class RateLimitStore(Protocol):
    """Counts hits by limit and caller."""

    async def take(self, limit: RateLimit, who: tuple[str, ...], points: int) -> RateLimitResult:
        """Count all of the points, or none if they exceed the limit."""

    async def give_back(self, limit: RateLimit, who: tuple[str, ...], points: int) -> None:
        """Undo a granted hit."""

    async def forget(self, limit: RateLimit, who: tuple[str, ...]) -> None:
        """Reset the caller's count."""

    async def close(self) -> None:
        """Release open connections."""

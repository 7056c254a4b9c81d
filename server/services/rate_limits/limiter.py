"""The rate limiter: a sliding window, counted in Redis or in this process."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from server.services.clock import Clock
from server.services.rate_limits.memory import MemoryStore
from server.services.rate_limits.rate_limit import RateLimit, RateLimitResult, RateLimitStore
from server.services.rate_limits.redis import FAILURES, RedisStore

__all__ = ["RateLimit", "RateLimitResult", "RateLimiter"]

RETRY_EVERY: Final = timedelta(seconds=5)

log = logging.getLogger("tokendesk.throttle")

Answer = TypeVar("Answer")


class RateLimiter:
    """Limits what callers take. With Redis, all workers share the counts.

    An outage of Redis does not become an outage of the desk: while Redis fails, each process counts
    by itself, logs that once, and tries Redis again every five seconds.
    """

    def __init__(self, clock: Clock, redis_url: str | None = None) -> None:
        self._clock = clock
        self._own = MemoryStore(clock)
        self._shared = RedisStore(redis_url) if redis_url else None
        self._away_until: datetime | None = None

    async def hit(self, limit: RateLimit, *who: str, points: int = 1) -> RateLimitResult:
        """Count the points if they fit within the limit; otherwise count none of them."""
        return await self._ask(lambda counts: counts.take(limit, who, points))

    async def give_back(self, limit: RateLimit, *who: str, points: int = 1) -> None:
        """Undo a granted hit."""
        await self._ask(lambda counts: counts.give_back(limit, who, points))

    async def forget(self, limit: RateLimit, *who: str) -> None:
        """Reset the caller's count."""
        await self._own.forget(limit, who)
        await self._ask(lambda counts: counts.forget(limit, who))

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared is not None:
            await self._shared.close()

    async def _ask(self, operation: Callable[[RateLimitStore], Awaitable[Answer]]) -> Answer:
        if self._shared is None:
            return await operation(self._own)
        if self._away_until is not None and self._clock() < self._away_until:
            return await operation(self._own)
        try:
            answer = await operation(self._shared)
        except FAILURES as error:
            self._lose(error)
            return await operation(self._own)
        if self._away_until is not None:
            self._away_until = None
            log.warning("Redis answers again: limits are shared by all workers")
        return answer

    def _lose(self, error: BaseException) -> None:
        if self._away_until is None:
            log.warning("Redis failed, each worker counts by itself: %s", type(error).__name__)
        self._away_until = self._clock() + RETRY_EVERY

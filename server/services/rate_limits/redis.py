"""Rate limit counts that all workers and replicas share in Redis, by the package limits."""

import math
import time
from datetime import timedelta
from hashlib import blake2b
from typing import Final

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.services.rate_limits.rate_limit import RateLimit, RateLimitResult

FAILURES: Final = (RedisError, OSError, TimeoutError)
"""What an unreachable, slow or faulty Redis raises."""

_PATIENCE_SECONDS: Final = 0.5
_WAIT_SECONDS: Final = 5
_MOST_CONNECTIONS: Final = 20
_PREFIX: Final = "tokendesk"


class RedisStore:
    """Counts in a sliding window of two counters per caller: constant time and space in Redis.

    Callers are stored as digests, because they may be e-mail or network addresses.
    """

    def __init__(self, url: str) -> None:
        # If all connections are in use, wait for one: that is not a failure of Redis.
        self._pool = BlockingConnectionPool.from_url(
            url,
            timeout=_WAIT_SECONDS,
            max_connections=_MOST_CONNECTIONS,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        storage = RedisStorage(
            url,
            implementation="redispy",
            key_prefix=_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]  # as its docstring says
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    async def take(self, limit: RateLimit, who: tuple[str, ...], points: int) -> RateLimitResult:
        """Count all of the points, or none if they exceed the limit."""
        item, key = _item(limit), _digest(who)
        granted = await self._limiter.hit(item, key, cost=points)
        stats = await self._limiter.get_window_stats(item, key)
        missing = 1 if granted else points - stats.remaining
        wait = max(stats.reset_time - time.time(), missing / limit.attempts * item.get_expiry())
        return RateLimitResult(granted, limit, stats.remaining, timedelta(seconds=math.ceil(wait)))

    async def give_back(self, limit: RateLimit, who: tuple[str, ...], points: int) -> None:
        """Undo a granted hit."""
        await self._limiter.hit(_item(limit), _digest(who), cost=-points)

    async def forget(self, limit: RateLimit, who: tuple[str, ...]) -> None:
        """Reset the caller's count."""
        await self._limiter.clear(_item(limit), _digest(who))

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.disconnect()


def _item(limit: RateLimit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.attempts, int(limit.within.total_seconds()))


def _digest(who: tuple[str, ...]) -> str:
    return blake2b("\0".join(who).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

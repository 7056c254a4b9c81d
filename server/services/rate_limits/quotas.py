"""Quotas of GraphQL and REST: points per minute for each caller."""

from datetime import timedelta
from typing import Final

from server.domain.actor import Actor, ActorKind
from server.domain.networks import network_of
from server.services.rate_limits.limiter import RateLimiter
from server.services.rate_limits.rate_limit import RateLimit, RateLimitResult

_SPAN: Final = timedelta(minutes=1)
_NOBODYS_SHARE: Final = 10


class Quotas:
    """Points per minute for each token and person; each unknown address gets a tenth.

    Points come back one minute after they were taken. A quota of 0 means no limit.
    """

    def __init__(self, rate_limiter: RateLimiter, points_per_minute: int) -> None:
        self._rate_limiter = rate_limiter
        self._of_known = RateLimit(points_per_minute, _SPAN)
        self._of_nobody = RateLimit(-(-points_per_minute // _NOBODYS_SHARE), _SPAN)

    async def take(self, actor: Actor, points: int) -> RateLimitResult | None:
        """Take the points, or none if too few are left. Return None if there is no limit."""
        if self._of_known.attempts == 0:
            return None
        unknown = actor.kind is ActorKind.NOBODY
        limit = self._of_nobody if unknown else self._of_known
        who = network_of(actor.origin.address) if unknown else actor.id
        return await self._rate_limiter.hit(limit, "graphql", actor.kind, who, points=points)

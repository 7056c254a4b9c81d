"""Charging operations: their cost in points counts against the caller's limit per minute."""

import math
from typing import Any, Final

from graphql import GraphQLError

from schema.base.context import Context
from schema.base.http_error import HTTPError
from schema.base.request_headers import RequestHeaders
from schema.execution.cost import MOST_POINTS
from schema.execution.documents import CompiledOperation
from schema.execution.limits import MOST_VALUES, too_many_values
from server.domain.errors import TooMany
from server.services.rate_limits.rate_limit import RateLimitResult

WANTED: Final = "GraphQL-Cost"
"""Request header that adds the cost to the response's extensions: `GraphQL-Cost: 1`."""
_WANTED: Final = WANTED.lower()

_POLICY: Final = "graphql"


async def consume_base(context: Context) -> None:
    """Charge the one point that every request costs; raise `HTTPError` 429 if none is left.

    This happens before the request is parsed, so that invalid documents count as well.
    """
    wait = await _take(context, 1)
    if wait is not None:
        raise HTTPError(429, _refusal(wait), code=TooMany.code)


def wants_cost(head: RequestHeaders) -> bool:
    """Return whether the request asks for the cost in the response's extensions."""
    return head.headers.get(_WANTED, "0") != "0"


def headers(rate_limit: RateLimitResult | None) -> list[tuple[bytes, bytes]]:
    """Return the RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10) and Retry-After.

    Retry-After (RFC 9110) is only sent if the request was refused.
    """
    if rate_limit is None:
        return []
    limit, wait = rate_limit.limit, _seconds(rate_limit)
    span = int(limit.within.total_seconds())
    reported = [
        (b"ratelimit-policy", f'"{_POLICY}";q={limit.attempts};w={span}'.encode()),
        (b"ratelimit", f'"{_POLICY}";r={rate_limit.remaining};t={wait}'.encode()),
    ]
    if not rate_limit.granted:
        reported.append((b"retry-after", str(wait).encode()))
    return reported


async def consume(
    context: object, operation: CompiledOperation, variables: dict[str, Any] | None
) -> dict[str, Any]:
    """Charge an operation before it runs, and return what to add to the response's extensions.

    Raises `GraphQLError` if the variables hold too many values, or if the operation costs more than
    is allowed or left.
    """
    if variables and too_many_values(variables):
        raise GraphQLError(f"The variables hold more than {MOST_VALUES:,} values.")
    points = operation.plan.points(variables)
    if not isinstance(context, Context):
        _judge(points, None)
        return {}
    _judge(points, context.rate_limit)
    wait = await _take(context, points - 1) if points > 1 else None
    if wait is not None:
        reported = {"code": TooMany.code, "cost": points, "retryAfterSeconds": wait}
        raise GraphQLError(_refusal(wait), extensions=reported)
    context.kind = operation.kind
    return {"cost": _report(points, context.rate_limit)} if context.reports_cost else {}


def _report(points: int, rate_limit: RateLimitResult | None) -> dict[str, int]:
    reported = {"points": points, "limit": _most(rate_limit)}
    return reported if rate_limit is None else {**reported, "remaining": rate_limit.remaining}


def _most(rate_limit: RateLimitResult | None) -> int:
    """Return the most points that one operation may cost: never more than one minute's limit."""
    return MOST_POINTS if rate_limit is None else min(MOST_POINTS, rate_limit.limit.attempts)


def _judge(points: int, rate_limit: RateLimitResult | None) -> None:
    most = _most(rate_limit)
    if points > most:
        raise GraphQLError(
            f"The query costs {points:,} points, more than the {most:,} that one may cost."
            " Ask for fewer objects at once, or for less of each.",
            extensions={"code": "COST_TOO_HIGH", "cost": points, "limit": most},
        )


async def _take(context: Context, points: int) -> int | None:
    """Take points; return the seconds to wait if they were refused, else None."""
    rate_limit = await context.desk.quotas.take(context.actor, points)
    context.rate_limit = rate_limit
    return None if rate_limit is None or rate_limit.granted else _seconds(rate_limit)


def _seconds(rate_limit: RateLimitResult) -> int:
    return max(1, math.ceil(rate_limit.retry_after.total_seconds()))


def _refusal(seconds: int) -> str:
    return f"Too much was asked within a minute. Try again in {seconds} seconds."

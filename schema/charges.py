"""What a caller pays for an operation: points, counted against the caller's minute."""

import math
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    get_operation_ast,
)
from starlette.requests import HTTPConnection
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType

from schema.context import Context
from schema.cost import MOST_POINTS, Plan, plan
from schema.limits import MOST_VALUES, too_many_values
from schema.negotiation import Refused
from server.domain.errors import TooMany
from server.services.allowances import Allowance

WANTED: Final = "GraphQL-Cost"
"""The request header that asks for the cost in the answer's extensions; `GraphQL-Cost: 1`."""

_POLICY: Final = "graphql"
_MOST_PLANS: Final = 500


async def admit(context: Context) -> None:
    """Take the one point that every operation costs at least; `Refused` where none is left.

    It comes before the request is read, so that wrong documents are paid for as well.
    """
    wait = await _take(context, 1)
    if wait is not None:
        raise Refused(429, _refusal(wait), code=TooMany.code)


def wants_cost(connection: HTTPConnection) -> bool:
    """Whether the request asks for the cost in the answer's extensions."""
    return connection.headers.get(WANTED, "0") != "0"


def headers(allowance: Allowance | None) -> dict[str, str]:
    """RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10), and Retry-After (RFC 9110)."""
    if allowance is None:
        return {}
    limit, wait = allowance.limit, _seconds(allowance)
    span = int(limit.within.total_seconds())
    told = {
        "RateLimit-Policy": f'"{_POLICY}";q={limit.attempts};w={span}',
        "RateLimit": f'"{_POLICY}";r={allowance.remaining};t={wait}',
    }
    return told if allowance.granted else {**told, "Retry-After": str(wait)}


class OperationUnnamed(CannotGetOperationTypeError):
    """The document has several operations, and the request names none of them."""

    def as_http_error_reason(self) -> str:
        """What to tell the client."""
        return str(self)

    def __str__(self) -> str:
        return "Name the operation to run: the document has several."


class Plans:
    """The costs of one schema's documents as far as they are known without variables."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], tuple[DocumentNode, Plan]] = {}

    def find(self, document: DocumentNode, operation: OperationDefinitionNode) -> Plan:
        """The plan of an operation; a document that is kept elsewhere is read once."""
        key = id(document), id(operation)
        kept = self._kept.get(key)
        if kept is not None:
            return kept[1]
        found = plan(document, operation)
        # Holding the document keeps its identity from being another's.
        self._kept[key] = document, found
        if len(self._kept) > _MOST_PLANS:
            del self._kept[next(iter(self._kept))]
        return found


async def charge(running: ExecutionContext, plans: Plans) -> OperationType:
    """Take what a right operation costs, before it runs; the kind of the operation.

    `GraphQLError` for what has too many values, costs too much, or more than what is left.
    """
    document = running.graphql_document
    assert document is not None, "it was found right"
    operation = get_operation_ast(document, running._provided_operation_name)
    if operation is None:
        raise OperationUnnamed(running._provided_operation_name)
    if too_many_values(running.variables):
        raise GraphQLError(f"The variables hold more than {MOST_VALUES:,} values.")
    points = plans.find(document, operation).points(running.variables)
    kind = OperationType(operation.operation.value)
    context = running.context
    if not isinstance(context, Context):
        _judge(points, None)
        return kind
    _judge(points, context.allowance)
    wait = await _take(context, points - 1) if points > 1 else None
    if wait is not None:
        told = {"code": TooMany.code, "cost": points, "retryAfterSeconds": wait}
        raise GraphQLError(_refusal(wait), extensions=told)
    context.kind = kind
    if context.reports_cost:
        running.extensions_results["cost"] = _report(points, context.allowance)
    return kind


def _report(points: int, allowance: Allowance | None) -> dict[str, int]:
    told = {"points": points, "limit": _most(allowance)}
    return told if allowance is None else {**told, "remaining": allowance.remaining}


def _most(allowance: Allowance | None) -> int:
    """The most that one operation may cost: never more than a whole minute has."""
    return MOST_POINTS if allowance is None else min(MOST_POINTS, allowance.limit.attempts)


def _judge(points: int, allowance: Allowance | None) -> None:
    most = _most(allowance)
    if points > most:
        raise GraphQLError(
            f"The query costs {points:,} points, more than the {most:,} that one may cost."
            " Ask for fewer objects at once, or for less of each.",
            extensions={"code": "COST_TOO_HIGH", "cost": points, "limit": most},
        )


async def _take(context: Context, points: int) -> int | None:
    """The seconds to wait for what was not granted; None where it was."""
    allowance = await context.desk.rate_limits.take(context.actor, points)
    context.allowance = allowance
    return None if allowance is None or allowance.granted else _seconds(allowance)


def _seconds(allowance: Allowance) -> int:
    return max(1, math.ceil(allowance.retry_after.total_seconds()))


def _refusal(seconds: int) -> str:
    return f"Too much was asked within a minute. Try again in {seconds} seconds."

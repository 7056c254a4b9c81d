"""The time limit of queries.

Mutations have none: one that was cancelled could be reported as failed although it took effect.
Subscriptions last as long as their caller's session or token. The limit interrupts waiting only;
the cost limits computation.
"""

import asyncio
import logging
from typing import Final

from graphql import GraphQLError
from strawberry.types.graphql import OperationType

SECONDS: Final = 10.0

log = logging.getLogger("tokendesk.graphql")


def time_limit(kind: OperationType) -> asyncio.Timeout | None:
    """Return the timeout that cancels an operation of this kind; None for no limit."""
    return asyncio.timeout(SECONDS) if kind is OperationType.QUERY else None


def too_slow(name: str | None) -> GraphQLError:
    """Log a query that exceeded the limit, and return the error for the client."""
    log.error("query %s took longer than %g s", name, SECONDS)
    return GraphQLError(
        f"The query took longer than {SECONDS:g} seconds. Ask for less at once.",
        extensions={"code": "TIMEOUT"},
    )

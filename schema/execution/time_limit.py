"""How long a query may take.

A mutation is not ended: it might be told as failed while what it did took effect. Nor is a
subscription, whose life is bounded by its caller's. Waiting alone is cut, not computing, which
the cost bounds.
"""

import asyncio
import logging
from typing import Final

from graphql import GraphQLError
from strawberry.types.graphql import OperationType

SECONDS: Final = 10.0

log = logging.getLogger("tokendesk.graphql")


def time_limit(kind: OperationType) -> asyncio.Timeout | None:
    """What ends an operation of this kind with all that it has begun; None for no limit."""
    return asyncio.timeout(SECONDS) if kind is OperationType.QUERY else None


def too_slow(name: str | None) -> GraphQLError:
    """What the client is told of a query that was ended; the log has its name."""
    log.error("query %s took longer than %g s", name, SECONDS)
    return GraphQLError(
        f"The query took longer than {SECONDS:g} seconds. Ask for less at once.",
        extensions={"code": "TIMEOUT"},
    )

"""The extension around execution: rate limit by cost, and the time limit."""

from collections.abc import AsyncIterator

from strawberry.extensions import SchemaExtension

from schema.execution.document_cache import Documents
from schema.execution.documents import OperationUnnamed
from schema.execution.quota import consume
from schema.execution.time_limit import time_limit, too_slow


class Guard(SchemaExtension):
    """Charges an operation's cost before it runs, and stops a query that takes too long.

    Both are one extension because each hook adds 10 µs to every operation.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def on_execute(self) -> AsyncIterator[None]:
        """Refuse an operation that costs too much; run others within their time limit."""
        running = self.execution_context
        name = running._provided_operation_name
        operation = self._documents.of(running).operation(name)
        if operation is None:
            raise OperationUnnamed(name)
        reported = await consume(running.context, operation, running.variables)
        running.extensions_results.update(reported)
        limit = time_limit(operation.kind)
        if limit is None:
            yield
            return
        try:
            async with limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            raise too_slow(running.operation_name) from None

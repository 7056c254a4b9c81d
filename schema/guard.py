"""The one extension around execution: what an operation costs, and how long it may take."""

from collections.abc import AsyncIterator

from strawberry.extensions import SchemaExtension

from schema.charges import Plans, charge
from schema.time_limit import time_limit, too_slow


class Guard(SchemaExtension):
    """Takes an operation's cost before it runs, and ends a query that waits too long.

    Both stand in one extension as each hook costs 10 µs of every operation.
    """

    def __init__(self, plans: Plans) -> None:
        self._plans = plans

    async def on_execute(self) -> AsyncIterator[None]:
        """Refuse what is too much; else let it run, within its time."""
        running = self.execution_context
        limit = time_limit(await charge(running, self._plans))
        if limit is None:
            yield
            return
        try:
            async with limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            raise too_slow(running) from None

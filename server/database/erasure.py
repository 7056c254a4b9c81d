"""Making values that were destroyed leave the database's log too, where they would stay on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

Truncate = Callable[[], Awaitable[bool]]

log = logging.getLogger("tokendesk")


class Erasure:
    """Empties the log after a destruction; what does not succeed at once is due until it does."""

    def __init__(self, truncate: Truncate) -> None:
        self._truncate = truncate
        # A process before this one may have ended between a destruction and its log.
        self._due = True
        self._working: asyncio.Task[None] | None = None

    @property
    def due(self) -> bool:
        """Whether the log may still hold a value that was destroyed."""
        return self._due

    def begin(self) -> None:
        """A value was destroyed: empty the log now, beside what else is done."""
        self._due = True
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    async def finish(self) -> None:
        """Wait for what was begun, and try again what did not succeed."""
        if self._working is not None:
            await asyncio.wait([self._working])
        await self._work()

    async def _work(self) -> None:
        while self._due:
            self._due = False
            if not await self._emptied():
                self._due = True
                return

    async def _emptied(self) -> bool:
        try:
            return await self._truncate()
        except Exception as error:
            log.warning("the database's log could not be emptied, and is tried again: %s", error)
            return False

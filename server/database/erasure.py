"""Removes destroyed values from the database's log, where they would otherwise remain."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

Truncate = Callable[[], Awaitable[bool]]

log = logging.getLogger("tokendesk")


class Erasure:
    """Truncates the log after values were destroyed, and retries until that succeeds."""

    def __init__(self, truncate: Truncate) -> None:
        self._truncate = truncate
        # A previous process may have ended after destroying a value, before truncating the log.
        self._due = True
        self._working: asyncio.Task[None] | None = None

    @property
    def due(self) -> bool:
        """Whether the log may still contain a destroyed value."""
        return self._due

    def begin(self) -> None:
        """Start truncating the log in the background, because a value was destroyed."""
        self._due = True
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    async def finish(self) -> None:
        """Wait for the running truncation, and retry a failed one."""
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

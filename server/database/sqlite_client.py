"""Tortoise's client for SQLite: one writing connection, and a few that read meanwhile."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient, translate_exceptions
from tortoise.exceptions import OperationalError

from server.database.connections import sqlite_reader, sqlite_writer
from server.database.sqlite_files import MEMORY

MOST_READERS: Final = 3
BUSY_SECONDS: Final = 10
"""How long a write waits for another process, and how long for earlier writes of its own."""


class FileClient(SqliteClient):
    """A client whose reads outside a transaction never wait for writes.

    A reader sees everything that was committed before its query begins.
    """

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        super().__init__(file_path, **kwargs)
        self._lock = _Turns()
        self._readers = None if file_path == MEMORY else _Readers(Path(file_path))

    async def create_connection(self, with_db: bool) -> None:
        """Open the writing connection."""
        if not self._connection:
            self._connection = await sqlite_writer(self.filename, self.pragmas)
            await self._post_connect()

    async def close(self) -> None:
        """Close the readers first, then the writer, which empties the log if it is the last."""
        if self._readers is not None:
            await self._readers.close()
        await super().close()

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Any]]:
        """Return the number of rows, and the rows."""
        if self._readers is None or not _reads(query):
            found: tuple[int, Sequence[Any]] = await super().execute_query(query, values)
            return found
        rows = await self._read(query, values)
        return len(rows), rows

    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[str, Any]]:
        """Return the rows as dictionaries by column."""
        if self._readers is None or not _reads(query):
            found: list[dict[str, Any]] = await super().execute_query_dict(query, values)
            return found
        return [dict(row) for row in await self._read(query, values)]

    @translate_exceptions
    async def _read(self, query: str, values: list[Any] | None = None) -> list[Any]:
        assert self._readers is not None, "only called where there are readers"
        query = query.replace("\x00", "'||CHAR(0)||'")
        self.log.debug("%s: %s", query, values)
        return await self._readers.rows(query, values)


class _Turns(asyncio.Lock):
    """A lock with a timeout, so that a write does not wait forever behind earlier ones."""

    async def acquire(self) -> Literal[True]:
        if not self.locked():
            return await super().acquire()
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                return await super().acquire()
        except TimeoutError:
            raise OperationalError("database is locked") from None


class _Readers:
    """A few reading connections, opened on demand; the last one used is reused first."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turns = asyncio.Semaphore(MOST_READERS)
        self._idle: list[aiosqlite.Connection] = []

    async def rows(self, query: str, values: list[Any] | None) -> list[Any]:
        async with self._turns:
            reader = self._idle.pop() if self._idle else await sqlite_reader(self._file)
            try:
                return list(await reader.execute_fetchall(query, values))
            except asyncio.CancelledError:
                # Nobody waits for the answer any more, and the next query needs its thread.
                await reader.interrupt()
                raise
            finally:
                self._idle.append(reader)

    async def close(self) -> None:
        for _ in range(MOST_READERS):
            await self._turns.acquire()
        while self._idle:
            await self._idle.pop().close()
        for _ in range(MOST_READERS):
            self._turns.release()


def _reads(query: str) -> bool:
    return query[:7].lstrip().upper().startswith("SELECT")


client_class = FileClient

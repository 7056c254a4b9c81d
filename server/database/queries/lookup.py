"""Look-ups by key without Tortoise, for the one query that must be fast."""

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from server.database import Database

MOST_KEYS_AT_ONCE: Final = 500
ANSWER_WITHIN_SECONDS: Final = 2.0
"""A server that does not answer for this long counts as down."""
_LOCKED_SECONDS: Final = 0.2

Row = Mapping[str, Any]


class PreparedLookup:
    """A prepared query that returns the rows of a key.

    SQLite is read in the event loop itself, which takes microseconds. PostgreSQL is read on a
    connection of its own, by one query for all waiting keys.
    """

    def __init__(self, database: Database, *, sqlite: str, postgres: str, key: str) -> None:
        """`sqlite` takes a key as `?`, `postgres` an array as `$1`; `key` names its key column."""
        self._file_rows = _SqliteLookup(database, sqlite)
        self._server_rows = _PostgresBatchLookup(database, postgres, key)
        self._in_file = database.file is not None

    async def rows(self, key: str) -> list[Row]:
        """Return the current rows of a key. Raise a storage failure if there is one."""
        return self._file_rows.of(key) if self._in_file else await self._server_rows.of(key)

    async def close(self) -> None:
        """Close the connections; the next look-up reopens them."""
        self._file_rows.close()
        await self._server_rows.close()


class _SqliteLookup:
    def __init__(self, database: Database, query: str) -> None:
        self._database = database
        self._query = query
        self._connection: sqlite3.Connection | None = None

    def of(self, key: str) -> list[Row]:
        if self._connection is None:
            self._connection = self._database.reader_here(patience_seconds=_LOCKED_SECONDS)
        return self._connection.execute(self._query, (key,)).fetchall()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _PostgresBatchLookup:
    def __init__(self, database: Database, query: str, key: str) -> None:
        self._database = database
        self._query = query
        self._key = key
        self._connection: asyncpg.Connection | None = None
        self._statement: PreparedStatement | None = None
        self._waiting: dict[str, list[asyncio.Future[list[Row]]]] = {}
        self._working: asyncio.Task[None] | None = None

    async def of(self, key: str) -> list[Row]:
        # One future per caller, so that a cancelled caller does not cancel the others.
        waiting: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(waiting)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await waiting

    async def close(self) -> None:
        if self._working is not None:
            await asyncio.wait([self._working])
        self._forget()

    async def _work(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[:MOST_KEYS_AT_ONCE]
            # Take the keys off the queue before reading: later callers must not get older rows.
            asked = {key: self._waiting.pop(key) for key in keys}
            try:
                found = await self._read(keys)
            except Exception as error:
                self._forget()
                for waiting in asked.values():
                    _tell(waiting, error)
            else:
                for key, waiting in asked.items():
                    _tell(waiting, found.get(key, []))

    async def _read(self, keys: list[str]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            statement = self._statement
            if statement is None or self._connection is None or self._connection.is_closed():
                self._connection = await self._database.connect_alone()
                statement = self._statement = await self._connection.prepare(self._query)
            for row in await statement.fetch(keys):
                found.setdefault(row[self._key], []).append(row)
        return found

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = self._statement = None


def _tell(waiting: list[asyncio.Future[list[Row]]], outcome: list[Row] | Exception) -> None:
    for each in waiting:
        if each.done():
            continue  # the caller was cancelled
        if isinstance(outcome, Exception):
            each.set_exception(outcome)
        else:
            each.set_result(outcome)

"""The one place that connects to a database: nobody else calls a driver's `connect`."""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import aiosqlite
import asyncpg

from server.database.postgres_url import PostgresUrl
from server.database.sqlite_files import MEMORY, is_writable, reading_uri
from server.private_files import create_private

_MAPPED_BYTES: Final = 4 * 1024**3
"""So much of the file is read as memory: a reader's own cache would end with each writing."""


async def connect_postgres(url: PostgresUrl) -> asyncpg.Connection:
    """A connection of its own, as the URL demands."""
    return await asyncpg.connect(**url.connect_arguments)


async def postgres_pool(url: PostgresUrl, connection_class: type[Any]) -> asyncpg.Pool:
    """A pool of connections, each as the URL demands."""
    return await asyncpg.create_pool(
        **url.connect_arguments, **url.pool, connection_class=connection_class
    )


async def sqlite_writer(file_path: str, pragmas: Mapping[str, Any]) -> aiosqlite.Connection:
    """The connection that writes; where nothing can be written, it reads."""
    file = Path(file_path)
    if file_path != MEMORY and not is_writable(file):
        return await sqlite_reader(file)
    if file_path != MEMORY:
        with suppress(OSError):  # it is there, or SQLite will say why it cannot be
            # SQLite gives the files that it puts beside it the same mode.
            create_private(file)
    connection = await aiosqlite.connect(file_path, isolation_level=None)
    try:
        await _make_ready(connection)
        for pragma, value in pragmas.items():
            await (await connection.execute(f"PRAGMA {pragma}={value}")).close()
    except BaseException:
        await connection.close()
        raise
    return connection


async def sqlite_reader(file: Path) -> aiosqlite.Connection:
    """A connection that reads, whatever another one is writing."""
    connection = await aiosqlite.connect(reading_uri(file), uri=True, isolation_level=None)
    try:
        await _make_ready(connection)
        await (await connection.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")).close()
    except BaseException:
        await connection.close()
        raise
    return connection


def sqlite_reader_here(file: Path, *, patience_seconds: float = 5.0) -> sqlite3.Connection:
    """A connection that reads in the calling thread: microseconds for a row."""
    connection = sqlite3.connect(
        reading_uri(file), uri=True, timeout=patience_seconds, isolation_level=None
    )
    connection.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}").close()
    connection.row_factory = sqlite3.Row
    return connection


def sqlite_beside(file: Path, *, patience_seconds: float) -> sqlite3.Connection:
    """A connection of a moment that may write, beside the one that does."""
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=patience_seconds,
        isolation_level=None,
    )
    connection.execute("PRAGMA secure_delete=ON").close()
    return connection


async def _make_ready(connection: aiosqlite.Connection) -> None:
    connection.row_factory = sqlite3.Row
    await connection.create_function("UPPER", 1, _upper, deterministic=True)


def _upper(value: object) -> object:
    """SQL's UPPER for every script: SQLite's own knows A to Z alone, and searches use it."""
    return value.upper() if isinstance(value, str) else value
